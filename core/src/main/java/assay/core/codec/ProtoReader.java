package assay.core.codec;

import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A Protocol Buffers message, its fields in the order in which they came.
 *
 * <p>The mirror of {@link ProtoWriter}, for messages whose numbers are fixed elsewhere. Wire format:
 * https://protobuf.dev/programming-guides/encoding. Fields that nobody asks for, and those of fixed width, are
 * passed over.
 */
public final class ProtoReader {
    private record Entry(int field, long number, byte[] bytes) {}

    private static final byte[] NONE = {};

    private final List<Entry> entries = new ArrayList<>();

    private ProtoReader() {}

    /** The message in exactly these bytes. */
    public static ProtoReader parse(byte[] in) throws MalformedException {
        ProtoReader out = new ProtoReader();
        int[] at = {0};
        while (at[0] < in.length) {
            long tag = varint(in, at);
            int field = (int) (tag >>> 3);
            if (field < 1 || tag >>> 3 != field) {
                throw new MalformedException("a field's number is 1 to 2^29, got " + (tag >>> 3), at[0]);
            }
            switch ((int) (tag & 7)) {
                case 0 -> out.entries.add(new Entry(field, varint(in, at), NONE));
                case 1 -> skip(in, at, 8);
                case 2 -> {
                    long length = varint(in, at);
                    if (length < 0 || length > in.length - at[0]) {
                        throw new MalformedException(
                                length + " bytes announced, " + (in.length - at[0]) + " left", at[0]);
                    }
                    out.entries.add(new Entry(field, 0, Arrays.copyOfRange(in, at[0], at[0] + (int) length)));
                    at[0] += (int) length;
                }
                case 5 -> skip(in, at, 4);
                default -> throw new MalformedException("no field has wire type " + (tag & 7), at[0]);
            }
        }
        return out;
    }

    /** The number of the last field; 0 for an empty message. */
    public int lastField() {
        return entries.isEmpty() ? 0 : entries.getLast().field;
    }

    /** The integer in this field, 0 if it is absent. */
    public long number(int field) {
        long out = 0;
        for (Entry e : entries) {
            out = e.field == field ? e.number : out;
        }
        return out;
    }

    /** The bytes in this field, none if it is absent. */
    public byte[] bytes(int field) {
        byte[] out = NONE;
        for (Entry e : entries) {
            out = e.field == field ? e.bytes : out;
        }
        return out;
    }

    /** The text in this field. */
    public String text(int field) {
        return new String(bytes(field), StandardCharsets.UTF_8);
    }

    /** The message in this field, an empty one if it is absent. */
    public ProtoReader message(int field) throws MalformedException {
        return parse(bytes(field));
    }

    /** The bytes of every occurrence of this field. */
    public List<byte[]> all(int field) {
        return entries.stream().filter(e -> e.field == field).map(Entry::bytes).toList();
    }

    private static long varint(byte[] in, int[] at) throws MalformedException {
        long out = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at[0] >= in.length) {
                throw new MalformedException("an integer is cut off", at[0]);
            }
            byte b = in[at[0]++];
            out |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return out;
            }
        }
        throw new MalformedException("an integer of more than 64 bits", at[0]);
    }

    private static void skip(byte[] in, int[] at, int count) throws MalformedException {
        if (in.length - at[0] < count) {
            throw new MalformedException("a field is cut off", at[0]);
        }
        at[0] += count;
    }
}
