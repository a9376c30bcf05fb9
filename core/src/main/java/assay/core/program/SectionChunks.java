package assay.core.program;

import assay.core.base.Hash;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A program's section in pieces of 32 blocks, each of which can be shown to be the section's by itself. A chunk is a
 * subtree of the section's tree ({@link ProgramHeader}), so the tree over the chunks' roots has the section's root.
 * Checks are total.
 */
public final class SectionChunks {
    /** Size of a chunk, the last one excepted, in bytes. */
    public static final int CHUNK_BYTES = 32 * ProgramHeader.BLOCK_BYTES;

    private SectionChunks() {}

    /** How many chunks a section of this size has; none if it is empty. */
    public static int count(int sectionBytes) {
        return (int) (((long) sectionBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }

    /** One of them. */
    public static byte[] chunk(byte[] section, int index) {
        int from = index * CHUNK_BYTES;
        return Arrays.copyOfRange(section, from, Math.min(section.length, from + CHUNK_BYTES));
    }

    /** The path from a chunk's root to the section's. */
    public static List<Hash> path(byte[] section, int index) {
        List<Hash> roots = new ArrayList<>();
        for (int i = 0; i < count(section.length); i++) {
            roots.add(root(chunk(section, i)));
        }
        return Merkle.proveInclusion(MerkleTree.of(roots), index, roots.size());
    }

    /** Whether these bytes are this chunk of the section. */
    public static boolean isOf(ProgramHeader.Section section, int index, byte[] bytes, List<Hash> path) {
        int count = count(section.size());
        if (index < 0 || index >= count) {
            return false;
        }
        int expected = Math.min(CHUNK_BYTES, section.size() - index * CHUNK_BYTES);
        return bytes.length == expected && Merkle.checkInclusion(path, index, root(bytes), count, section.root());
    }

    private static Hash root(byte[] chunk) {
        return Merkle.root(ProgramHeader.leaves(chunk));
    }
}
