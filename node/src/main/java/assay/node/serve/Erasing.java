package assay.node.serve;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Receipt;
import assay.ledger.state.State;
import assay.ledger.store.LiveLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Has requests and answers forgotten when nothing can be found about their receipts any more: a receipt is
 * final, and so many blocks went by that the stake behind it may have left (the ledger's unbonding delay, which
 * is longer than everything that can still find a fault).
 *
 * <p>They go in the log's order, so that nothing has to be remembered but how far it got: one that is final late
 * keeps those after it a little longer. What was due while the node was off is erased at the next start.
 * Thread-safe.
 */
public final class Erasing {
    private static final int BATCH_MAX = 256;

    private final LiveLedger ledger;
    private final Address operator;
    private final Book book;
    private final Consumer<Hash> alsoForget;
    private final AtomicBoolean atWork = new AtomicBoolean();
    private long next;

    /** @param alsoForget is told the digests of receipts whose requests and answers are forgotten */
    public Erasing(LiveLedger ledger, Address operator, Book book, Consumer<Hash> alsoForget) {
        this.ledger = ledger;
        this.operator = operator;
        this.book = book;
        this.alsoForget = alsoForget;
    }

    /** Begins, with what is due by now. */
    public void start() {
        ledger.onBlock(block -> wake());
        wake();
    }

    /** On a thread of its own, one at a time: blocks do not wait for the disk. */
    private void wake() {
        if (atWork.compareAndSet(false, true)) {
            Thread.ofVirtual().name("assay-erasing").start(() -> {
                try {
                    eraseDue();
                } catch (IOException | UncheckedIOException e) {
                    return; // the disk does not take it now; the next block finds it due again
                } finally {
                    atWork.set(false);
                }
            });
        }
    }

    private void eraseDue() throws IOException {
        List<Book.Entry> due = due();
        while (!due.isEmpty()) {
            book.erase(due.stream().filter(e -> !book.isErased(e.id())).toList());
            due.forEach(e -> alsoForget.accept(e.digest()));
            next += due.size();
            due = due();
        }
    }

    /** The next receipts in the log whose time is over. */
    private List<Book.Entry> due() {
        State state = ledger.state();
        long window = state.genesis().params().windows().unbond();
        List<Book.Entry> due = new ArrayList<>();
        for (Book.Entry entry : book.entries(next)) {
            Optional<Receipt> posted = state.receipt(operator, entry.digest());
            boolean isOver = posted.isPresent()
                    && posted.get().status().isFinal()
                    && posted.get().statusAt() + window <= state.height();
            if (!isOver || due.size() == BATCH_MAX) {
                break;
            }
            due.add(entry);
        }
        return due;
    }
}
