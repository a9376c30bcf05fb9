package assay.ledger.store;

import assay.core.base.Hash;
import assay.ledger.crypto.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of frames, each on disk before {@link #append} returns.
 *
 * <p>The file starts with 16 bytes of name and the genesis digest. A frame is a marker (4), the payload's
 * length (4), its CRC-32C (4) and the payload, little-endian. One frame is written at a time, so a crash
 * can only leave the last one torn; {@link #open} cuts it off. A damaged frame with a whole one after it
 * is no crash: the file is then refused, since cutting there would lose what was acknowledged.
 *
 * <p>After a failed write or flush nothing more is accepted: what the disk holds is only known again
 * after opening the file anew (Rebello et al. 2020, "Can applications recover from fsync failures?").
 */
final class BlockLog implements AutoCloseable {
    /** The longest payload. */
    static final int PAYLOAD_MAX = 1 << 26;

    private static final byte[] NAME = "assay-blocks/1\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int START = 16 + Hash.SIZE_BYTES;
    private static final int MARKER = 0x4b4c4241; // "ABLK"
    private static final int HEADER = 12;

    private final Path file;
    private final FileChannel channel;
    private long end;
    private boolean failed;

    /** Receives the payloads of a log in order. */
    interface Visitor {
        void frame(byte[] payload) throws IOException;
    }

    private BlockLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens or creates the log of this genesis, and shows every whole frame to the visitor. */
    static BlockLog open(Path file, Hash genesis, Visitor visitor) throws IOException {
        FileChannel channel = OwnerOnly.open(file);
        try {
            BlockLog log = new BlockLog(file, channel);
            log.start(genesis);
            log.replay(visitor);
            return log;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** Shows every frame of a log that is no longer written to, which must be whole to its end. */
    static void read(Path file, Hash genesis, Visitor visitor) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            BlockLog log = new BlockLog(file, channel);
            log.checkHead(genesis);
            if (log.readFrames(visitor) < channel.size()) {
                throw new IOException(file + " is damaged at byte " + log.end + ": later files follow it, so this is"
                        + " not the end of an interrupted write; restore the file from a copy");
            }
        }
    }

    /** A frame found no room on the disk, and the file is as it was: it may be tried again. */
    static final class FullException extends IOException {
        private static final long serialVersionUID = 1;

        FullException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Writes a frame and flushes it to the disk.
     *
     * @throws FullException if it may be tried again
     */
    void append(byte[] payload) throws IOException {
        if (payload.length > PAYLOAD_MAX) {
            throw new IllegalArgumentException("a frame holds " + PAYLOAD_MAX + " bytes, got " + payload.length);
        }
        if (failed) {
            throw new IOException(file + " failed before and takes nothing more until it is opened again");
        }
        ByteBuffer frame = ByteBuffer.allocate(HEADER + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(MARKER)
                .putInt(payload.length)
                .putInt(checksum(payload))
                .put(payload)
                .flip();
        try {
            writeFully(frame, end);
        } catch (IOException e) {
            cutTail();
            throw failed ? e : new FullException(e);
        }
        try {
            channel.force(false);
        } catch (IOException e) {
            failed = true; // what is on the disk is not known any more
            cutTail();
            throw e;
        }
        end += HEADER + payload.length;
    }

    /** Bytes in whole frames and the file's head. */
    long sizeBytes() {
        return end;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void start(Hash genesis) throws IOException {
        if (channel.size() < START) {
            // Nothing was ever acknowledged from a file without a whole head.
            channel.truncate(0);
            writeFully(head(genesis), 0);
            channel.force(true);
            OwnerOnly.syncFolder(OwnerOnly.folderOf(file));
        }
        checkHead(genesis);
    }

    private static ByteBuffer head(Hash genesis) {
        return ByteBuffer.allocate(START).put(NAME).put(genesis.bytes()).flip();
    }

    private void checkHead(Hash genesis) throws IOException {
        ByteBuffer found = read(0, START);
        if (found == null || !found.equals(head(genesis))) {
            throw new IOException(file + " is not the block log of genesis " + genesis);
        }
        end = START;
    }

    /** Shows all whole frames and says where they end. */
    private long readFrames(Visitor visitor) throws IOException {
        byte[] payload = frame(end);
        while (payload != null) {
            visitor.frame(payload);
            end += HEADER + payload.length;
            payload = frame(end);
        }
        return end;
    }

    private void replay(Visitor visitor) throws IOException {
        readFrames(visitor);
        if (end < channel.size()) {
            long later = nextFrame(end + 1);
            if (later >= 0) {
                throw new IOException(file + " is damaged at byte " + end + ": a whole block follows at " + later
                        + ", so this is not the end of an interrupted write; restore the file from a copy");
            }
            channel.truncate(end);
            channel.force(true);
        }
    }

    /** The payload of the frame at this offset, or null if there is no whole one. */
    private byte @Nullable [] frame(long at) throws IOException {
        ByteBuffer header = read(at, HEADER);
        if (header == null || header.getInt() != MARKER) {
            return null;
        }
        int length = header.getInt();
        if (length < 0 || length > PAYLOAD_MAX || length > channel.size() - at - HEADER) {
            return null;
        }
        int checksum = header.getInt();
        ByteBuffer payload = read(at + HEADER, length);
        return payload != null && checksum(payload.array()) == checksum ? payload.array() : null;
    }

    /** The offset of the first whole frame at or after {@code from}, or -1. */
    private long nextFrame(long from) throws IOException {
        int window = 1 << 20;
        for (long at = from; at < channel.size(); at += window - 3) {
            int length = (int) Math.min(window, channel.size() - at);
            ByteBuffer bytes = read(at, length);
            for (int i = 0; bytes != null && i + 4 <= length; i++) {
                if (bytes.getInt(i) == MARKER && frame(at + i) != null) {
                    return at + i;
                }
            }
        }
        return -1;
    }

    private @Nullable ByteBuffer read(long at, int length) throws IOException {
        if (length > channel.size() - at) {
            return null;
        }
        ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (out.hasRemaining()) {
            if (channel.read(out, at + out.position()) < 0) {
                return null;
            }
        }
        return out.flip();
    }

    private void writeFully(ByteBuffer bytes, long at) throws IOException {
        long offset = at;
        while (bytes.hasRemaining()) {
            offset += channel.write(bytes, offset);
        }
    }

    /** What was not acknowledged goes away if the disk lets it; if not, the next opening does it. */
    private void cutTail() {
        try {
            channel.truncate(end);
        } catch (IOException stillFailing) {
            failed = true;
        }
    }

    private static int checksum(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }
}
