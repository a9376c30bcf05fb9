package assay.ledger.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.ledger.CheckedTransaction;
import assay.ledger.Event;
import assay.ledger.Ledger;
import assay.ledger.Outcome;
import assay.ledger.state.State;
import assay.ledger.tx.Ids;
import assay.ledger.tx.SignedTransaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Applies the blocks of one's own log again: their signatures were checked before they were written. */
final class Replay {
    private static final int ROOT_CHECK_EVERY = 1000;

    private Snapshot.Tip tip;
    private Hash lastRoot = Ids.NONE;

    Replay(Snapshot.Tip start) {
        tip = start;
    }

    /** The state so far. */
    Snapshot.Tip tip() {
        return tip;
    }

    /** Goes on from a snapshot. */
    void snapshot(Snapshot.Tip found) {
        tip = found;
    }

    /** Applies the next block and says what happened in it. */
    List<Event> block(byte[] encoded) throws IOException {
        Block block;
        try {
            block = Block.parse(encoded);
        } catch (MalformedException e) {
            throw new IOException("block " + (tip.state().height() + 1) + " of the log is malformed", e);
        }
        State s = tip.state();
        if (block.context().height() != s.height() + 1) {
            throw new IOException("block " + (s.height() + 1) + " is missing from the log, which goes on with "
                    + block.context().height());
        }
        List<Event> events = new ArrayList<>();
        for (SignedTransaction t : block.transactions()) {
            switch (Ledger.apply(s, CheckedTransaction.withoutCheckingSignatures(t), block.context())) {
                case Outcome.Rejected(var reason) ->
                    throw new IOException(
                            "block " + block.context().height() + " holds a refused transaction: " + reason);
                case Outcome.Applied(State next, List<Event> told) -> {
                    s = next;
                    events.addAll(told);
                }
            }
        }
        Outcome.Applied end = Ledger.settle(s, block.context(), block.isFull(encoded.length));
        events.addAll(end.events());
        lastRoot = block.stateRoot();
        tip = new Snapshot.Tip(end.next(), block.context());
        if (end.next().height() % ROOT_CHECK_EVERY == 0) {
            checkRoot();
        }
        return events;
    }

    /** Compares the state root with what was written. */
    void checkRoot() throws IOException {
        if (!lastRoot.equals(Ids.NONE) && !lastRoot.equals(tip.state().root())) {
            throw new IOException("block " + tip.state().height() + " leads to another state root than was written");
        }
    }
}
