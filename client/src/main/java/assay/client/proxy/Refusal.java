package assay.client.proxy;

import assay.core.codec.Json;
import assay.core.codec.JsonText;

/** What the proxy says itself instead of a node's answer: an HTTP status and OpenAI's error object. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    Refusal(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** A stable name of the fault. */
    public String code() {
        return code;
    }

    /** The error object. */
    public byte[] json() {
        return JsonText.writeBytes(Json.object()
                .put(
                        "error",
                        Json.object()
                                .put("message", String.valueOf(getMessage()))
                                .put("type", status < 500 ? "invalid_request_error" : "server_error")
                                .put("param", new Json.Null())
                                .put("code", code)
                                .build())
                .build());
    }
}
