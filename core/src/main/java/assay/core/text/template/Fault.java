package assay.core.text.template;

/** An error on its way from the depths of the interpreter to {@link ChatTemplate#render}. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean raised;

    private Fault(String message, boolean raised) {
        super(message, null, false, false);
        this.raised = raised;
    }

    Fault(String message) {
        this(message, false);
    }

    /** The template's own raise_exception. */
    static Fault raised(String message) {
        return new Fault(message, true);
    }

    /** Jinja could, this interpreter will not. */
    static Fault unsupported(String what) {
        return new Fault(what + " is not supported here");
    }

    boolean isRaised() {
        return raised;
    }
}
