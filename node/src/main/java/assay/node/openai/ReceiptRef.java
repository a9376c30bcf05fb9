package assay.node.openai;

import assay.core.base.Hash;
import assay.core.codec.Json;

/**
 * Names a receipt in an answer's extra field {@code assay}.
 *
 * @param id as in {@code /v1/receipts/{id}}
 * @param digest of the signed receipt
 * @param extra more members for the extra field (price, log index and the like); none may be called
 *     receipt, digest or url
 */
public record ReceiptRef(String id, Hash digest, Json.Obj extra) {}
