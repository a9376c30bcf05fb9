package assay.node.serve;

import assay.core.base.Hash;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.state.Receipt;
import assay.ledger.store.LiveLedger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Has requests and answers forgotten when nothing can be found about their receipts any more: a receipt is
 * final, and so many blocks went by that the stake behind it may have left (the ledger's unbonding delay, which
 * is longer than everything that can still find a fault).
 *
 * <p>What could not be erased, or was due while the node was off, is erased at the next start. Thread-safe.
 */
public final class Erasing {
    private final LiveLedger ledger;
    private final Address operator;
    private final Book book;
    private final Consumer<Hash> alsoForget;
    private final SortedMap<Long, List<Hash>> due = new TreeMap<>();

    /** @param alsoForget is told the digests of receipts whose requests and answers are forgotten */
    public Erasing(LiveLedger ledger, Address operator, Book book, Consumer<Hash> alsoForget) {
        this.ledger = ledger;
        this.operator = operator;
        this.book = book;
        this.alsoForget = alsoForget;
    }

    /** Begins, with what is due by now. */
    public void start() {
        ledger.onBlock(this::hear);
        for (Book.Entry entry : book.entries(0)) {
            Optional<Receipt> posted = ledger.state().receipt(operator, entry.digest());
            if (posted.isPresent() && posted.get().status().isFinal() && !book.isErased(entry.id())) {
                schedule(entry.digest(), posted.get().statusAt());
            }
        }
        erase(ledger.state().height());
    }

    private void hear(LiveLedger.BlockEvents block) {
        for (Event event : block.events()) {
            if (event instanceof Event.ReceiptFinal end && end.operator().equals(operator)) {
                schedule(end.receipt(), block.height());
            }
        }
        erase(block.height());
    }

    private synchronized void schedule(Hash receipt, long finalAt) {
        long window = ledger.state().genesis().params().windows().unbond();
        due.computeIfAbsent(finalAt + window, height -> new ArrayList<>()).add(receipt);
    }

    /** What is due at this height, on a thread of its own: blocks do not wait for the disk. */
    private void erase(long height) {
        List<Hash> now = new ArrayList<>();
        synchronized (this) {
            SortedMap<Long, List<Hash>> over = due.headMap(height + 1);
            over.values().forEach(now::addAll);
            over.clear();
        }
        if (!now.isEmpty()) {
            Thread.ofVirtual().name("assay-erasing").start(() -> erase(now));
        }
    }

    private void erase(List<Hash> receipts) {
        List<Book.Entry> entries =
                receipts.stream().map(book::find).flatMap(Optional::stream).toList();
        try {
            book.erase(entries);
            receipts.forEach(alsoForget);
        } catch (IOException e) {
            // The disk does not take it now; the next start finds them due again.
            return;
        }
    }
}
