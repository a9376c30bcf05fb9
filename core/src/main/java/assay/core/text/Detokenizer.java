package assay.core.text;

/**
 * Ids to text, one at a time, never half a character.
 *
 * <p>The pieces that {@link #push} and {@link #finish} return, put together, are the decoded bytes of all
 * ids; invalid UTF-8 becomes U+FFFD as in a decoding of the whole. Where the vocabulary puts a space
 * before text ({@code addSpacePrefix}), one space at the very start is left out again. For one thread.
 */
public final class Detokenizer {
    private final Tokenizer tokenizer;
    private final Utf8Stream characters = new Utf8Stream();
    private boolean dropsSpace;

    private Detokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        dropsSpace = tokenizer.vocabulary().affixes().addSpacePrefix();
    }

    /** A detokenizer at the start of a text. */
    public static Detokenizer of(Tokenizer tokenizer) {
        return new Detokenizer(tokenizer);
    }

    /** The text of all ids together. */
    public static String text(Tokenizer tokenizer, int[] ids) {
        Detokenizer detokenizer = of(tokenizer);
        StringBuilder out = new StringBuilder();
        for (int id : ids) {
            detokenizer.push(id, out);
        }
        return out.append(detokenizer.finish()).toString();
    }

    /** The characters that the id completes; often none. */
    public String push(int id) {
        StringBuilder out = new StringBuilder();
        push(id, out);
        return out.toString();
    }

    /** U+FFFD if the ids end inside a character, else nothing; the detokenizer then stands at a start. */
    public String finish() {
        StringBuilder out = new StringBuilder(1);
        characters.finish(out);
        dropsSpace = tokenizer.vocabulary().affixes().addSpacePrefix();
        return out.toString();
    }

    private void push(int id, StringBuilder out) {
        byte[] bytes = tokenizer.bytes(id);
        int from = dropsSpace && bytes.length > 0 && bytes[0] == ' ' ? 1 : 0;
        dropsSpace &= bytes.length == 0;
        for (int i = from; i < bytes.length; i++) {
            characters.push(bytes[i], out);
        }
    }
}
