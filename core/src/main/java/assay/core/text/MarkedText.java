package assay.core.text;

import java.util.BitSet;

/**
 * A rendered chat template: text, and which of its UTF-16 chars are the template's own.
 *
 * <p>Only a control token whose every char is trusted may become a control token; the same letters
 * written by a user are ordinary text.
 *
 * @param text the text
 * @param trusted bit i is set if char i came from the template itself (or from bos_token, eos_token)
 */
public record MarkedText(String text, BitSet trusted) {
    /** Copies the marks. */
    public MarkedText {
        if (trusted.length() > text.length()) {
            throw new IllegalArgumentException("marks reach past the text: " + trusted.length());
        }
        trusted = (BitSet) trusted.clone();
    }

    /** Text of which nothing is trusted. */
    public static MarkedText untrusted(String text) {
        return new MarkedText(text, new BitSet());
    }

    @Override
    public BitSet trusted() {
        return (BitSet) trusted.clone();
    }
}
