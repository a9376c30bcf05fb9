package assay.cli;

/** How the program ends; {@code verify} gives the same numbers its own meaning. */
public final class Exit {
    /** Done; for verify: valid. */
    public static final int OK = 0;

    /** It did not work; for verify: invalid. */
    public static final int FAILED = 1;

    /** It was asked wrongly; for verify: malformed. */
    public static final int USAGE = 2;

    /** For verify: undecided. */
    public static final int UNDECIDED = 3;

    private Exit() {}
}
