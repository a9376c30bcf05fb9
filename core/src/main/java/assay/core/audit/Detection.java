package assay.core.audit;

import java.math.BigInteger;

/**
 * How likely an audit of drawn cells finds a node that altered some: exact, as a fraction.
 *
 * @param cells of the answer, N
 * @param drawn different cells, k
 */
public record Detection(long cells, int drawn) {
    private static final long MILLION = 1_000_000;

    /** Checks the order. */
    public Detection {
        if (cells < 1 || drawn < 0 || drawn > cells) {
            throw new IllegalArgumentException(drawn + " of " + cells + " cells");
        }
    }

    /**
     * The probability that one of {@code altered} cells is drawn, in millionths, rounded down:
     * {@code 1 - C(N - m, k) / C(N, k)}, which is never below {@code 1 - (1 - m/N)^k}, and k/N for one cell.
     */
    public long millionths(long altered) {
        BigInteger missed = BigInteger.ONE;
        BigInteger all = BigInteger.ONE;
        for (int i = 0; i < drawn; i++) {
            missed = missed.multiply(BigInteger.valueOf(Math.max(0, cells - altered - i)));
            all = all.multiply(BigInteger.valueOf(cells - i));
        }
        return all.subtract(missed)
                .multiply(BigInteger.valueOf(MILLION))
                .divide(all)
                .longValueExact();
    }

    /** The same as a percentage for people, such as {@code 66.2 %}. */
    public String percent(long altered) {
        long millionths = millionths(altered);
        if (millionths < 10_000) {
            return millionths / 10_000 + "." + pad(millionths % 10_000 / 100, 2) + " %";
        }
        return millionths / 10_000 + "." + millionths % 10_000 / 1_000 + " %";
    }

    private static String pad(long value, int digits) {
        String text = Long.toString(value);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}
