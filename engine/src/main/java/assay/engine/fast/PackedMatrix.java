package assay.engine.fast;

import assay.core.base.MalformedException;
import assay.core.kernel.WeightType;
import java.lang.foreign.MemorySegment;

/**
 * A weight matrix arranged for the vector kernels; it stands for the same integers as the file's rows.
 *
 * <p>Layout: blocks of 16 rows, so that a lane is a row; a block holds its groups of 32 columns one
 * after another; a group holds lines of 16 words (64 bytes), word r of a code line being row r's:
 *
 * <ul>
 *   <li>codes of 4 bits: 4 lines, byte f of line j holds column 4j+f (low nibble) and 4j+f+16 (high);
 *   <li>codes of 8 bits (q + 128): 8 lines, byte f of line j holds column 4j+f;
 *   <li>floats: 32 lines, one a column; doubles: 64 lines, a column's rows 0-7, then 8-15.
 * </ul>
 *
 * <p>Before the codes stand the scales. {@link Form#HALVES}: one line, whose word 2i is row i's
 * {@code d | m << 16} as half floats and word 2i+1 is row i+8's. {@link Form#FLOATS}: a line of d and
 * one of m as floats in row order. {@link Form#SIXTEENS}: lines of d for columns 0-15 and 16-31.
 *
 * <p>All scales are multiplied by 2^{@link #exponent()} so that no half is subnormal. The number of
 * rows is padded to a multiple of 32, that of columns likewise, with zeros.
 */
public final class PackedMatrix {
    /** Rows that are padded to and split at. */
    public static final int STRIP = 32;

    static final int BLOCK = 16;
    static final int GROUP = 32;
    static final int LINE = 16;

    /** Code width and scales. */
    enum Form {
        /** 4-bit codes, half scales: 5 bits a weight. */
        NIBBLES_HALVES(4, 1),
        /** 4-bit codes, float scales. */
        NIBBLES_FLOATS(4, 2),
        /** 8-bit codes, half scales: 9 bits a weight. */
        BYTES_HALVES(8, 1),
        /** 8-bit codes, float scales. */
        BYTES_FLOATS(8, 2),
        /** 8-bit codes, one float scale for 16 columns, no minimum. */
        BYTES_SIXTEENS(8, 2),
        /** Floats. */
        FLOATS(32, 0),
        /** Doubles: for any row with sum |W| &lt; 2^40. */
        DOUBLES(64, 0);

        final int codeLines;
        final int scaleLines;

        Form(int codeLines, int scaleLines) {
            this.codeLines = codeLines;
            this.scaleLines = scaleLines;
        }

        int lines() {
            return codeLines + scaleLines;
        }
    }

    private final Form form;
    private final int rows;
    private final int cols;
    private final int exponent;
    private final int[] words;

    PackedMatrix(Form form, int rows, int cols, int exponent, int[] words) {
        this.form = form;
        this.rows = rows;
        this.cols = cols;
        this.exponent = exponent;
        this.words = words;
    }

    /**
     * Arranges a matrix of a model file.
     *
     * @param type how a row is written
     * @param data rows * type.rowBytes(cols) bytes, row by row
     * @throws MalformedException if a scale or a weight is not finite, or a row's sum |W| reaches 2^40
     */
    public static PackedMatrix pack(WeightType type, int rows, int cols, MemorySegment data) throws MalformedException {
        return Packing.pack(type, rows, cols, data);
    }

    /**
     * Bytes that a matrix takes in memory once packed, or in a file.
     *
     * @param type how its rows are written in the model file
     */
    public static long packedBytes(WeightType type, int rows, int cols) {
        return 4L * wordCount(Packing.form(type), rows, cols);
    }

    /** Form, rows, columns and exponent: what {@link #read} needs besides the words. */
    public int[] head() {
        return new int[] {form.ordinal(), rows, cols, exponent};
    }

    /** The words, for a file; shared, nobody may change them. */
    public int[] contents() {
        return words;
    }

    /**
     * A matrix from the parts that were written.
     *
     * @param head as {@link #head} gave it
     * @param words (wordsOf(head)), the matrix's from now on
     * @throws MalformedException if they do not belong together
     */
    public static PackedMatrix read(int[] head, int[] words) throws MalformedException {
        if (words.length != wordsOf(head)) {
            throw new MalformedException("a packed matrix of " + words.length + " words", -1);
        }
        return new PackedMatrix(Form.values()[head[0]], head[1], head[2], head[3], words);
    }

    /** Count of words that belong to a head. */
    public static int wordsOf(int[] head) throws MalformedException {
        if (head.length != 4
                || head[0] < 0
                || head[0] >= Form.values().length
                || head[1] < 1
                || head[2] < 1
                || Math.abs(head[3]) > 64) {
            throw new MalformedException("the head of a packed matrix is out of range", -1);
        }
        try {
            return wordCount(Form.values()[head[0]], head[1], head[2]);
        } catch (ArithmeticException e) {
            throw new MalformedException("a packed matrix is too large", -1);
        }
    }

    /** Output elements. */
    public int rows() {
        return rows;
    }

    /** Input elements. */
    public int cols() {
        return cols;
    }

    /** Bytes that the matrix takes in memory. */
    public long sizeBytes() {
        return 4L * words.length;
    }

    /**
     * The integers W = 2^24 * weight of one row, as the file gives them.
     *
     * @param row 0 to rows - 1
     * @param out (cols)
     */
    public void row(int row, long[] out) {
        if (row < 0 || row >= rows || out.length != cols) {
            throw new IllegalArgumentException("row " + row + " of " + rows + " into " + out.length + " of " + cols);
        }
        Packing.row(this, row, out);
    }

    Form form() {
        return form;
    }

    int[] words() {
        return words;
    }

    /** Scales in the words are the file's times 2^exponent. */
    int exponent() {
        return exponent;
    }

    int groups() {
        return (cols + GROUP - 1) / GROUP;
    }

    /** Index of a block's first word. */
    int offset(int block) {
        return block * groups() * form.lines() * LINE;
    }

    /** Words that a matrix takes, with its padding. */
    static int wordCount(Form form, int rows, int cols) {
        long groups = ((long) cols + GROUP - 1) / GROUP;
        long blocks = ((long) rows + STRIP - 1) / STRIP * 2;
        return Math.toIntExact(Math.multiplyExact(groups * blocks, (long) form.lines() * LINE));
    }
}
