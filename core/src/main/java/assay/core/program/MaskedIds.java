package assay.core.program;

import assay.core.base.MalformedException;
import assay.core.codec.Reader;

/**
 * Which rows of the head stand for no token, as bits: derived from the vocabulary, and under the program's root so
 * that one bit can be shown without it. docs/protocol/program.md, section 7.
 */
final class MaskedIds {
    private static final int UNUSED = 5;

    private MaskedIds() {}

    /**
     * Bit {@code id % 8} of byte {@code id / 8} is set where the vocabulary has no such id, or a placeholder.
     *
     * @param tokenizer canonical bytes of the vocabulary; a program without text masks nothing
     * @param rows of the head
     */
    static byte[] bits(byte[] tokenizer, int rows) {
        byte[] bits = new byte[(rows + 7) / 8];
        if (tokenizer.length == 0) {
            return bits;
        }
        try {
            Reader in = new Reader(tokenizer);
            for (int i = 0; i < 3; i++) {
                skipText(in);
            }
            in.bytes(24);
            int size = in.count(1 << 24, 8);
            for (int id = 0; id < rows; id++) {
                boolean masked = true;
                if (id < size) {
                    skipText(in);
                    masked = in.i32() == UNUSED;
                }
                bits[id / 8] |= (byte) (masked ? 1 << id % 8 : 0);
            }
            return bits;
        } catch (MalformedException e) {
            return new byte[(rows + 7) / 8]; // no vocabulary: nothing can be said in tokens
        }
    }

    private static void skipText(Reader in) throws MalformedException {
        in.bytes(in.count(1 << 20, 1));
    }
}
