package assay.client;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Requests to one node: what is sent and received, every length bounded. */
final class Wire {
    private static final int ERROR_MAX_BYTES = 1 << 20;
    private static final int DEPTH_MAX = 32;
    private static final Duration SHORT = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI base;
    private final String bearer;

    Wire(URI base, String bearer) {
        this.base = base;
        this.bearer = bearer;
    }

    String bearer() {
        return bearer;
    }

    /** What {@code GET path} gives. */
    byte[] get(String path, int maxBytes) throws IOException, InterruptedException {
        return whole(request(path).timeout(SHORT).GET().build(), maxBytes);
    }

    /** What {@code POST path} with a JSON body gives. */
    byte[] post(String path, byte[] body, int maxBytes) throws IOException, InterruptedException {
        return whole(
                request(path)
                        .timeout(SHORT)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                maxBytes);
    }

    /** The answer to a posted body as it comes; closing it tells the node to stop. */
    InputStream stream(String path, byte[] body) throws IOException, InterruptedException {
        return send(request(path)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build())
                .body();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path)).header("Content-Type", "application/json");
        return bearer.isEmpty() ? request : request.header("Authorization", "Bearer " + bearer);
    }

    private byte[] whole(HttpRequest request, int maxBytes) throws IOException, InterruptedException {
        try (InputStream in = send(request).body()) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new ClientException(0, "too_long", "the node sent more than " + maxBytes + " bytes");
            }
            return bytes;
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (ConnectException e) {
            throw new ClientException(0, "unreachable", "no node answers at " + base);
        }
        if (response.statusCode() / 100 == 2) {
            return response;
        }
        try (InputStream in = response.body()) {
            throw refusal(response.statusCode(), in.readNBytes(ERROR_MAX_BYTES));
        }
    }

    private static ClientException refusal(int status, byte[] body) {
        try {
            Field error = json(body, ERROR_MAX_BYTES).at("error");
            return new ClientException(
                    status, error.at("code").string(), error.at("message").string());
        } catch (MalformedException e) {
            return new ClientException(status, "http_" + status, "the node answered with HTTP " + status + brief(body));
        }
    }

    private static String brief(byte[] body) {
        String text = new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "" : ": " + text.replaceAll("\\p{Cntrl}+", " ");
    }

    static Field json(byte[] bytes, int maxBytes) throws MalformedException {
        return Field.root(JsonText.parse(bytes, DEPTH_MAX, maxBytes));
    }
}
