package assay.core.base;

/**
 * An amount of money: a whole number of micro-units (10^-6 units), from 0 to 10^18.
 *
 * <p>The whole supply of a ledger is one amount, so a sum of parts of it can never overflow; whatever
 * leaves the range is refused, never wrapped.
 *
 * @param micro micro-units
 */
public record Amount(long micro) implements Comparable<Amount> {
    /** The largest amount, in micro-units. */
    public static final long MAX_MICRO = 1_000_000_000_000_000_000L;

    /** Nothing. */
    public static final Amount ZERO = new Amount(0);

    /** Parts of a whole, as shares are given: parts per million. */
    public static final int MILLION = 1_000_000;

    /** Checks the range. */
    public Amount {
        if (micro < 0 || micro > MAX_MICRO) {
            throw new IllegalArgumentException("an amount is 0 to 10^18 micro-units, got " + micro);
        }
    }

    /** So many micro-units. */
    public static Amount ofMicro(long micro) {
        return micro == 0 ? ZERO : new Amount(micro);
    }

    /** So many whole units, up to 10^12. */
    public static Amount ofUnits(long units) {
        return new Amount(Math.multiplyExact(units, MILLION));
    }

    /**
     * The amount that a person wrote: digits with at most six after one point, for example {@code 1.5}.
     */
    public static Amount parse(String text) throws MalformedException {
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "" : text.substring(point + 1);
        boolean digits = (whole + fraction).chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || whole.isEmpty() || whole.length() > 12 || fraction.length() > 6 || text.endsWith(".")) {
            throw new MalformedException("an amount is like 12.5, with at most six digits after the point", -1);
        }
        return new Amount(Long.parseLong(whole) * MILLION + Long.parseLong((fraction + "000000").substring(0, 6)));
    }

    /** The sum. */
    public Amount plus(Amount other) {
        return ofMicro(micro + other.micro);
    }

    /** The difference; throws {@link IllegalArgumentException} when {@code other} is larger. */
    public Amount minus(Amount other) {
        return ofMicro(micro - other.micro);
    }

    /** ⌊this × parts / 10^6⌋, exact, for 0 ≤ parts ≤ 10^6. */
    public Amount share(int parts) {
        if (parts < 0 || parts > MILLION) {
            throw new IllegalArgumentException("parts per million are 0 to 1000000, got " + parts);
        }
        // (q·10^6 + r)·p / 10^6 = q·p + r·p / 10^6; q·p <= 10^18 and r·p < 10^12.
        return ofMicro(micro / MILLION * parts + micro % MILLION * parts / MILLION);
    }

    /** The smaller of the two. */
    public static Amount min(Amount a, Amount b) {
        return a.micro <= b.micro ? a : b;
    }

    /** Whether this is nothing. */
    public boolean isZero() {
        return micro == 0;
    }

    /** Whether this is less than {@code other}. */
    public boolean isBelow(Amount other) {
        return micro < other.micro;
    }

    @Override
    public int compareTo(Amount other) {
        return Long.compare(micro, other.micro);
    }

    /** Units with six digits after the point, for example {@code 0.000143}. */
    @Override
    public String toString() {
        String fraction = Long.toString(MILLION + micro % MILLION).substring(1);
        return micro / MILLION + "." + fraction;
    }
}
