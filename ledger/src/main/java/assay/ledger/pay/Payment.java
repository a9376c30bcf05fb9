package assay.ledger.pay;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What a client brings: x402's {@code PaymentPayload}.
 *
 * @param version 1 or 2
 * @param scheme of the payment
 * @param network as the client wrote it
 * @param accepted the terms that the client chose, in version 2; version 1 does not repeat them
 * @param payload the scheme's part
 * @param json the whole, as it came, for another facilitator
 */
public record Payment(
        int version, String scheme, String network, Optional<Requirements> accepted, Payload payload, Json.Obj json) {
    private static final int DEPTH_MAX = 12;
    private static final int TEXT_MAX_CHARS = 128;

    /** The extension by which a client says that two payments are for one thing. */
    public static final String IDENTIFIER = "payment-identifier";

    /** The most bytes of a payment that are read; request headers have 16 KiB in all. */
    public static final int SIZE_MAX_BYTES = 16 << 10;

    /** Reads the value of {@code PAYMENT-SIGNATURE} or {@code X-PAYMENT}: JSON in base64. */
    public static Payment ofHeader(String value) throws MalformedException {
        if (value.length() > SIZE_MAX_BYTES) {
            throw new MalformedException("payment header: at most " + SIZE_MAX_BYTES + " chars expected", -1);
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("payment header: not base64", -1);
        }
        return parse(Field.root(JsonText.parse(bytes, DEPTH_MAX, SIZE_MAX_BYTES)));
    }

    /**
     * What the client calls this payment, if it does: another one under this name, for the same request, is a retry.
     *
     * @throws MalformedException if the name is not 16 to 128 letters, digits, hyphens and underscores
     */
    public Optional<String> identifier() throws MalformedException {
        Optional<Field> named = Field.root(json).find("extensions");
        for (String step : List.of(IDENTIFIER, "info", "id")) {
            named = named.isEmpty() ? named : named.get().find(step);
        }
        if (named.isEmpty()) {
            return Optional.empty();
        }
        String id = named.get().string(TEXT_MAX_CHARS);
        if (!id.matches("[a-zA-Z0-9_-]{16,128}")) {
            throw named.get().fault("16 to 128 letters, digits, hyphens and underscores expected");
        }
        return Optional.of(id);
    }

    /** Reads a payment; members that it does not know are kept in {@link #json} alone. */
    public static Payment parse(Field json) throws MalformedException {
        int version = json.at("x402Version").int32(1, 2);
        if (version == 1) {
            String scheme = json.at("scheme").string(TEXT_MAX_CHARS);
            return new Payment(
                    1,
                    scheme,
                    json.at("network").string(TEXT_MAX_CHARS),
                    Optional.empty(),
                    Payload.parse(scheme, json.at("payload")),
                    json.object());
        }
        Requirements accepted = Requirements.parse(json.at("accepted"), 2);
        return new Payment(
                2,
                accepted.scheme(),
                accepted.network(),
                Optional.of(accepted),
                Payload.parse(accepted.scheme(), json.at("payload")),
                json.object());
    }
}
