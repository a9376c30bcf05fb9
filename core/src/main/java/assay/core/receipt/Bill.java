package assay.core.receipt;

import java.math.BigInteger;

/** What a usage costs under a price list: a pure function, so a wrong bill is a proven fault. */
public final class Bill {
    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

    private Bill() {}

    /**
     * The amount in micro-units: {@code ((prompt - cached) * price.prompt + cached * price.cached +
     * completion * price.completion) / 1,000,000}, computed exactly and rounded up once, at the end.
     */
    public static long of(PriceList price, Usage usage) {
        BigInteger exact = product(usage.prompt() - usage.cached(), price.prompt())
                .add(product(usage.cached(), price.cached()))
                .add(product(usage.completion(), price.completion()));
        return exact.add(MILLION).subtract(BigInteger.ONE).divide(MILLION).longValueExact();
    }

    private static BigInteger product(int tokens, long price) {
        return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(price));
    }
}
