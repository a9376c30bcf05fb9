package assay.node.serve;

import assay.core.base.Amount;
import assay.ledger.state.Params;

/**
 * How long a node lets receipts and vouchers wait, so that several share the fee of one transaction.
 *
 * @param receipts are posted when so many wait; 1 to post each at once
 * @param ageMillis and when the first waits so long
 * @param redeemFees a channel's voucher is redeemed when it is worth at least so many fees
 */
public record Pace(int receipts, long ageMillis, int redeemFees) {
    /** Everything at once. */
    public static final Pace AT_ONCE = new Pace(1, 0, 0);

    /**
     * Where a transaction costs something. A voucher waits for ten fees alone: the audit of a receipt that is not paid yet
     * takes from its operator's stake, and burns as much.
     */
    public static final Pace SHARED = new Pace(64, 30_000, 10);

    /** Refuses what cannot be. */
    public Pace {
        if (receipts < 1 || ageMillis < 0 || redeemFees < 0) {
            throw new IllegalArgumentException("a pace is at least one receipt, and nothing negative");
        }
    }

    /** What suits a network: at once where transactions cost nothing, as in one's own. */
    public static Pace of(Params params) {
        return params.costs().transaction().isZero() ? AT_ONCE : SHARED;
    }

    /** What a voucher is worth at least to be redeemed by itself. */
    Amount redeemed(Params params) {
        long fees = Math.multiplyExact(
                (long) redeemFees, params.costs().transaction().micro());
        return Amount.ofMicro(Math.max(1, fees));
    }

    /** Blocks after which a receipt is posted whatever waits: half of what the rules give it, and of what an escrow does. */
    static long blocks(Params params) {
        return Math.min(params.disputes().unposted(), params.windows().escrow()) / 2;
    }
}
