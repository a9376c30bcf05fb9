package assay.node.pay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.pay.Requirements;
import assay.node.http.ApiError;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client of x402 and one that knows nothing of it read in an answer 402. */
final class X402Test {
    private static final String MESSAGE = "This costs up to 0.000057. Send a key, or pay.";

    private static Requirements on(String network) {
        return new Requirements(
                "exact",
                network,
                BigInteger.valueOf(57),
                "0x44C3eD3ec9ee4a73E35676af8fe948C10cd3ae3A",
                "0x52908400098527886E0F7030069857D2E4169EE7",
                600,
                Json.object().put("name", "Assay").put("version", "1").build());
    }

    private static ApiError required(String network1) {
        return X402.required(
                List.of(on("eip155:84532")),
                List.of(on(network1)),
                "http://127.0.0.1:11435/v1/chat/completions",
                "payment_required",
                MESSAGE);
    }

    private static Field json(byte[] bytes) throws Exception {
        return Field.root(JsonText.parse(bytes, 16, 1 << 16));
    }

    @Test
    void anOpenAiPackageFindsItsErrorBesideTheTerms() throws Exception {
        Field body = json(required("eip155:1149218158104597").json());
        assertEquals(MESSAGE, body.at("error").at("message").string());
        assertEquals("payment_required", body.at("error").at("type").string());
        assertEquals("payment_required", body.at("error").at("code").string());
        assertEquals(new Json.Null(), body.at("error").at("param").value());
        assertEquals(1, body.at("x402Version").int32(0, 9));
        Requirements read = Requirements.parse(body.at("accepts").items(4).getFirst(), 1);
        assertEquals(BigInteger.valueOf(57), read.amount());
    }

    /** PyPI x402 before 2: {@code error: str}, and it is required. */
    @Test
    void whereVersion1CanPayTheErrorIsAText() throws Exception {
        Field body = json(required("base-sepolia").json());
        assertEquals(MESSAGE, body.at("error").string());
        assertEquals(
                "base-sepolia",
                body.at("accepts").items(4).getFirst().at("network").string());
    }

    @Test
    void theTermsOfVersion2NameTheRefusalOnly() throws Exception {
        String header = required("base-sepolia").headers().get("PAYMENT-REQUIRED");
        Field terms = json(Base64.getDecoder().decode(header));
        assertEquals(2, terms.at("x402Version").int32(0, 9));
        assertEquals("payment_required", terms.at("error").string());
        assertEquals(
                "eip155:84532",
                terms.at("accepts").items(4).getFirst().at("network").string());
    }
}
