package assay.ledger.tx;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Records as bytes: their components in order, little-endian, nothing between them.
 *
 * <p>long and {@link Amount}: 8 bytes, not negative; int: 4, not negative; boolean: 0 or 1; enum: one
 * byte, its ordinal; address 20, hash 32, signature 65 bytes; text: 4-byte length and UTF-8; bytes: 4-byte length and they; list:
 * 4-byte count and items; record: its components. Every record has exactly one form.
 */
public final class RecordCodec {
    private RecordCodec() {}

    /** Appends a record. */
    public static void write(Writer out, Record record) {
        for (Shape.Part part : Shape.of(record.getClass()).parts()) {
            write(out, part, part.kind(), part.of(record));
        }
    }

    /** The bytes of a record. */
    public static byte[] encode(Record record) {
        Writer out = new Writer();
        write(out, record);
        return out.toBytes();
    }

    /** Reads a record of this type. */
    public static <R extends Record> R read(Reader in, Class<R> type) throws MalformedException {
        Shape shape = Shape.of(type);
        Object[] values = new Object[shape.parts().size()];
        int start = in.offset();
        for (int i = 0; i < values.length; i++) {
            Shape.Part part = shape.parts().get(i);
            values[i] = read(in, part, part.kind());
        }
        try {
            return type.cast(shape.make(values));
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), start);
        }
    }

    private static void write(Writer out, Shape.Part part, Shape.Kind kind, Object value) {
        switch (kind) {
            case LONG -> out.i64((long) value);
            case INT -> out.i32((int) value);
            case BOOL -> out.bool((boolean) value);
            case ENUM -> out.u8(((Enum<?>) value).ordinal());
            case AMOUNT -> out.i64(((Amount) value).micro());
            case ADDRESS -> out.bytes(((Address) value).bytes());
            case HASH -> out.hash((Hash) value);
            case SIGNATURE -> out.bytes(((Signature) value).bytes());
            case TEXT -> out.utf8(bounded(part, (String) value));
            case BYTES -> out.blob(bounded(part, (Bytes) value).toArray());
            case RECORD -> write(out, (Record) value);
            case LIST -> {
                List<?> items = (List<?>) value;
                if (items.size() > part.max()) {
                    throw new IllegalArgumentException(part.name() + ": " + items.size() + " items");
                }
                out.u32(items.size());
                for (Object item : items) {
                    write(out, part, Shape.kind(part.type()), item);
                }
            }
        }
    }

    private static Object read(Reader in, Shape.Part part, Shape.Kind kind) throws MalformedException {
        return switch (kind) {
            case LONG -> natural(in, in.i64());
            case INT -> (int) natural(in, in.i32());
            case BOOL -> in.bool();
            case ENUM -> constant(in, part.type());
            case AMOUNT -> amount(in);
            case ADDRESS -> Address.ofBytes(in.bytes(Address.SIZE_BYTES));
            case HASH -> in.hash();
            case SIGNATURE -> Signature.ofBytes(in.bytes(Signature.SIZE_BYTES));
            case TEXT -> in.utf8(part.max());
            case BYTES -> Bytes.of(in.blob(part.max()));
            case RECORD -> read(in, part.type().asSubclass(Record.class));
            case LIST -> {
                int count = in.count(part.max(), 1);
                List<Object> items = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    items.add(read(in, part, Shape.kind(part.type())));
                }
                yield List.copyOf(items);
            }
        };
    }

    private static long natural(Reader in, long value) throws MalformedException {
        if (value < 0) {
            throw new MalformedException("a number that is not negative expected, got " + value, in.offset() - 4);
        }
        return value;
    }

    private static Amount amount(Reader in) throws MalformedException {
        long micro = in.i64();
        if (micro < 0 || micro > Amount.MAX_MICRO) {
            throw new MalformedException("an amount is 0 to 10^18 micro-units, got " + micro, in.offset() - 8);
        }
        return Amount.ofMicro(micro);
    }

    private static Object constant(Reader in, Class<?> type) throws MalformedException {
        Object[] constants = type.getEnumConstants();
        int ordinal = in.u8();
        if (constants == null || ordinal >= constants.length) {
            throw new MalformedException("no " + type.getSimpleName() + " has number " + ordinal, in.offset() - 1);
        }
        return constants[ordinal];
    }

    private static Bytes bounded(Shape.Part part, Bytes bytes) {
        if (bytes.size() > part.max()) {
            throw new IllegalArgumentException(part.name() + ": at most " + part.max() + " bytes");
        }
        return bytes;
    }

    private static String bounded(Shape.Part part, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > part.max()) {
            throw new IllegalArgumentException(part.name() + ": at most " + part.max() + " bytes of UTF-8");
        }
        return text;
    }
}
