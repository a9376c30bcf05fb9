package assay.client.proxy;

import assay.ledger.light.Reach;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Requests to nodes, every length bounded. */
final class Upstream implements AutoCloseable {
    private static final int ANSWER_MAX_BYTES = 64 << 20;
    private static final Duration SHORT = Duration.ofSeconds(30);
    private static final String CHAT = "/v1/chat/completions";

    private final Reach reach;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /** @param reach where nodes may be */
    Upstream(Reach reach) {
        this.reach = reach;
    }

    /** An answer whose body is still to be read. */
    record Answer(int status, Optional<String> required, String contentType, InputStream body) {
        /** The whole body. */
        byte[] read() throws IOException {
            try (body) {
                byte[] bytes = body.readNBytes(ANSWER_MAX_BYTES + 1);
                if (bytes.length > ANSWER_MAX_BYTES) {
                    throw new IOException("the node sent more than " + ANSWER_MAX_BYTES + " bytes");
                }
                return bytes;
            }
        }
    }

    /** Asks for a chat completion, with a payment or without. */
    Answer chat(URI node, byte[] body, Optional<String> payment) throws IOException, InterruptedException {
        HttpRequest.Builder request = reach.request(node.resolve(CHAT).toString())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        payment.ifPresent(p -> request.header("PAYMENT-SIGNATURE", p));
        return send(request.build());
    }

    /** What {@code GET path} answers. */
    Answer get(URI node, String path, Optional<String> payment) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                reach.request(node.resolve(path).toString()).timeout(SHORT).GET();
        payment.ifPresent(p -> request.header("PAYMENT-SIGNATURE", p));
        return send(request.build());
    }

    private Answer send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("PAYMENT-REQUIRED"),
                response.headers().firstValue("Content-Type").orElse("application/octet-stream"),
                response.body());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
