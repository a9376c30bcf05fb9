package assay.node.audit;

import assay.core.base.Counted;
import assay.core.base.Hash;
import assay.core.dispute.Referee;
import assay.core.dispute.Work;
import assay.core.program.Program;
import assay.core.receipt.Transcript;
import assay.core.verify.TranscriptCheck;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.Texts;
import assay.ledger.crypto.Address;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What a dispute about text takes beside its moves: the model's text on the ledger, or evidence in place of it. */
public final class TextCase {
    /** Chunks at a time: half of a block that counts as full, on which clocks stand still. */
    private static final int AT_ONCE = 16;

    private TextCase() {}

    /**
     * Posts what of a model's text is not on a ledger, and waits until all of it is. A chunk that somebody else posts
     * meanwhile is refused, and all that were sent behind it: the state says what is left.
     *
     * @param sender the model's publisher, an operator that sells it, or an auditor of it
     * @throws IOException if the ledger takes no more, or cannot be reached
     */
    public static void post(LiveLedger ledger, Sender sender, Hash model, Program program) throws IOException {
        List<Transaction.PostText> left = Texts.missing(ledger.state(), model, program);
        while (!left.isEmpty()) {
            send(sender, List.copyOf(left.subList(0, Math.min(left.size(), AT_ONCE))));
            List<Transaction.PostText> now = Texts.missing(ledger.state(), model, program);
            if (now.size() == left.size()) {
                throw new IOException("the ledger takes no more: " + Counted.of(now.size(), "transaction") + " left");
            }
            left = now;
        }
    }

    private static void send(Sender sender, List<Transaction> posts) throws IOException {
        try {
            Outcome first = sender.send(posts).join().getFirst();
            if (first instanceof Outcome.Rejected(var reason) && reason != Reason.TEXT_KNOWN) {
                throw new IOException("the ledger refused a model's text: " + reason);
            }
        } catch (CompletionException e) {
            throw new IOException("the ledger cannot be reached: " + e.getCause(), e);
        }
    }

    /**
     * The evidence that a text is not as long as its receipt says, where that would keep the ledger from looking at it:
     * that alone is a fault.
     */
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
