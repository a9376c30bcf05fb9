package assay.ledger.store;

import assay.core.base.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The blocks of a ledger, one file after another: {@code blocks-HEIGHT.log} holds those from that height to
 * the next file's, and the last is written to. Old files are deleted whole.
 */
final class Blocks implements AutoCloseable {
    private static final String PREFIX = "blocks-";
    private static final String SUFFIX = ".log";

    private final Path dir;
    private final Hash genesis;
    private final TreeMap<Long, Path> files;
    private BlockLog last;

    private Blocks(Path dir, Hash genesis, TreeMap<Long, Path> files, BlockLog last) {
        this.dir = dir;
        this.genesis = genesis;
        this.files = files;
        this.last = last;
    }

    /**
     * Opens the log of this genesis, or begins one, and shows the blocks after {@code height} to the visitor.
     *
     * @throws IOException also if a block after {@code height} is missing or damaged, and not by a torn end
     */
    static Blocks open(Path dir, Hash genesis, long height, BlockLog.Visitor visitor) throws IOException {
        TreeMap<Long, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(dir)) {
            for (Path file : all.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.matches(PREFIX + "[0-9]{16}" + SUFFIX)) {
                    files.put(Long.parseLong(name.substring(PREFIX.length(), PREFIX.length() + 16)), file);
                }
            }
        }
        if (files.isEmpty()) {
            files.put(height + 1, file(dir, height + 1));
        } else if (files.firstKey() > height + 1) {
            throw new IOException(dir + " holds no whole snapshot from before block " + files.firstKey()
                    + ", where its log begins: restore the folder from a copy");
        }
        long[] reached = {0};
        BlockLog.Visitor newer = payload -> {
            reached[0] = height(payload);
            if (reached[0] > height) {
                visitor.frame(payload);
            }
        };
        for (Map.Entry<Long, Path> file : files.headMap(files.lastKey()).entrySet()) {
            if (files.higherKey(file.getKey()) > height + 1) {
                BlockLog.read(file.getValue(), genesis, newer);
            }
        }
        BlockLog last = BlockLog.open(files.lastEntry().getValue(), genesis, newer);
        Blocks blocks = new Blocks(dir, genesis, files, last);
        if (reached[0] < height && files.lastKey() <= height) {
            blocks.roll(height + 1);
        }
        return blocks;
    }

    /** The height of an encoded block. */
    static long height(byte[] block) {
        return block.length < Long.BYTES
                ? 0
                : ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** Writes the next block to the disk. */
    void append(byte[] block) throws IOException {
        last.append(block);
    }

    /** Bytes in the file that is written to. */
    long lastBytes() {
        return last.sizeBytes();
    }

    /** Goes on in a new file, for blocks from {@code height} on. */
    void roll(long height) throws IOException {
        BlockLog next;
        try {
            next = BlockLog.open(file(dir, height), genesis, payload -> {});
        } catch (IOException e) {
            Files.deleteIfExists(file(dir, height)); // blocks go on into the file before
            throw new BlockLog.FullException(e);
        }
        last.close();
        last = next;
        files.put(height, file(dir, height));
    }

    /** Deletes the files that hold no block after {@code height}. */
    void pruneTo(long height) throws IOException {
        while (files.size() > 1 && files.higherKey(files.firstKey()) <= height + 1) {
            Files.deleteIfExists(files.firstEntry().getValue());
            files.pollFirstEntry();
        }
    }

    @Override
    public void close() throws IOException {
        last.close();
    }

    private static Path file(Path dir, long height) {
        String digits = Long.toString(height);
        return dir.resolve(PREFIX + "0".repeat(16 - digits.length()) + digits + SUFFIX);
    }
}
