package assay.node.serve;

import assay.core.base.Amount;
import assay.ledger.Rates;
import assay.ledger.crypto.Address;
import assay.ledger.state.Operator;
import assay.ledger.state.State;
import assay.ledger.store.LiveLedger;
import assay.node.http.ApiError;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much work the operator's stake backs: the ledger takes receipts only up to a sum at risk ({@link
 * Rates#riskMax}), in the log's order, so a node that took more work could not post it in time, and one receipt
 * above the sum would block all after it. What is asked is: receipts that are not final, receipts that are not
 * posted, and the most that requests under way may come to. Thread-safe.
 */
public final class Exposure {
    /** The part of the sum that one receipt may take: after a slash of half the stake it can still be posted. */
    private static final int PART = 2;

    private static final int RETRY_SECONDS = 10;

    private final LiveLedger ledger;
    private final Address operator;
    private final Book book;
    private final Map<String, Amount> running = new LinkedHashMap<>();

    /** @param operator whose stake it is */
    public Exposure(LiveLedger ledger, Address operator, Book book) {
        this.ledger = ledger;
        this.operator = operator;
        this.book = book;
    }

    /** Says no to a request that no receipt of this node's could be for. */
    public void check(Amount most) throws ApiError {
        Amount one = Amount.ofMicro(riskMax(ledger.state()).micro() / PART);
        if (one.isBelow(most)) {
            throw ApiError.invalidValue(
                    "max_tokens",
                    "This request may cost " + most + "; this node's stake backs receipts of up to " + one
                            + ". Lower max_tokens or n.");
        }
    }

    /** Sets aside what a request may come to, until {@link #release}. */
    public synchronized void take(String id, Amount most) throws ApiError {
        check(most);
        if (room().isBelow(most)) {
            throw ApiError.unavailable(
                    "stake_exhausted",
                    "This node's stake backs no more work until earlier receipts are final.",
                    RETRY_SECONDS);
        }
        running.put(id, most);
    }

    /** A request came to nothing, or its receipt is in the book. */
    public synchronized void release(String id) {
        running.remove(id);
    }

    /** How much more may be taken on now. */
    public synchronized Amount room() {
        State state = ledger.state();
        long pending = state.operator(operator)
                .map(Operator::pending)
                .orElse(Amount.ZERO)
                .micro();
        long unposted = book.weight() - state.log(operator).weight();
        long under = running.values().stream().mapToLong(Amount::micro).sum();
        return Amount.ofMicro(Math.max(0, riskMax(state).micro() - pending - Math.max(0, unposted) - under));
    }

    private Amount riskMax(State state) {
        return state.operator(operator)
                .map(o -> Rates.riskMax(o.stake().bonded(), state.params().audits()))
                .orElse(Amount.ZERO);
    }
}
