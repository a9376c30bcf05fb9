package assay.node.openai;

/** Why a choice ended, as OpenAI names it. */
public enum FinishReason {
    /** The model's end token or a stop string. */
    STOP("stop"),
    /** max_tokens or the end of the context. */
    LENGTH("length");

    private final String wire;

    FinishReason(String wire) {
        this.wire = wire;
    }

    /** The name in JSON. */
    public String wire() {
        return wire;
    }
}
