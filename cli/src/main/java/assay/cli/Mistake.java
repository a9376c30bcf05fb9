package assay.cli;

/** Something that a person can put right: shown as one line and what to do next, without a trace. */
public final class Mistake extends Exception {
    private static final long serialVersionUID = 1;

    private final String what;
    private final String advice;
    private final int exitCode;

    /**
     * @param what one sentence without a full stop
     * @param advice what to do next, or the empty string
     * @param exitCode one of the codes of {@link Exit}
     */
    public Mistake(String what, String advice, int exitCode) {
        super(what);
        this.what = what;
        this.advice = advice;
        this.exitCode = exitCode;
    }

    /** What went wrong. */
    @Override
    public String getMessage() {
        return what;
    }

    /** What to do next, or the empty string. */
    public String advice() {
        return advice;
    }

    /** The code with which the program ends. */
    public int exitCode() {
        return exitCode;
    }
}
