package assay.core.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a Protocol Buffers message, as {@link ProtoReader} reads it; zeros and empty values are left out. */
public final class ProtoWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An integer; negative ones take ten bytes. */
    public ProtoWriter number(int field, long value) {
        if (value != 0) {
            varint(field << 3);
            varint(value);
        }
        return this;
    }

    /** An integer of 64 bits in fixed width. */
    public ProtoWriter fixed64(int field, long value) {
        if (value != 0) {
            varint(field << 3 | 1);
            for (int shift = 0; shift < 64; shift += 8) {
                out.write((int) (value >>> shift));
            }
        }
        return this;
    }

    /** Bytes. */
    public ProtoWriter bytes(int field, byte[] value) {
        return value.length == 0 ? this : one(field, value);
    }

    /** Text. */
    public ProtoWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A message, or an item of a repeated field: written even if it is empty. */
    public ProtoWriter one(int field, byte[] value) {
        varint(field << 3 | 2);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    /** A message. */
    public ProtoWriter message(int field, ProtoWriter value) {
        return one(field, value.toBytes());
    }

    /** The message. */
    public byte[] toBytes() {
        return out.toByteArray();
    }

    /** The message after its length, as it travels. */
    public byte[] delimited() {
        ProtoWriter framed = new ProtoWriter();
        framed.varint(out.size());
        framed.out.writeBytes(out.toByteArray());
        return framed.toBytes();
    }

    private void varint(long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }
}
