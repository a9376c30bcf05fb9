package assay.ledger.state;

import assay.core.base.Amount;

/**
 * The rules' numbers at genesis.
 *
 * @param windows delays and deadlines
 * @param shares how a payment is split
 * @param audits how receipts are audited and faults punished
 * @param costs what a replay costs those who do it
 * @param disputes clocks of everything that must be answered
 * @param governance how the validators change these numbers and themselves
 * @param hosting of those who keep models' files, and of the claim that a model is its file
 */
public record Params(
        Windows windows,
        Shares shares,
        Audits audits,
        Costs costs,
        Disputes disputes,
        Governance governance,
        Hosting hosting) {
    /**
     * Delays and deadlines, in blocks.
     *
     * @param unbond from leaving to free; longer than everything that can still find a fault
     * @param close from the payer's wish to the refund: time for the operator to redeem
     * @param escrow from the opening of an escrow to its refund
     * @param draw from the posting of a checkpoint to its draw
     * @param challenge from the draw, how long a receipt that was not drawn is open: for half of it anybody may buy its
     *     audit, then its payer may demand openings, and who has a bond may dispute it
     * @param commit for drawn auditors to commit
     * @param reveal for them to reveal
     * @param node for the node to reveal
     */
    public record Windows(
            long unbond, long close, long escrow, long draw, long challenge, long commit, long reveal, long node) {
        /** Refuses delays that are none, or past 2^40. */
        public Windows {
            for (long blocks : new long[] {unbond, close, escrow, commit, reveal, node}) {
                if (blocks < 1 || blocks > 1L << 40) {
                    throw new IllegalArgumentException("a delay is 1 to 2^40 blocks, got " + blocks);
                }
            }
            for (long blocks : new long[] {draw, challenge}) {
                if (blocks < 0 || blocks > 1L << 40) {
                    throw new IllegalArgumentException("a delay is 0 to 2^40 blocks, got " + blocks);
                }
            }
        }

        /**
         * The last height at which the audit of a receipt that was posted at this height can be bought. Nothing that tells
         * its root happens before: whoever asked for that first would keep everybody else from an audit.
         */
        public long boughtUntil(long postedAt) {
            return postedAt + draw + challenge - challenge / 2;
        }

        /** The last height at which a receipt that was posted at this height and not drawn can be disputed. */
        public long openUntil(long postedAt) {
            return postedAt + draw + challenge;
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
     * @param everyReceipt whether each is drawn whatever it costs (p = 1), as in an embedded network
     * @param perReceipt auditors drawn for a receipt: k
     * @param roundsMax how often auditors are drawn for it at most
     * @param slash share of the stake that a first fault costs, in parts per million
     * @param bounty share of the slash for the auditors who found it, in parts per million
     * @param kappa the safety factor of the draw
     * @param linkedFloor the share of auditor stake that is taken to be one party's, whatever is known, in ppm
     * @param groupsMin with fewer unlinked auditors of a model nothing is audited: its ceiling is SIGNED
     */
    public record Audits(
            boolean everyReceipt,
            int perReceipt,
            int roundsMax,
            int slash,
            int bounty,
            int kappa,
            int linkedFloor,
            int groupsMin) {
        /**
         * The largest share for a first fault, two thirds: what backs the other receipts, at most half of such a share, is
         * then still there, so all of the share can be taken.
         */
        public static final int SLASH_MAX = 666_666;

        /** Refuses what cannot be. */
        public Audits {
            require("auditors per receipt", perReceipt, 1, 8);
            require("rounds", roundsMax, 1, 8);
            require("slash", slash, 1, SLASH_MAX);
            require("bounty", bounty, 0, Amount.MILLION / 2);
            require("kappa", kappa, 2, 9);
            require("linked floor", linkedFloor, 0, Amount.MILLION - 1);
            require("unlinked auditors", groupsMin, 1, 64);
        }
    }

    /**
     * What the audit of one receipt costs one auditor, and a transaction its sender.
     *
     * @param replayPerMillion micro-units per million tokens replayed, prompt and answer, of a model of {@link
     *     #REFERENCE_MACS}; of others in proportion
     * @param perAudit its transactions
     * @param transaction what a transaction costs its sender for every {@link #BYTES_PER_FEE} of its long parts begun, at least
     *     once, and every {@link #RECEIPTS_PER_FEE} receipts of a
     *     checkpoint; for the reserve
     * @param requestTokens size of the request for which a price list is held against the cost of its audit
     */
    public record Costs(Amount replayPerMillion, Amount perAudit, Amount transaction, int requestTokens) {
        /** Multiplications a token of the model for which the replay's price is stated: 2^27, about SmolLM2-135M's. */
        public static final long REFERENCE_MACS = 1L << 27;

        /** Receipts of a checkpoint that cost as much as one transaction: they bring no signature to check. */
        public static final int RECEIPTS_PER_FEE = 4;

        /** Bytes of what a transaction brings that cost as much as one that brings none. */
        public static final int BYTES_PER_FEE = 512;

        /** Refuses a request of no tokens. */
        public Costs {
            require("tokens", requestTokens, 1, 1 << 24);
        }
    }

    /**
     * Clocks of what must be answered, in blocks.
     *
     * @param answer for a demand
     * @param move for a move in a dispute
     * @param unposted from the height in a receipt to its posting
     * @param levels how often a dispute is narrowed down before the element; 0 to let the roots decide at once,
     *     as in an embedded network
     * @param fee of a demand, for the operator that answers it
     */
    public record Disputes(long answer, long move, long unposted, int levels, Amount fee) {
        /** Refuses clocks that are none. */
        public Disputes {
            for (long blocks : new long[] {answer, move, unposted}) {
                if (blocks < 1 || blocks > 1L << 40) {
                    throw new IllegalArgumentException("a delay is 1 to 2^40 blocks, got " + blocks);
                }
            }
            require("levels of a dispute", levels, 0, 64);
        }
    }

    /**
     * How the validators change these numbers and themselves.
     *
     * @param delay from acceptance to effect, in blocks; also how long a proposal stays open
     * @param beaconFine of a validator for a preimage that it does not show, from its bond; burned
     */
    public record Governance(long delay, Amount beaconFine) {
        /** What holds where there are no validators. */
        public static final Governance NONE = new Governance(1, Amount.ZERO);

        /** Refuses a delay that is none. */
        public Governance {
            if (delay < 1 || delay > 1L << 40) {
                throw new IllegalArgumentException("a delay is 1 to 2^40 blocks, got " + delay);
            }
        }
    }

    /**
     * Hosts and published models.
     *
     * @param every blocks from one challenge of a host to the next
     * @param answer blocks to show the chunk
     * @param penalty share of a host's stake that a missed challenge costs, in ppm; burned
     * @param missesMax missed challenges one after another that end an offer
     * @param bondMin the least stake of a host
     * @param perGigabyte what a host earns for 10^9 acknowledged bytes
     * @param claimBond the least bond behind a published model
     * @param claim blocks for the validators to judge a challenged one
     */
    public record Hosting(
            long every,
            long answer,
            int penalty,
            int missesMax,
            Amount bondMin,
            Amount perGigabyte,
            Amount claimBond,
            long claim) {
        /** Of a network whose owner keeps the files: nothing is asked of anybody who has no stake. */
        public static final Hosting OWN =
                new Hosting(100_000, 100_000, 50_000, 3, Amount.ZERO, Amount.ofMicro(1_000), Amount.ZERO, 100_000);

        /** Refuses clocks that are none. */
        public Hosting {
            for (long blocks : new long[] {every, answer, claim}) {
                if (blocks < 1 || blocks > 1L << 40) {
                    throw new IllegalArgumentException("a delay is 1 to 2^40 blocks, got " + blocks);
                }
            }
            require("penalty", penalty, 0, Amount.MILLION);
            require("missed challenges", missesMax, 1, 1_000);
        }
    }

    /** The parameters of a network without validators. */
    public Params(Windows windows, Shares shares, Audits audits, Costs costs, Disputes disputes) {
        this(windows, shares, audits, costs, disputes, Governance.NONE, Hosting.OWN);
    }

    private static void require(String what, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(what + " is " + low + " to " + high + ", got " + value);
        }
    }

    /** Refuses an unbonding delay within which a fault could still be proven. */
    public Params {
        long fault = Math.addExact(
                2 * windows.draw + windows.challenge + windows.close, auditMax(windows, audits, disputes));
        if (windows.unbond <= fault) {
            throw new IllegalArgumentException(
                    "unbonding must take longer than the longest audit: " + windows.unbond + " <= " + fault);
        }
        if (windows.unbond <= Math.max(hosting.answer, hosting.claim)) {
            throw new IllegalArgumentException("unbonding must take longer than a host's answer and a claim's judging: "
                    + windows.unbond + " <= " + Math.max(hosting.answer, hosting.claim));
        }
    }

    /** The longest that an audit can take, blocks from its draw to its verdict. */
    public long auditMax() {
        return auditMax(windows, audits, disputes);
    }

    private static long auditMax(Windows windows, Audits audits, Disputes disputes) {
        long round = 2 * windows.commit + disputes.answer + windows.reveal;
        return audits.roundsMax * round + windows.node + audits.perReceipt * disputeMax(disputes);
    }

    /** The longest that a dispute can take, blocks from its opening to its end; 0 where there are none. */
    public long disputeMax() {
        return disputes.levels == 0 ? 0 : disputeMax(disputes);
    }

    private static long disputeMax(Disputes disputes) {
        long texts = disputes.levels == 0 ? 0 : TextChunk.COUNT_MAX;
        return disputes.move * (2L * disputes.levels + 1) + texts;
    }

    /**
     * An embedded network's numbers: every receipt is drawn, by one auditor, at once; its whole audit share is
     * the fee.
     *
     * <p>Blocks are made when there is something to put in them, so the windows are wide: under full
     * load the shortest still lasts minutes.
     */
    public static Params embedded() {
        return new Params(
                new Windows(10_000_000, 20_000, 20_000, 0, 0, 100_000, 100_000, 100_000),
                new Shares(100_000, 0, 0, 500_000),
                new Audits(true, 1, 3, 100_000, 100_000, 2, 0, 1),
                new Costs(Amount.ZERO, Amount.ZERO, Amount.ZERO, 1),
                new Disputes(100_000, 100_000, 100_000, 0, Amount.ZERO));
    }

    /**
     * A shared network's numbers, at a block a second: two auditors of at least five unlinked ones, a third of
     * their stake taken to be one party's; a replay at three tenths of the usual price of a million tokens, which covers the
     * measured ratio of replay to generation.
     */
    public static Params shared() {
        return new Params(
                new Windows(1_209_600, 86_400, 600, 2, 3_600, 600, 300, 300),
                new Shares(50_000, 10_000, 10_000, 300_000),
                new Audits(false, 2, 4, 200_000, 100_000, 2, 333_333, 5),
                new Costs(Amount.ofMicro(300_000), Amount.ofMicro(200), Amount.ofMicro(2), 1_000),
                new Disputes(300, 60, 600, 10, Amount.ofMicro(1_000)),
                new Governance(604_800, Amount.ofMicro(100_000)),
                new Hosting(
                        3_600, 300, 50_000, 4, Amount.ofUnits(10), Amount.ofMicro(2_000), Amount.ofUnits(100), 86_400));
    }

    /**
     * A network of a few machines of one's own, at a block a second and with play money: every receipt is drawn, by
     * three auditors; windows of seconds, so that a verdict comes within a minute.
     */
    public static Params local() {
        return new Params(
                new Windows(3_000, 60, 120, 2, 20, 90, 30, 30),
                new Shares(100_000, 10_000, 10_000, 300_000),
                new Audits(true, 3, 2, 200_000, 100_000, 2, 0, 3),
                new Costs(Amount.ZERO, Amount.ZERO, Amount.ZERO, 1),
                new Disputes(60, 20, 300, 10, Amount.ofMicro(1_000)),
                new Governance(10, Amount.ofMicro(1_000)),
                new Hosting(600, 60, 50_000, 4, Amount.ofUnits(10), Amount.ofMicro(2_000), Amount.ZERO, 60));
    }
}
