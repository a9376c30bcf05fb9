package assay.ledger.store;

import assay.core.base.MalformedException;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.state.Genesis;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots in a ledger's folder, {@code snapshot-HEIGHT}: each is written under another name, flushed,
 * renamed and read again before it counts.
 *
 * <p>A file is 16 bytes of name and frames, one for each chunk of a {@link Snapshot}: length (4), CRC-32C
 * (4), chunk; big-endian.
 */
final class Snapshots {
    private static final String PREFIX = "snapshot-";
    private static final String PART = ".part";
    private static final String DAMAGED = ".damaged";
    private static final byte[] NAME = "assay-state/1\n\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Path dir;

    /** The snapshots of this folder; what an interrupted writer left is removed. */
    Snapshots(Path dir) throws IOException {
        this.dir = dir;
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(PREFIX) && name.endsWith(PART)) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The newest state that is whole; a damaged file is put aside under another name. */
    Optional<Snapshot.Tip> newest(Genesis genesis) throws IOException {
        for (long height : heights()) {
            try {
                return Optional.of(load(file(height), genesis));
            } catch (MalformedException | EOFException damaged) {
                Path aside = dir.resolve(file(height).getFileName() + DAMAGED);
                Files.move(file(height), aside, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return Optional.empty();
    }

    /** Writes a snapshot and reads it again. Interrupting the thread ends it early, with an IOException. */
    void write(Snapshot.Tip tip) throws IOException {
        Path file = file(tip.context().height());
        Path part = dir.resolve(file.getFileName() + PART);
        Files.deleteIfExists(part);
        try (FileChannel channel = OwnerOnly.open(part);
                DataOutputStream out =
                        new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16))) {
            out.write(NAME);
            Snapshot.write(tip, chunk -> {
                out.writeInt(chunk.length);
                out.writeInt(checksum(chunk));
                out.write(chunk);
            });
            out.flush();
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        OwnerOnly.syncFolder(dir);
        try (Frames frames = new Frames(file)) {
            while (frames.next() != null) {
                // Every checksum is right, or this throws.
            }
        } catch (MalformedException e) {
            throw new IOException(file + " reads otherwise than it was written: " + e.getMessage(), e);
        }
    }

    /** Heights of the snapshots here, newest first. */
    List<Long> heights() throws IOException {
        List<Long> out = new ArrayList<>();
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.matches(PREFIX + "[0-9]{16}")) {
                    out.add(Long.parseLong(name.substring(PREFIX.length())));
                }
            }
        }
        out.sort(Collections.reverseOrder());
        return out;
    }

    /** Bytes of the snapshot at this height. */
    long sizeBytes(long height) throws IOException {
        return Files.size(file(height));
    }

    /** Deletes all but the newest so many. */
    void keep(int count) throws IOException {
        List<Long> heights = heights();
        for (long height : heights.subList(Math.min(count, heights.size()), heights.size())) {
            Files.delete(file(height));
        }
    }

    /** The chunks of a whole snapshot file, in order, for those who serve it. */
    static void read(Path file, Snapshot.Sink sink) throws IOException, MalformedException {
        try (Frames frames = new Frames(file)) {
            byte[] chunk = frames.next();
            while (chunk != null) {
                sink.chunk(chunk);
                chunk = frames.next();
            }
        }
    }

    Path file(long height) {
        String digits = Long.toString(height);
        return dir.resolve(PREFIX + "0".repeat(16 - digits.length()) + digits);
    }

    private static Snapshot.Tip load(Path file, Genesis genesis) throws IOException, MalformedException {
        try (Frames frames = new Frames(file)) {
            byte[] chunk = frames.next();
            if (chunk == null) {
                throw new MalformedException("a snapshot without a head", -1);
            }
            Snapshot.Restoring restoring = new Snapshot.Restoring(genesis, chunk);
            chunk = frames.next();
            while (chunk != null) {
                restoring.accept(chunk);
                chunk = frames.next();
            }
            return restoring.finish();
        }
    }

    /** Reads a file frame by frame. */
    private static final class Frames implements AutoCloseable {
        private final InputStream file;
        private final DataInputStream in;

        Frames(Path path) throws IOException, MalformedException {
            file = Files.newInputStream(path);
            in = new DataInputStream(new BufferedInputStream(file, 1 << 16));
            if (!Arrays.equals(in.readNBytes(NAME.length), NAME)) {
                file.close();
                throw new MalformedException("no snapshot: " + path, 0);
            }
        }

        /** The next chunk, or null at the end. */
        byte @Nullable [] next() throws IOException, MalformedException {
            in.mark(1);
            if (in.read() < 0) {
                return null;
            }
            in.reset();
            int length = in.readInt();
            int checksum = in.readInt();
            if (length < 0 || length > Snapshot.CHUNK_MAX) {
                throw new MalformedException("a chunk of " + length + " bytes", -1);
            }
            byte[] chunk = in.readNBytes(length);
            if (chunk.length < length || checksum(chunk) != checksum) {
                throw new MalformedException("a chunk is damaged", -1);
            }
            return chunk;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private static int checksum(byte[] chunk) {
        CRC32C crc = new CRC32C();
        crc.update(chunk);
        return (int) crc.getValue();
    }
}
