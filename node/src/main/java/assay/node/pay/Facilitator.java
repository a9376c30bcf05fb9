package assay.node.pay;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.pay.Requirements;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Another party's facilitator: {@code /verify}, {@code /settle} and {@code /supported} over HTTP. */
final class Facilitator implements AutoCloseable {
    private static final int ANSWER_MAX_BYTES = 64 << 10;
    private static final int DEPTH_MAX = 16;
    private static final int TEXT_MAX_CHARS = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final URI base;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /** @param base its address, with or without a slash at the end */
    Facilitator(URI base) {
        String text = base.toString();
        this.base = URI.create(text.endsWith("/") ? text : text + "/");
    }

    /** What it says of a payment. */
    sealed interface Said {
        /** Yes; {@code transaction} is empty after a mere look. */
        record Yes(String transaction) implements Said {}

        /** No, and the standard name of the reason. */
        record No(String reason, String message) implements Said {}
    }

    /** Whether this payment would settle. */
    Said verify(Json.Obj payment, int version, Requirements asked, String resource)
            throws IOException, InterruptedException {
        return read(post("verify", payment, version, asked, resource), "isValid", "invalidReason", "invalidMessage");
    }

    /** Settles this payment; for the scheme upto, {@code asked} says how much of it. */
    Said settle(Json.Obj payment, int version, Requirements asked, String resource)
            throws IOException, InterruptedException {
        return read(post("settle", payment, version, asked, resource), "success", "errorReason", "errorMessage");
    }

    /** Who settles permits of the scheme upto on this network, if it does that at all. */
    Optional<String> uptoSigner(String network) throws IOException, InterruptedException {
        try {
            Field supported =
                    json(send(HttpRequest.newBuilder(base.resolve("supported")).GET()));
            for (Field kind : supported.at("kinds").items(1000)) {
                if (kind.at("scheme").string(TEXT_MAX_CHARS).equals("upto")
                        && kind.at("network").string(TEXT_MAX_CHARS).equals(network)
                        && kind.find("extra").isPresent()) {
                    Optional<Field> address = kind.at("extra").find("facilitatorAddress");
                    if (address.isPresent()) {
                        return Optional.of(address.get().string(TEXT_MAX_CHARS));
                    }
                }
            }
            return Optional.empty();
        } catch (MalformedException e) {
            throw new IOException("the facilitator's /supported is not understood: " + e.getMessage(), e);
        }
    }

    private byte[] post(String what, Json.Obj payment, int version, Requirements asked, String resource)
            throws IOException, InterruptedException {
        Json.Obj body = Json.object()
                .put("x402Version", version)
                .put("paymentPayload", payment)
                .put("paymentRequirements", version == 1 ? asked.jsonV1(resource, "") : asked.json())
                .build();
        return send(HttpRequest.newBuilder(base.resolve(what))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JsonText.writeBytes(body))));
    }

    private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] bytes = in.readNBytes(ANSWER_MAX_BYTES + 1);
            if (bytes.length > ANSWER_MAX_BYTES) {
                throw new IOException("the facilitator sent more than " + ANSWER_MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    private static Said read(byte[] answer, String yes, String reason, String message) throws IOException {
        try {
            Field json = json(answer);
            if (json.at(yes).bool()) {
                Optional<Field> transaction = json.find("transaction");
                return new Said.Yes(transaction.isPresent() ? transaction.get().string(TEXT_MAX_CHARS) : "");
            }
            Optional<Field> why = json.find(reason);
            Optional<Field> more = json.find(message);
            return new Said.No(
                    why.isPresent() ? why.get().string(TEXT_MAX_CHARS) : "invalid_transaction_state",
                    more.isPresent() ? more.get().string(ANSWER_MAX_BYTES) : "");
        } catch (MalformedException e) {
            throw new IOException("the facilitator's answer is not understood: " + e.getMessage(), e);
        }
    }

    private static Field json(byte[] bytes) throws MalformedException {
        return Field.root(JsonText.parse(bytes, DEPTH_MAX, ANSWER_MAX_BYTES));
    }

    @Override
    public void close() {
        http.close();
    }
}
