package assay.ledger.state;

import assay.core.base.Amount;

/**
 * The rules' numbers, fixed at genesis in this version.
 *
 * @param windows delays and deadlines
 * @param shares how a payment is split
 * @param audits how receipts are audited and faults punished
 */
public record Params(Windows windows, Shares shares, Audits audits) {
    /**
     * Delays and deadlines, in blocks.
     *
     * @param unbond from leaving to free; longer than everything that can still find a fault
     * @param close from the payer's wish to the refund: time for the operator to redeem
     * @param escrow from the opening of an escrow to its refund
     * @param draw from payment to draw
     * @param commit for drawn auditors to commit
     * @param reveal for them to reveal
     * @param node for the node to reveal
     */
    public record Windows(long unbond, long close, long escrow, long draw, long commit, long reveal, long node) {
        /** Refuses delays that are none, or past 2^40. */
        public Windows {
            for (long blocks : new long[] {unbond, close, escrow, commit, reveal, node}) {
                if (blocks < 1 || blocks > 1L << 40) {
                    throw new IllegalArgumentException("a delay is 1 to 2^40 blocks, got " + blocks);
                }
            }
            if (draw < 0 || draw > 1L << 40) {
                throw new IllegalArgumentException("the draw is 0 to 2^40 blocks after the payment, got " + draw);
            }
        }
    }

    /**
     * Shares of a payment, in parts per million; the operator gets the rest.
     *
     * @param audit for the audit pool
     * @param hosts for the model's hosts
     * @param reserve for the protocol
     * @param royaltyMax the most that a publisher may ask
     */
    public record Shares(int audit, int hosts, int reserve, int royaltyMax) {
        /** Refuses shares that are more than the whole. */
        public Shares {
            long sum = 0;
            for (int share : new int[] {audit, hosts, reserve, royaltyMax}) {
                if (share < 0) {
                    throw new IllegalArgumentException("a share is not negative, got " + share);
                }
                sum += share;
            }
            if (sum > Amount.MILLION) {
                throw new IllegalArgumentException("shares of more than the whole: " + sum + " ppm");
            }
        }
    }

    /**
     * How receipts are audited. Half of what is slashed is burned, always.
     *
     * @param perReceipt auditors drawn for a receipt
     * @param roundsMax how often auditors are drawn for it at most
     * @param slash share of the stake that a first fault costs, in parts per million
     * @param bounty share of the slash for the auditors who found it, in parts per million
     * @param kappa the safety factor of the audit weight
     */
    public record Audits(int perReceipt, int roundsMax, int slash, int bounty, int kappa) {
        /** Refuses what cannot be. */
        public Audits {
            require("auditors per receipt", perReceipt, 1, 8);
            require("rounds", roundsMax, 1, 8);
            require("slash", slash, 1, Amount.MILLION);
            require("bounty", bounty, 0, Amount.MILLION / 2);
            require("kappa", kappa, 2, 9);
        }

        private static void require(String what, int value, int low, int high) {
            if (value < low || value > high) {
                throw new IllegalArgumentException(what + " is " + low + " to " + high + ", got " + value);
            }
        }
    }

    /** Refuses an unbonding delay within which a fault could still be proven. */
    public Params {
        long fault = windows.draw
                + audits.roundsMax * Math.addExact(windows.commit, windows.reveal)
                + windows.node
                + windows.close;
        if (windows.unbond <= fault) {
            throw new IllegalArgumentException(
                    "unbonding must take longer than the longest audit: " + windows.unbond + " <= " + fault);
        }
    }

    /**
     * An embedded network's numbers: every receipt is drawn, by one auditor, at once.
     *
     * <p>Blocks are made when there is something to put in them, so the windows are wide: under full
     * load the shortest still lasts minutes.
     */
    public static Params embedded() {
        return new Params(
                new Windows(1_000_000, 20_000, 20_000, 0, 100_000, 100_000, 100_000),
                new Shares(100_000, 0, 0, 500_000),
                new Audits(1, 3, 100_000, 100_000, 2));
    }
}
