package assay.node.pay;

import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.pay.Requirements;
import assay.node.http.ApiError;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The words of x402 over HTTP, versions 2 and 1. */
final class X402 {
    private static final String DESCRIPTION = "One answer of a language model, with a signed receipt";

    private X402() {}

    /**
     * The answer 402 with the terms: for version 2 in {@code PAYMENT-REQUIRED}, for version 1 as the body.
     *
     * @param v2 terms
     * @param v1 terms, with the names of version 1
     * @param code why, a standard name
     * @param message for people
     */
    static ApiError required(
            List<Requirements> v2, List<Requirements> v1, String resource, String code, String message) {
        Json.Obj terms = Json.object()
                .put("x402Version", 2)
                .put("error", code)
                .put(
                        "resource",
                        Json.object()
                                .put("url", resource)
                                .put("description", DESCRIPTION)
                                .put("mimeType", "application/json")
                                .build())
                .put("accepts", Json.of(v2.stream().map(Requirements::json).toList()))
                .build();
        List<Json> old = new ArrayList<>();
        v1.forEach(r -> old.add(r.jsonV1(resource, DESCRIPTION)));
        Json.Obj body = Json.object()
                .put("x402Version", 1)
                .put("error", isForVersion1(v1) ? Json.of(message) : error(code, message))
                .put("message", message)
                .put("accepts", Json.of(old))
                .build();
        return ApiError.paymentRequired(
                code, message, Map.of("PAYMENT-REQUIRED", encode(terms)), JsonText.writeBytes(body));
    }

    /** As an OpenAI package reads it. */
    private static Json error(String code, String message) {
        return Json.object()
                .put("message", message)
                .put("type", "payment_required")
                .put("param", new Json.Null())
                .put("code", code)
                .build();
    }

    /**
     * Whether packages of version 1 can pay: they know the names of public networks, and nothing else. They take no
     * error that is not a text; who asks with an OpenAI package wants an object.
     */
    private static boolean isForVersion1(List<Requirements> v1) {
        return v1.stream().anyMatch(r -> !r.network().contains(":"));
    }

    /** Headers of an answer that was paid. */
    static Map<String, String> paid(int version, Json.Obj response) {
        return Map.of(version == 1 ? "X-PAYMENT-RESPONSE" : "PAYMENT-RESPONSE", encode(response));
    }

    static String encode(Json json) {
        return Base64.getEncoder().encodeToString(JsonText.writeBytes(json));
    }
}
