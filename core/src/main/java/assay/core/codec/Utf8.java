package assay.core.codec;

import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8 (Unicode 16, table 3-7): no overlong forms, no surrogates, nothing past U+10FFFF. */
public final class Utf8 {
    private Utf8() {}

    /** The text that these bytes spell. */
    public static String decode(byte[] utf8) throws MalformedException {
        check(utf8, 0, utf8.length);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** Refuses bytes [from, to) unless they are well-formed, with the offset of the first fault. */
    static void check(byte[] b, int from, int to) throws MalformedException {
        int at = from;
        while (at < to) {
            at += b[at] >= 0 ? 1 : sequenceLength(b, at);
        }
        if (at != to) {
            throw new MalformedException("UTF-8 cut inside a character", to);
        }
    }

    /** Bytes of the character of two bytes or more that starts at {@code at}. */
    static int sequenceLength(byte[] b, int at) throws MalformedException {
        int lead = b[at] & 0xff;
        int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        if (lead < 0xc2 || lead > 0xf4 || b.length - at < length) {
            throw new MalformedException("not UTF-8", at);
        }
        int second = b[at + 1] & 0xff;
        int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high) {
            throw new MalformedException("not UTF-8", at);
        }
        for (int i = 2; i < length; i++) {
            if ((b[at + i] & 0xc0) != 0x80) {
                throw new MalformedException("not UTF-8", at);
            }
        }
        return length;
    }
}
