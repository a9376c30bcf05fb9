package assay.ledger.tx;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Signed records as the JSON in which wallets show them: numbers as numbers, amounts as decimal strings
 * (10^18 is past the integers that JavaScript keeps), bytes as 0x and hex.
 */
final class RecordJson {
    private RecordJson() {}

    static void write(SequencedMap<String, Json> out, Record record) {
        for (Shape.Part part : Shape.of(record.getClass()).parts()) {
            out.put(part.name(), value(part, part.kind(), part.of(record)));
        }
    }

    /** The record in this object, which may have other members too. */
    static <R extends Record> R read(Field in, Class<R> type) throws MalformedException {
        Shape shape = Shape.of(type);
        Object[] values = new Object[shape.parts().size()];
        for (int i = 0; i < values.length; i++) {
            Shape.Part part = shape.parts().get(i);
            values[i] = read(in.at(part.name()), part, part.kind());
        }
        try {
            return type.cast(shape.make(values));
        } catch (IllegalArgumentException e) {
            throw in.fault(String.valueOf(e.getMessage()));
        }
    }

    /** A whole number, as a number or as a decimal string. */
    static long natural(Field in, long max) throws MalformedException {
        if (in.value() instanceof Json.Str(String digits)) {
            if (!digits.matches("0|[1-9][0-9]{0,18}")) {
                throw in.fault("expected decimal digits");
            }
            return new Field(new Json.Num(digits), in.path()).integer(0, max);
        }
        return in.integer(0, max);
    }

    /** Exactly {@code length} bytes as 0x and hex. */
    static byte[] bytes(Field in, int length) throws MalformedException {
        String text = in.string(2 + 2 * length);
        if (text.length() != 2 + 2 * length || !text.startsWith("0x")) {
            throw in.fault("expected 0x and " + 2 * length + " hex digits");
        }
        try {
            return HexFormat.of().parseHex(text, 2, text.length());
        } catch (IllegalArgumentException e) {
            throw in.fault("expected hex digits");
        }
    }

    private static Bytes someBytes(Field in, int most) throws MalformedException {
        String text = in.string(2 + 2 * most);
        if (text.length() % 2 != 0) {
            throw in.fault("expected 0x and pairs of hex digits");
        }
        return Bytes.of(bytes(in, text.length() / 2 - 1));
    }

    private static Json value(Shape.Part part, Shape.Kind kind, Object value) {
        return switch (kind) {
            case LONG, INT -> new Json.Num(value.toString());
            case BOOL -> new Json.Bool((boolean) value);
            case AMOUNT -> new Json.Str(Long.toString(((Amount) value).micro()));
            case ADDRESS, SIGNATURE, BYTES -> new Json.Str(value.toString());
            case HASH -> new Json.Str("0x" + value);
            case TEXT -> new Json.Str((String) value);
            case RECORD -> {
                SequencedMap<String, Json> members = new LinkedHashMap<>();
                write(members, (Record) value);
                yield new Json.Obj(members);
            }
            case LIST -> {
                List<Json> items = new ArrayList<>();
                for (Object item : (List<?>) value) {
                    items.add(value(part, Shape.kind(part.type()), item));
                }
                yield new Json.Arr(items);
            }
            case ENUM -> throw new AssertionError("no enum is signed");
        };
    }

    private static Object read(Field in, Shape.Part part, Shape.Kind kind) throws MalformedException {
        return switch (kind) {
            case LONG -> natural(in, Long.MAX_VALUE);
            case INT -> (int) natural(in, Integer.MAX_VALUE);
            case BOOL -> in.bool();
            case AMOUNT -> Amount.ofMicro(natural(in, Amount.MAX_MICRO));
            case ADDRESS -> Address.parse(in.string(42));
            case SIGNATURE -> Signature.ofBytes(bytes(in, Signature.SIZE_BYTES));
            case HASH -> Hash.ofBytes(bytes(in, Hash.SIZE_BYTES));
            case TEXT -> in.string(part.max());
            case BYTES -> someBytes(in, part.max());
            case RECORD -> read(in, part.type().asSubclass(Record.class));
            case LIST -> {
                List<Object> items = new ArrayList<>();
                for (Field item : in.items(part.max())) {
                    items.add(read(item, part, Shape.kind(part.type())));
                }
                yield List.copyOf(items);
            }
            case ENUM -> throw new AssertionError("no enum is signed");
        };
    }
}
