package assay.ledger.simulate;

import assay.ledger.Reason;
import java.util.Map;

/**
 * What came of one run.
 *
 * @param profitNano of the party: what it has more than at the start, less its work and its capital; nano-units
 * @param luckNano what it won or lost by the draws beside what it had to expect; of known mean 0 ({@link Luck})
 * @param fraud its cheats
 * @param network of all together
 * @param refusals how often each rule refused a transaction
 */
public record Result(long profitNano, long luckNano, Fraud fraud, Network network, Map<Reason, Integer> refusals) {
    /**
     * The party's cheats, and what became of them.
     *
     * @param answers receipts or moves that were not what they said
     * @param punished receipts or moves for which it lost stake
     * @param firstAt height of the first cheat; 0 if there was none
     * @param caughtAt height of the first loss of stake; 0 if there was none
     * @param seen false receipts that were drawn, with an auditor among the drawn who is not of the party
     * @param seenPpm how many of these the rule let expect, in millionths
     */
    public record Fraud(int answers, int punished, long firstAt, long caughtAt, int seen, long seenPpm) {
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
     * @param capitalNano cost of all stakes while requests came
     * @param drawn receipts that were audited
     * @param unaudited those of them that nobody audited
     */
    public record Network(
            long requests,
            long paidMicro,
            long inferenceNano,
            long checkNano,
            Map<Purpose, Long> feesMicro,
            long capitalNano,
            long drawn,
            long unaudited) {
        /** Copies the map. */
        public Network {
            feesMicro = Map.copyOf(feesMicro);
        }
    }
}
