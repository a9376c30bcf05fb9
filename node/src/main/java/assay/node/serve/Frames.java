package assay.node.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Records in a file: a frame is a record's length (int32, big-endian), the CRC-32C of its bytes, and the bytes.
 * Reading is pure; what a killed process left behind its last whole frame is told from damage.
 */
final class Frames {
    /** The longest record. */
    static final int RECORD_MAX_BYTES = 64 << 20;

    /** Bytes of a frame before its record. */
    static final int HEAD_BYTES = 8;

    /** Bytes looked at to tell a torn tail from damage: a second of work at most. */
    private static final long SEARCH_MAX_BYTES = 1L << 30;

    private Frames() {}

    /** Hears of records and where their frames begin. */
    interface Visitor {
        /** One record; its bytes are the visitor's. */
        void visit(byte[] record, long at) throws IOException;
    }

    /** Tells of all whole records from the start; returns where the last one ends. */
    static long readAll(FileChannel file, Visitor visitor) throws IOException {
        long at = 0;
        long size = file.size();
        byte[] record = read(file, at, size);
        while (record != null) {
            visitor.visit(record, at);
            at += HEAD_BYTES + record.length;
            record = read(file, at, size);
        }
        return at;
    }

    /** The record whose frame starts here, or null if there is no whole one. */
    static byte @Nullable [] read(FileChannel file, long at, long size) throws IOException {
        if (at + HEAD_BYTES > size) {
            return null;
        }
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        readFully(file, head, at);
        int length = head.flip().getInt();
        int crc = head.getInt();
        if (length <= 0 || length > RECORD_MAX_BYTES || at + HEAD_BYTES + length > size) {
            return null;
        }
        byte[] bytes = new byte[length];
        readFully(file, ByteBuffer.wrap(bytes), at + HEAD_BYTES);
        return crc(bytes) == crc ? bytes : null;
    }

    /** An interrupted write leaves nothing whole behind its first broken record. */
    static void refuseDamage(FileChannel file, long broken) throws IOException {
        byte[] tail = new byte[(int) Math.min(RECORD_MAX_BYTES, file.size() - broken)];
        readFully(file, ByteBuffer.wrap(tail), broken);
        ByteBuffer bytes = ByteBuffer.wrap(tail);
        CRC32C crc = new CRC32C();
        long looked = 0;
        for (int at = 1; at + HEAD_BYTES < tail.length && looked < SEARCH_MAX_BYTES; at++) {
            int length = bytes.getInt(at);
            if (length > 0 && length <= tail.length - at - HEAD_BYTES) {
                crc.reset();
                crc.update(tail, at + HEAD_BYTES, length);
                looked += length;
                if ((int) crc.getValue() == bytes.getInt(at + 4)) {
                    throw new IOException("the journal is damaged at byte " + broken + ": a whole record follows at "
                            + (broken + at) + ", so this is not the end of an interrupted write; restore the file"
                            + " from a copy");
                }
            }
        }
    }

    /** Adds a frame to a buffer that has room for it. */
    static void put(ByteBuffer out, byte[] record) {
        out.putInt(record.length).putInt(crc(record)).put(record);
    }

    private static void readFully(FileChannel file, ByteBuffer into, long at) throws IOException {
        long from = at;
        while (into.hasRemaining()) {
            int n = file.read(into, from);
            if (n < 0) {
                throw new IOException("the journal ended while it was read");
            }
            from += n;
        }
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
