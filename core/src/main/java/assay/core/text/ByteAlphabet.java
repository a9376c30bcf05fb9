package assay.core.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's spelling of the 256 bytes as printable characters, in which byte-level tokens are written.
 *
 * <p>Bytes 21-7E, A1-AC and AE-FF stand for themselves (as Latin-1); the other 68 are U+0100 onwards in
 * ascending order, so a space is U+0120. Radford et al. 2019, {@code encoder.py}, bytes_to_unicode.
 */
final class ByteAlphabet {
    private static final char[] CHARS = new char[256];
    private static final short[] BYTES = new short[256 + 68];

    static {
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean itself = b >= 0x21 && b <= 0x7E || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARS[b] = (char) (itself ? b : next++);
        }
        Arrays.fill(BYTES, (short) -1);
        for (int b = 0; b < 256; b++) {
            BYTES[CHARS[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    /** The character that spells a byte, 0 to 255. */
    static char charOf(int unsignedByte) {
        return CHARS[unsignedByte];
    }

    /** The bytes spelled by a token; a token with any other character stands for its own UTF-8. */
    static byte[] bytesOf(String token) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(token.length());
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            out.write(BYTES[c]);
        }
        return out.toByteArray();
    }
}
