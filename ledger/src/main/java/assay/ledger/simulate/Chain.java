package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.ledger.BlockContext;
import assay.ledger.CheckedTransaction;
import assay.ledger.Event;
import assay.ledger.Ledger;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Genesis;
import assay.ledger.state.State;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The real state machine, fed with transactions whose senders are believed: every guard and every transition is
 * the ledger's own; only signatures are not made and not looked at.
 */
final class Chain {
    private static final Signature UNSIGNED = Signature.ofBytes(new byte[Signature.SIZE_BYTES]);

    private final Map<Reason, Integer> refusals = new EnumMap<>(Reason.class);
    private final List<Event> events = new ArrayList<>();
    private State state;
    private BlockContext block;
    private final EnumMap<Purpose, Long> feesMicro = new EnumMap<>(Purpose.class);

    Chain(Genesis genesis) {
        state = State.of(genesis);
        block = context(List.of());
    }

    State state() {
        return state;
    }

    long id() {
        return state.genesis().chainId();
    }

    /** Height of the block that is being made. */
    long height() {
        return state.height() + 1;
    }

    /** What the transactions that were applied cost their senders. */
    Map<Purpose, Long> feesMicro() {
        return feesMicro;
    }

    /** How often each rule refused a transaction. */
    Map<Reason, Integer> refusals() {
        return refusals;
    }

    /** Applies a transaction; says whether the ledger took it. */
    boolean send(Address from, Transaction body) {
        long nonce = state.account(from).nonce();
        SignedTransaction t = new SignedTransaction(id(), from, nonce, body, UNSIGNED);
        return switch (Ledger.apply(state, CheckedTransaction.withoutCheckingSignatures(t), block)) {
            case Outcome.Applied(State next, List<Event> told) -> {
                state = next;
                events.addAll(told);
                long fee = Ledger.fee(body, state.params()).micro();
                feesMicro.merge(Purpose.of(body), fee, Long::sum);
                yield true;
            }
            case Outcome.Rejected(Reason reason) -> {
                refusals.merge(reason, 1, Integer::sum);
                yield false;
            }
        };
    }

    /** What the end of this block would bring, if validators showed this; changes nothing. */
    Outcome.Applied peek(List<BlockContext.Preimage> shown) {
        return Ledger.settle(state, context(shown));
    }

    /** Ends the block; gives all that happened in it. */
    List<Event> end(List<BlockContext.Preimage> shown) {
        Outcome.Applied applied = Ledger.settle(state, context(shown));
        state = applied.next();
        events.addAll(applied.events());
        block = context(List.of());
        List<Event> all = List.copyOf(events);
        events.clear();
        return all;
    }

    private BlockContext context(List<BlockContext.Preimage> shown) {
        return new BlockContext(height(), height() * 1_000, Hash.sha256(new byte[] {0}), shown);
    }
}
