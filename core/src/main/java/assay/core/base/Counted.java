package assay.core.base;

/** Numbers of things, as a person reads them. */
public final class Counted {
    private Counted() {}

    /** {@code 1 token}, {@code 2 tokens}, {@code 0 tokens}: for words whose plural ends in s. */
    public static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
