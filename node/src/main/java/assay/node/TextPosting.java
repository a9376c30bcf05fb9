package assay.node;

import assay.core.base.Amount;
import assay.core.base.Counted;
import assay.core.base.Hash;
import assay.core.program.Program;
import assay.ledger.Ledger;
import assay.ledger.Texts;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Transaction;
import assay.node.audit.TextCase;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Puts a model's tokenizer and template on a ledger, so that a dispute about text finds them there. */
final class TextPosting {
    private TextPosting() {}

    /**
     * Posts what is not there yet, and waits until it is.
     *
     * @param sender the model's publisher, an operator that sells it, or an auditor of it
     * @param say is told what it takes, before anything is sent, and how it ended
     * @throws IOException if the account cannot pay for all of it, or the ledger takes no more
     */
    static void run(LiveLedger ledger, Sender sender, Hash model, Program program, Consumer<String> say)
            throws IOException {
        List<Transaction.PostText> left = Texts.missing(ledger.state(), model, program);
        if (left.isEmpty()) {
            say.accept(
                    Texts.isTooLong(program.header())
                            ? "tokenizer and template are longer than a ledger keeps: disputes about text are left undecided"
                            : "tokenizer and template are on the ledger already");
            return;
        }
        Amount cost = cost(ledger, left);
        long bytes = left.stream().mapToLong(post -> post.bytes().size()).sum();
        say.accept(String.format(
                Locale.ROOT,
                "posting tokenizer and template: %,d bytes in %s, for %s units of fees; they stay on the ledger for good",
                bytes,
                Counted.of(left.size(), "transaction"),
                cost));
        Amount balance = ledger.state().balance(sender.signer().address());
        if (balance.isBelow(cost)) {
            throw new IOException(
                    "account " + sender.signer().address() + " has " + balance + " units, and needs " + cost);
        }
        TextCase.post(ledger, sender, model, program);
        say.accept("tokenizer and template are on the ledger");
    }

    private static Amount cost(LiveLedger ledger, List<Transaction.PostText> posts) {
        Amount sum = Amount.ZERO;
        for (Transaction.PostText post : posts) {
            sum = sum.plus(Ledger.fee(post, ledger.state().params()));
        }
        return sum;
    }
}
