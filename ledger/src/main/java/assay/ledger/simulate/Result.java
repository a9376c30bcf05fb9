package assay.ledger.simulate;

import assay.ledger.Reason;
import java.util.Map;

/**
 * What came of one run.
 *
 * @param profitNano of the party: what it has more than at the start, less its work and its capital; nano-units
 * @param fraud its cheats
 * @param network of all together
 * @param refusals how often each rule refused a transaction
 */
public record Result(long profitNano, Fraud fraud, Network network, Map<Reason, Integer> refusals) {
    /**
     * The party's cheats, and what became of them.
     *
     * @param answers receipts or moves that were not what they said
     * @param punished receipts or moves for which it lost stake
     * @param firstAt height of the first cheat; 0 if there was none
     * @param caughtAt height of the first loss of stake; 0 if there was none
     */
    public record Fraud(int answers, int punished, long firstAt, long caughtAt) {
        /** Blocks from the first cheat to the first loss, if it was caught. */
        public long blocksToCatch() {
            return caughtAt - firstAt;
        }
    }

    /**
     * Everybody together.
     *
     * @param requests that were answered and posted
     * @param paidMicro by the payers
     * @param inferenceNano cost of all answers
     * @param checkNano cost of all replays
     * @param feesMicro paid for transactions
     * @param capitalNano cost of all stakes
     * @param drawn receipts that were audited
     * @param unaudited those of them that nobody audited
     * @param transactions that were applied
     */
    public record Network(
            long requests,
            long paidMicro,
            long inferenceNano,
            long checkNano,
            long feesMicro,
            long capitalNano,
            long drawn,
            long unaudited,
            long transactions) {}
}
