package assay.core.text;

/**
 * Decodes UTF-8 that arrives in pieces: a character comes out when its last byte is in.
 *
 * <p>Bytes that are not UTF-8 become U+FFFD, one for each maximal subpart, exactly as when the whole is
 * decoded at once (Unicode 16.0, section 3.9; WHATWG Encoding, UTF-8 decoder).
 */
final class Utf8Stream {
    private int needed;
    private int codePoint;
    private int low = 0x80;
    private int high = 0xBF;

    /** Appends what the byte completes. */
    void push(byte signed, StringBuilder out) {
        int b = signed & 0xff;
        if (needed > 0) {
            if (b >= low && b <= high) {
                proceed(b, out);
                return;
            }
            finish(out);
        }
        begin(b, out);
    }

    /** Appends U+FFFD if a character has begun and not ended. */
    void finish(StringBuilder out) {
        if (needed > 0) {
            out.append((char) CodePoints.REPLACEMENT);
        }
        needed = 0;
        low = 0x80;
        high = 0xBF;
    }

    private void begin(int b, StringBuilder out) {
        if (b < 0x80) {
            out.append((char) b);
        } else if (b < 0xC2 || b > 0xF4) {
            out.append((char) CodePoints.REPLACEMENT);
        } else {
            needed = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
            codePoint = b & (0x3F >> needed);
            low = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
            high = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
        }
    }

    private void proceed(int b, StringBuilder out) {
        codePoint = codePoint << 6 | b & 0x3F;
        low = 0x80;
        high = 0xBF;
        needed--;
        if (needed == 0) {
            out.appendCodePoint(codePoint);
        }
    }
}
