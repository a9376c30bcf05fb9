package assay.bench.crash;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A client of the chat API that remembers what it was told, whatever happens to the node meanwhile. */
final class Client {
    private static final int BODY_MAX_BYTES = 16 << 20;

    /**
     * What one request came to, as the client saw it.
     *
     * @param nonce that it sent
     * @param status of HTTP, 0 if there was no answer
     * @param text of the first choice, as far as it came
     * @param receipt if the node acknowledged one
     * @param error text of a refusal
     */
    record Told(String nonce, int status, String text, Optional<Receipt> receipt, String error) {}

    /**
     * A receipt that the node acknowledged.
     *
     * @param id of its URL
     * @param digest in hex
     */
    record Receipt(String id, String digest) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI uri;
    private final String key;

    Client(URI uri, String key) {
        this.uri = uri;
        this.key = key;
    }

    /** Asks, and reads a stream up to so many chunks before it hangs up. */
    Told ask(Json.Obj body, String nonce, int chunksMax) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        Optional<Receipt> receipt = Optional.empty();
        int status = 0;
        try {
            HttpResponse<InputStream> response = http.send(
                    request("/v1/chat/completions")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(JsonText.writeBytes(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            status = response.statusCode();
            try (InputStream in = response.body()) {
                if (status != 200) {
                    return new Told(nonce, status, "", receipt, new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
                receipt = body.members().containsKey("stream")
                        ? stream(in, text, chunksMax)
                        : whole(Field.root(JsonText.parse(in.readAllBytes(), 16, BODY_MAX_BYTES)), text);
            }
        } catch (IOException | MalformedException e) {
            return new Told(nonce, status, text.toString(), receipt, String.valueOf(e.getMessage()));
        }
        return new Told(nonce, status, text.toString(), receipt, "");
    }

    /** A page of the node's, empty if it has none. */
    Optional<String> get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri.resolve(path))
                .timeout(Duration.ofSeconds(120))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json");
    }

    private static Optional<Receipt> whole(Field answer, StringBuilder text) throws MalformedException {
        Field first = answer.at("choices").items(8).getFirst();
        text.append(first.at("message").at("content").string());
        return receipt(answer);
    }

    private static Optional<Receipt> stream(InputStream in, StringBuilder text, int chunksMax)
            throws IOException, MalformedException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        Optional<Receipt> receipt = Optional.empty();
        int chunks = 0;
        String line = lines.readLine();
        while (line != null && !line.equals("data: [DONE]") && chunks < chunksMax) {
            if (line.startsWith("data: ")) {
                byte[] json = line.substring(6).getBytes(StandardCharsets.UTF_8);
                Field chunk = Field.root(JsonText.parse(json, 16, BODY_MAX_BYTES));
                receipt = receipt(chunk);
                chunks += append(chunk, text) ? 1 : 0;
            }
            line = lines.readLine();
        }
        return receipt;
    }

    private static boolean append(Field chunk, StringBuilder text) throws MalformedException {
        Optional<Field> choices = chunk.find("choices");
        List<Field> all = choices.isPresent() ? choices.get().items(8) : List.of();
        if (all.isEmpty() || all.getFirst().at("index").int32(0, 8) != 0) {
            return false;
        }
        Optional<Field> content = all.getFirst().at("delta").find("content");
        if (content.isEmpty() || content.get().string().isEmpty()) {
            return false;
        }
        text.append(content.get().string());
        return true;
    }

    private static Optional<Receipt> receipt(Field answer) throws MalformedException {
        Optional<Field> ours = answer.find("assay");
        return ours.isEmpty()
                ? Optional.empty()
                : Optional.of(new Receipt(
                        ours.get().at("receipt").string(),
                        ours.get().at("digest").string()));
    }
}
