package assay.core.text.template;

/**
 * A template could not be rendered with this context: it raised an error itself, misused a value,
 * needs something that this interpreter refuses, or ran into a limit.
 */
public final class TemplateException extends Exception {
    private static final long serialVersionUID = 1;

    private final int line;
    private final boolean raised;
    private final boolean limit;

    TemplateException(String message, int line, boolean raised, boolean limit) {
        super(raised || line < 1 ? message : message + " (template line " + line + ")");
        this.line = line;
        this.raised = raised;
        this.limit = limit;
    }

    /** Line of the template that was being evaluated, from 1; 0 if not known. */
    public int line() {
        return line;
    }

    /** Whether the template called raise_exception; then the message is the template's own. */
    public boolean raisedByTemplate() {
        return raised;
    }

    /** Whether it ran into one of the limits: with larger ones it may be rendered. */
    public boolean isLimit() {
        return limit;
    }
}
