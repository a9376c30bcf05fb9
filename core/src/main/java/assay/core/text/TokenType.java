package assay.core.text;

import assay.core.base.MalformedException;

/** The kinds of token that a model file tells apart, with GGUF's numbers (1 to 6). */
public enum TokenType {
    /** Ordinary text. */
    NORMAL,
    /** The token for what has no token; never made from text, decoded to nothing. */
    UNKNOWN,
    /** Structure, such as the end of a turn: made only from a template's own text, decoded to nothing. */
    CONTROL,
    /** Text that is always one token, wherever it stands. */
    USER_DEFINED,
    /** A placeholder: never made from text, decoded to nothing. */
    UNUSED,
    /** One byte, spelled {@code <0x0A>}. */
    BYTE;

    /** The number in a GGUF file. */
    public int number() {
        return ordinal() + 1;
    }

    /** The type with GGUF's number. */
    static TokenType of(int number, int id) throws MalformedException {
        return switch (number) {
            case 1 -> NORMAL;
            case 2 -> UNKNOWN;
            case 3 -> CONTROL;
            case 4 -> USER_DEFINED;
            case 5 -> UNUSED;
            case 6 -> BYTE;
            default -> throw new MalformedException("token " + id + " has unknown type " + number, id);
        };
    }
}
