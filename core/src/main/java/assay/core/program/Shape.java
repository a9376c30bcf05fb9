package assay.core.program;

import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.kernel.Rope;

/**
 * The sizes of a decoder of the llama family.
 *
 * @param architecture as the file names it: {@code llama} or {@code qwen2}
 * @param layers 1 to 1024
 * @param width D, 1 to 8192
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of heads
 * @param headSize hd, even
 * @param feedForward width of the gated part
 * @param vocabulary rows of the embedding
 * @param context positions that the RoPE table covers
 * @param pairing which elements of a head turn together
 */
public record Shape(
        String architecture,
        int layers,
        int width,
        int heads,
        int kvHeads,
        int headSize,
        int feedForward,
        int vocabulary,
        int context,
        Rope.Pairing pairing) {
    /** Checks the ranges for which the program's bounds were proven. */
    public Shape {
        range("layers", layers, 1, 1024);
        range("embedding_length", width, 1, 8192);
        range("head_count", heads, 1, 1024);
        range("head_count_kv", kvHeads, 1, heads);
        range("key_length", headSize, 2, 512);
        range("feed_forward_length", feedForward, 1, 1 << 20);
        range("vocabulary", vocabulary, 1, 1 << 20);
        range("context_length", context, 1, 1 << 20);
        if (heads % kvHeads != 0 || headSize % 2 != 0) {
            throw new IllegalArgumentException(
                    heads + " heads do not share " + kvHeads + " key heads, or the head size " + headSize + " is odd");
        }
    }

    private static void range(String name, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(name + " must be from " + low + " to " + high + ", got " + value);
        }
    }

    /** Elements of q of one position. */
    public int queryWidth() {
        return heads * headSize;
    }

    /** Elements of K, and of V, of one position. */
    public int kvWidth() {
        return kvHeads * headSize;
    }

    /** Appends it: the section {@code shape} of a program. */
    public void write(Writer out) {
        out.utf8(architecture);
        out.u32(layers).u32(width).u32(heads).u32(kvHeads).u32(headSize);
        out.u32(feedForward).u32(vocabulary).u32(context).u8(pairing.ordinal());
    }

    /** Reads it, checking every range. */
    public static Shape read(Reader in) throws MalformedException {
        String architecture = in.utf8(64);
        int[] n = new int[8];
        for (int i = 0; i < n.length; i++) {
            n[i] = in.count(1 << 20, 0);
        }
        int pairing = in.u8();
        if (pairing > 1) {
            throw new MalformedException("pairing is 0 or 1, got " + pairing, in.offset() - 1);
        }
        try {
            return new Shape(
                    architecture, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], Rope.Pairing.values()[pairing]);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), in.offset());
        }
    }
}
