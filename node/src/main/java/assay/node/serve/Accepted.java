package assay.node.serve;

import assay.core.base.Hash;
import assay.core.kernel.Sampling;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.text.ChatRequest;
import assay.node.pay.Cover;
import java.util.Optional;

/**
 * A request that was taken in and paid for: everything that its receipt will say about the question.
 *
 * @param id names the request and, later, its receipt
 * @param body exact bytes
 * @param request parsed from them
 * @param sampling with the limit of tokens settled
 * @param date today, as the template sees it
 * @param salt of the transcript's digests
 * @param traceSalt blinds the trace root
 * @param promptIds ids that the model sees
 * @param seed of the sampler
 * @param nonce lower-case hex
 * @param price that applies
 * @param cover the money that covers the answer
 * @param alias the payer's own name for the payment, if it has one
 * @param timeMillis when it was accepted
 * @param height the last block seen
 */
@SuppressWarnings("ArrayRecordComponent") // request-sized values, never compared
public record Accepted(
        String id,
        byte[] body,
        ChatRequest request,
        Sampling sampling,
        String date,
        Hash salt,
        Hash traceSalt,
        int[] promptIds,
        Receipt.Seed seed,
        String nonce,
        PriceList price,
        Cover cover,
        Optional<Hash> alias,
        long timeMillis,
        long height) {
    /** The same with its money taken. */
    Accepted with(Cover taken) {
        return new Accepted(
                id,
                body,
                request,
                sampling,
                date,
                salt,
                traceSalt,
                promptIds,
                seed,
                nonce,
                price,
                taken,
                alias,
                timeMillis,
                height);
    }
}
