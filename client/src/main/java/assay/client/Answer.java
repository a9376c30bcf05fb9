package assay.client;

import assay.core.receipt.Receipt;
import assay.core.receipt.Usage;
import assay.core.verify.Verdict;

/**
 * An answer with what vouches for it.
 *
 * @param text as it was streamed
 * @param finish {@code stop} or {@code length}
 * @param usage tokens billed
 * @param contentTokens tokens of the messages' own text; the rest of the prompt is the template's
 * @param prefillNanos time to the first token, as the node counts it
 * @param decodeNanos time from the first token to the last, as the node counts it
 * @param receiptId by which the node knows the receipt
 * @param digest of the receipt's statement
 * @param logIndex its leaf in the node's log
 * @param file the receipt file, checked
 * @param receipt what it says
 * @param verdict of this machine on the file and on whether it is about this very exchange
 */
@SuppressWarnings("ArrayRecordComponent") // a file's bytes, never compared
public record Answer(
        String text,
        String finish,
        Usage usage,
        int contentTokens,
        long prefillNanos,
        long decodeNanos,
        String receiptId,
        String digest,
        long logIndex,
        byte[] file,
        Receipt receipt,
        Verdict verdict) {}
