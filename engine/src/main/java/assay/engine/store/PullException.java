package assay.engine.store;

import java.io.IOException;

/** A model cannot be had: what went wrong, and what the person can do about it. */
public final class PullException extends IOException {
    private static final long serialVersionUID = 1;

    private final String what;
    private final String advice;

    /**
     * @param what one sentence without a full stop: what went wrong, with what was expected and got
     * @param advice what to do next, or the empty string
     */
    public PullException(String what, String advice) {
        super(what);
        this.what = what;
        this.advice = advice;
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
}
