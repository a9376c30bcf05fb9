package assay.core.text.template;

/** An error on its way from the depths of the interpreter to {@link ChatTemplate#render}. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean raised;
    private final boolean limit;

    private Fault(String message, boolean raised, boolean limit) {
        super(message, null, false, false);
        this.raised = raised;
        this.limit = limit;
    }

    Fault(String message) {
        this(message, false, false);
    }

    /** The template's own raise_exception. */
    static Fault raised(String message) {
        return new Fault(message, true, false);
    }

    /** One of the rendering's limits: with larger ones it would go on. */
    static Fault limit(String message) {
        return new Fault(message, false, true);
    }

    /** Jinja could, this interpreter will not. */
    static Fault unsupported(String what) {
        return new Fault(what + " is not supported here");
    }

    boolean isRaised() {
        return raised;
    }

    boolean isLimit() {
        return limit;
    }
}
