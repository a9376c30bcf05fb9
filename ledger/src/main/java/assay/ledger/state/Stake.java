package assay.ledger.state;

import assay.core.base.Amount;
import assay.ledger.tx.Max;
import java.util.ArrayList;
import java.util.List;

/**
 * Money at risk: what is bonded, and what is on its way out but can still be slashed.
 *
 * @param bonded counts for new work
 * @param leaving oldest first
 */
public record Stake(Amount bonded, @Max(LEAVING_MAX) List<Leaving> leaving) {
    /** The most parts that may be leaving at once. */
    public static final int LEAVING_MAX = 8;

    /** Nothing. */
    public static final Stake NONE = new Stake(Amount.ZERO, List.of());

    /** A part that leaves at a height. */
    public record Leaving(Amount amount, long releaseAt) {}

    /** Copies the list. */
    public Stake {
        leaving = List.copyOf(leaving);
    }

    /** All that a slash can reach. */
    public Amount total() {
        Amount sum = bonded;
        for (Leaving part : leaving) {
            sum = sum.plus(part.amount());
        }
        return sum;
    }

    /** With more bonded. */
    public Stake bond(Amount amount) {
        return new Stake(bonded.plus(amount), leaving);
    }

    /** With part of the bond leaving. */
    public Stake unbond(Amount amount, long releaseAt) {
        List<Leaving> parts = new ArrayList<>(leaving);
        parts.add(new Leaving(amount, releaseAt));
        return new Stake(bonded.minus(amount), parts);
    }

    /** Without this amount of at most {@link #total}: what leaves soonest is taken first. */
    public Stake slash(Amount amount) {
        List<Leaving> parts = new ArrayList<>();
        Amount left = amount;
        for (Leaving part : leaving) {
            Amount taken = Amount.min(left, part.amount());
            left = left.minus(taken);
            if (!taken.equals(part.amount())) {
                parts.add(new Leaving(part.amount().minus(taken), part.releaseAt()));
            }
        }
        return new Stake(bonded.minus(left), parts);
    }
}
