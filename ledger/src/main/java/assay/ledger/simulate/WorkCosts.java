package assay.ledger.simulate;

import java.math.BigInteger;

/**
 * What the agents' work costs them outside the ledger, in nano-units (10^-9 units). What a transaction costs is the
 * ledger's own fee and not among these.
 *
 * @param answerToken to generate a token of an answer
 * @param promptToken to read a token of a prompt
 * @param replayToken to replay a token of either, for an auditor
 * @param hostedBlock to keep a model's file at hand, a block
 * @param capitalPpmPerYear what locked money could earn elsewhere, parts per million a year
 * @param blocksPerYear blocks in a year
 */
public record WorkCosts(
        long answerToken,
        long promptToken,
        long replayToken,
        long hostedBlock,
        long capitalPpmPerYear,
        long blocksPerYear) {
    /**
     * A token of an answer at 60 % of the usual price of a micro-unit; the others in the ratios that
     * docs/performance.md measured: decode 108.5 and prefill 380.7 tokens a second, so a prompt token costs 0.285 of
     * it; replay 1.18 of prefill. A file of 5 GB kept for a tenth of a unit a month.
     * Capital at 5 % a year, a block a second.
     */
    public static final WorkCosts MEASURED = new WorkCosts(600, 171, 202, 40, 50_000, 31_536_000);

    /** Refuses negative costs and a year without blocks. */
    public WorkCosts {
        for (long cost : new long[] {answerToken, promptToken, replayToken, hostedBlock, capitalPpmPerYear}) {
            if (cost < 0) {
                throw new IllegalArgumentException("a cost is not negative, got " + cost);
            }
        }
        if (blocksPerYear < 1) {
            throw new IllegalArgumentException("a year has blocks, got " + blocksPerYear);
        }
    }

    /** What answering this request costs, nano-units. */
    long answering(Request r) {
        return r.promptTokens() * promptToken + r.answerTokens() * answerToken;
    }

    /** What replaying it costs, nano-units. */
    long replaying(Request r) {
        return r.tokens() * replayToken;
    }

    /** What locked money costs, nano-units: the sum over all blocks of the micro-units locked in each. */
    long capital(BigInteger microBlocks) {
        return microBlocks
                .multiply(BigInteger.valueOf(capitalPpmPerYear))
                .divide(BigInteger.valueOf(1_000L * blocksPerYear))
                .longValueExact();
    }
}
