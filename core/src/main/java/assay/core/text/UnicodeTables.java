package assay.core.text;

import assay.core.base.Checks;
import assay.core.base.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * General categories and white space of Unicode 16.0.0, pinned: a newer JDK changes no token.
 *
 * <p>The table is a text resource made by {@code vectors/text/make_unicode_tables.py} from the Unicode
 * character database; its digest is part of what a receipt states. Spec: docs/protocol/text.md,
 * section "Unicode".
 */
public final class UnicodeTables {
    /** The version of the Unicode standard that every class here comes from. */
    public static final String VERSION = "16.0.0";

    static final byte OTHER = 0;
    static final byte LETTER = 1;
    static final byte NUMBER = 2;
    static final byte SPACE = 3;

    private static final String RESOURCE = "unicode-" + VERSION + ".txt";
    private static final String CATEGORIES = "LuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoSmScSkSoZsZlZpCcCfCsCoCn";
    private static final int BLOCK_BITS = 7;
    private static final int CODE_POINTS = Character.MAX_CODE_POINT + 1;

    private static final UnicodeTables PINNED = load();

    private final Hash digest;

    // Two stages: block number of cp >> 7, then category * 4 + class inside the block.
    private final short[] blocks = new short[CODE_POINTS >> BLOCK_BITS];
    private final byte[] entries;

    private UnicodeTables(byte[] resource) {
        digest = Hash.tagged("assay/unicode/1", resource);
        entries = compact(expand(new String(resource, StandardCharsets.US_ASCII)));
    }

    /** SHA-256 of the tag {@code assay/unicode/1} and the bytes of the table. */
    public static Hash digest() {
        return PINNED.digest;
    }

    /** The two letters of a code point's general category, for example {@code Lu}; unassigned is {@code Cn}. */
    public static String category(int codePoint) {
        int at = (entry(codePoint) >> 2) * 2;
        return CATEGORIES.substring(at, at + 2);
    }

    /** Whether the code point has the property White_Space, the {@code \s} of the pre-tokenizers. */
    public static boolean isWhiteSpace(int codePoint) {
        return kind(codePoint) == SPACE;
    }

    /** {@link #LETTER} (L*), {@link #NUMBER} (N*), {@link #SPACE} (White_Space) or {@link #OTHER}. */
    static int kind(int codePoint) {
        return entry(codePoint) & 3;
    }

    private static int entry(int codePoint) {
        if (codePoint < 0 || codePoint >= CODE_POINTS) {
            throw new IllegalArgumentException("not a code point: " + codePoint);
        }
        int block = PINNED.blocks[codePoint >> BLOCK_BITS];
        return PINNED.entries[(block << BLOCK_BITS) | (codePoint & ((1 << BLOCK_BITS) - 1))] & 0xff;
    }

    private static UnicodeTables load() {
        try (InputStream in = UnicodeTables.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new AssertionError("core lacks its resource " + RESOURCE);
            }
            return new UnicodeTables(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] expand(String table) {
        byte[] all = new byte[CODE_POINTS];
        int runStart = 0;
        int runCategory = -1;
        for (String line : table.split("\n", -1)) {
            int space = line.indexOf(' ');
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("version ") || line.startsWith("space ")) {
                continue;
            }
            int start = Integer.parseInt(line, 0, space, 16);
            fill(all, runStart, start, runCategory);
            runStart = start;
            runCategory = CATEGORIES.indexOf(line.substring(space + 1)) / 2;
        }
        fill(all, runStart, CODE_POINTS, runCategory);
        markSpaces(all, table);
        return all;
    }

    private static void fill(byte[] all, int from, int to, int category) {
        Checks.that(to == 0 || category >= 0 && from < to, "the Unicode table's runs do not ascend at " + from);
        char major = category < 0 ? 'C' : CATEGORIES.charAt(2 * category);
        int kind = major == 'L' ? LETTER : major == 'N' ? NUMBER : OTHER;
        Arrays.fill(all, from, to, (byte) (category << 2 | kind));
    }

    private static void markSpaces(byte[] all, String table) {
        for (String line : table.split("\n", -1)) {
            if (line.startsWith("space ")) {
                int second = line.indexOf(' ', 6);
                int last = Integer.parseInt(line, second + 1, line.length(), 16);
                for (int cp = Integer.parseInt(line, 6, second, 16); cp <= last; cp++) {
                    all[cp] = (byte) (all[cp] & ~3 | SPACE);
                }
            }
        }
    }

    /** Stores each distinct block of 128 entries once; a block equal to the one before shares it. */
    private byte[] compact(byte[] all) {
        int size = 1 << BLOCK_BITS;
        byte[] distinct = new byte[all.length];
        int count = 0;
        for (int b = 0; b < blocks.length; b++) {
            int from = b * size;
            int last = (count - 1) * size;
            if (count == 0 || !Arrays.equals(all, from, from + size, distinct, last, last + size)) {
                System.arraycopy(all, from, distinct, count * size, size);
                count++;
            }
            blocks[b] = (short) (count - 1);
        }
        return Arrays.copyOf(distinct, count * size);
    }
}
