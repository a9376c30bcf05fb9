package assay.core.text.template;

/**
 * What one rendering may use. All four are counted in units that no machine changes, so that a
 * template either renders everywhere or is refused everywhere.
 *
 * @param steps nodes evaluated, plus one for each 64 chars or 8 items handled in bulk
 * @param outputChars UTF-16 chars of the result, and of any one string on the way
 * @param memoryBytes sum over all values made (never reduced): 2 a char, 32 an item of a list, 128 a
 *     member of a mapping, 64 a value
 * @param depth nested evaluations, macro calls and levels of a printed value
 */
public record Limits(long steps, int outputChars, long memoryBytes, int depth) {
    /** A million steps, 4 Mi chars, 32 MiB of values, 400 levels. */
    public static final Limits DEFAULT = new Limits(1_000_000, 4 << 20, 32L << 20, 400);

    /** What a referee spends: 100,000 steps, 128 Ki chars, 8 MiB of values, 400 levels. */
    public static final Limits REFEREE = new Limits(100_000, 1 << 17, 8L << 20, 400);

    /** Checks that every limit is positive. */
    public Limits {
        if (steps < 1 || outputChars < 1 || memoryBytes < 1 || depth < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive: " + steps + ", " + outputChars + ", " + memoryBytes + ", " + depth);
        }
    }
}
