package assay.core.merkle;

import assay.core.base.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A file as the leaves of an RFC 6962 tree: chunks of {@link #SIZE_BYTES}, the last one shorter. So that one who
 * keeps the file can show any chunk of it to one who knows only its length and {@link MerkleTree#root}.
 * docs/protocol/hosting.md.
 */
public final class Chunks {
    /** Bytes of a chunk. */
    public static final int SIZE_BYTES = 4096;

    private Chunks() {}

    /** How many chunks a file of so many bytes has. */
    public static long count(long fileBytes) {
        return fileBytes / SIZE_BYTES + (fileBytes % SIZE_BYTES == 0 ? 0 : 1);
    }

    /** The tree over what is left of this stream, which is not closed: 32 bytes of memory for each chunk. */
    public static MerkleTree tree(InputStream file) throws IOException {
        List<Hash> leaves = new ArrayList<>();
        byte[] chunk = new byte[SIZE_BYTES];
        int read = file.readNBytes(chunk, 0, SIZE_BYTES);
        while (read > 0) {
            leaves.add(Merkle.leaf(read == SIZE_BYTES ? chunk : Arrays.copyOf(chunk, read)));
            read = file.readNBytes(chunk, 0, SIZE_BYTES);
        }
        return MerkleTree.of(leaves);
    }
}
