package assay.node.openai;

import assay.core.base.MalformedException;
import assay.core.text.ChatRequest;
import assay.node.http.ApiError;

/**
 * A chat completion request as it came in.
 *
 * <p>What the bytes mean is read by {@link ChatRequest} alone, which checkers use too: nothing here
 * reads them a second time.
 *
 * @param body the exact bytes, which the receipt digests; not to be changed
 * @param request what they mean
 */
public record ChatCall(byte[] body, ChatRequest request) {
    /**
     * The most JSON values in a body. A message takes about six, and a prompt has a few tokens for
     * each, so that no request that fits a context comes near; a tree of so many stays under 20 MB.
     */
    static final int VALUES_MAX = 200_000;

    /**
     * Reads a body.
     *
     * @throws ApiError 400, naming the field at fault
     */
    public static ChatCall parse(byte[] body) throws ApiError {
        checkShape(body);
        try {
            return new ChatCall(body, ChatRequest.parse(body, body.length));
        } catch (MalformedException e) {
            throw refusal(e);
        }
    }

    /** Refuses a body of too many values before any of them takes memory. */
    private static void checkShape(byte[] body) throws ApiError {
        int values = 0;
        boolean quoted = false;
        for (int i = 0; i < body.length; i++) {
            byte b = body[i];
            if (b == '"') {
                quoted = !quoted;
            } else if (quoted) {
                i += b == '\\' ? 1 : 0;
            } else if (b == ',' || b == '[' || b == '{') {
                values++;
            }
        }
        if (values > VALUES_MAX) {
            throw ApiError.invalidJson("The body holds more than " + VALUES_MAX + " values.");
        }
    }

    /**
     * The error object of a fault that starts with the path of its field, {@code path: what}.
     *
     * <p>Only {@code param} and the status are promised to be exact: they do not hang on the wording.
     */
    public static ApiError refusal(MalformedException e) {
        String said = String.valueOf(e.getMessage());
        int colon = said.indexOf(": ");
        if (e.offset() >= 0 || colon < 0 || said.startsWith("document: ")) {
            return ApiError.invalidJson("The body is not a JSON object that can be read: " + said + ".");
        }
        String param = said.substring(0, colon);
        String what = said.substring(colon + 2);
        if (what.equals("missing")) {
            return ApiError.missing(param);
        }
        if (what.startsWith("not supported") || what.equals("unknown field")) {
            return ApiError.unsupported(param, "Unsupported parameter: '" + param + "': " + what + ".");
        }
        return ApiError.invalidValue(param, "Invalid value for '" + param + "': " + what + ".");
    }
}
