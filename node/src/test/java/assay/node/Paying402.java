package assay.node;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.pay.Eip3009;
import assay.ledger.pay.Requirements;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/** A client of x402 that can be made to lie: what it sends is put together by hand. */
final class Paying402 {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI node;

    Paying402(URI node) {
        this.node = node;
    }

    /** A request of this node's model. */
    static String body(String question) {
        return "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"" + question
                + "\"}],\"max_tokens\":6}";
    }

    /**
     * An answer.
     *
     * @param required what PAYMENT-REQUIRED says
     * @param response what PAYMENT-RESPONSE says
     */
    record Answer(int status, String body, Optional<Field> required, Optional<Field> response) {
        /** The refusal's standard name. */
        String refusal() throws MalformedException {
            return required.orElseThrow().at("error").string();
        }

        /** The content of a whole answer. */
        String content() throws MalformedException {
            return json().at("choices")
                    .items(8)
                    .getFirst()
                    .at("message")
                    .at("content")
                    .string();
        }

        /** The receipt's digest. */
        Hash receipt() throws MalformedException {
            return json().at("assay").at("digest").hash();
        }

        Field json() throws MalformedException {
            return parse(body);
        }

        /** The terms of a scheme. */
        Requirements terms(String scheme) throws MalformedException {
            for (Field accept : required.orElseThrow().at("accepts").items(16)) {
                if (accept.at("scheme").string().equals(scheme)) {
                    return Requirements.parse(accept, 2);
                }
            }
            throw new AssertionError("no terms for " + scheme);
        }
    }

    /** Sends a request, with a payment or without. */
    Answer send(String body, Optional<Json> payment) throws IOException, InterruptedException, MalformedException {
        return sendRaw(body, "PAYMENT-SIGNATURE", payment.map(Paying402::encode));
    }

    /** Sends a request with a header as it is. */
    Answer sendRaw(String body, String name, Optional<String> header)
            throws IOException, InterruptedException, MalformedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        header.ifPresent(value -> request.header(name, value));
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.body(),
                decoded(response, "PAYMENT-REQUIRED"),
                decoded(response, "PAYMENT-RESPONSE").or(() -> decoded(response, "X-PAYMENT-RESPONSE")));
    }

    /** What a request costs and how. */
    Answer ask(String body) throws IOException, InterruptedException, MalformedException {
        return send(body, Optional.empty());
    }

    static String encode(Json json) {
        return Base64.getEncoder().encodeToString(JsonText.writeBytes(json));
    }

    private static Optional<Field> decoded(HttpResponse<String> response, String header) {
        return response.headers()
                .firstValue(header)
                .map(value -> new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8))
                .map(Paying402::parse);
    }

    private static Field parse(String json) {
        try {
            return Field.root(JsonText.parse(json.getBytes(StandardCharsets.UTF_8), 32, 1 << 20));
        } catch (MalformedException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    static Hash nonce() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Hash.ofBytes(bytes);
    }

    static long now() {
        return System.currentTimeMillis() / 1000;
    }

    /** What is signed for the scheme exact; each part may be changed before it is signed. */
    record Authorization(
            Requirements terms,
            BigInteger chain,
            Address token,
            Address to,
            BigInteger value,
            long validAfter,
            long validBefore,
            Hash nonce) {
        static Authorization of(Requirements terms) throws MalformedException {
            return new Authorization(
                    terms,
                    new BigInteger(terms.network().substring("eip155:".length())),
                    Address.parse(terms.asset()),
                    Address.parse(terms.payTo()),
                    terms.amount(),
                    0,
                    now() + 600,
                    Paying402.nonce());
        }

        Authorization chain(long other) {
            return new Authorization(
                    terms, BigInteger.valueOf(other), token, to, value, validAfter, validBefore, nonce);
        }

        Authorization token(Address other) {
            return new Authorization(terms, chain, other, to, value, validAfter, validBefore, nonce);
        }

        Authorization to(Address other) {
            return new Authorization(terms, chain, token, other, value, validAfter, validBefore, nonce);
        }

        Authorization value(long other) {
            return new Authorization(
                    terms, chain, token, to, BigInteger.valueOf(other), validAfter, validBefore, nonce);
        }

        Authorization valid(long after, long before) {
            return new Authorization(terms, chain, token, to, value, after, before, nonce);
        }

        Authorization nonce(Hash other) {
            return new Authorization(terms, chain, token, to, value, validAfter, validBefore, other);
        }

        /** The scheme's part, signed. */
        Json.Obj payload(PrivateKey payer) {
            Hash digest = new Eip3009("Assay", "1", chain, token)
                    .digest(
                            payer.address(),
                            to,
                            value,
                            BigInteger.valueOf(validAfter),
                            BigInteger.valueOf(validBefore),
                            nonce);
            return Json.object()
                    .put("signature", payer.sign(digest).toString())
                    .put(
                            "authorization",
                            Json.object()
                                    .put("from", payer.address().toString())
                                    .put("to", to.toString())
                                    .put("value", value.toString())
                                    .put("validAfter", Long.toString(validAfter))
                                    .put("validBefore", Long.toString(validBefore))
                                    .put("nonce", "0x" + nonce.hex())
                                    .build())
                    .build();
        }

        /** The whole payment, version 2. */
        Json.Obj by(PrivateKey payer) {
            return payment(terms, payload(payer));
        }
    }

    static Json.Obj payment(Requirements accepted, Json.Obj payload) {
        return Json.object()
                .put("x402Version", 2)
                .put("payload", payload)
                .put("accepted", accepted.json())
                .build();
    }
}
