package assay.node.audit;

import assay.core.dispute.Referee;
import assay.core.dispute.Work;
import assay.core.receipt.Transcript;
import assay.core.verify.TranscriptCheck;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction;
import java.util.Optional;

/** A dispute about a text that the ledger would not look at, as its receipt calls it too long. */
public final class TextCase {
    private TextCase() {}

    /** The evidence that it is not, if it is not: that alone is a fault. */
    public static Optional<Transaction> falseLength(Address operator, Work work) {
        Transcript bare = work.transcript().withoutPrompt();
        byte[] told = bare.encode();
        boolean calledTooLong = work.receipt().transcriptBytes() > Referee.TRANSCRIPT_MAX_BYTES;
        return calledTooLong
                        && told.length <= Referee.TRANSCRIPT_MAX_BYTES
                        && TranscriptCheck.isAbout(work.receipt(), bare)
                ? Optional.of(new Transaction.ReportTranscript(operator, Bytes.of(work.statement()), Bytes.of(told)))
                : Optional.empty();
    }
}
