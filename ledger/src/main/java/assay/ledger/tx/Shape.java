package assay.ledger.tx;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;

/**
 * The components of a record in the order in which they are written, read once by reflection.
 *
 * <p>Bytes ({@link RecordCodec}) and typed data ({@link TypedData}) both follow it, so a record has one
 * definition. Component types: long and int (not negative), boolean, enum, {@link Amount}, {@link
 * Address}, {@link Hash}, {@link Signature}, String, {@link Bytes} and List (these with {@link Max}), and records.
 */
final class Shape {
    /** What a component holds. */
    enum Kind {
        LONG,
        INT,
        BOOL,
        ENUM,
        AMOUNT,
        ADDRESS,
        HASH,
        SIGNATURE,
        TEXT,
        BYTES,
        LIST,
        RECORD
    }

    /**
     * One component.
     *
     * @param type the component's class, or that of a list's items
     * @param max the bound of {@link Max}, 0 where none is needed
     */
    record Part(String name, Kind kind, Class<?> type, int max, MethodHandle accessor) {
        Object of(Object record) {
            try {
                return accessor.invokeExact(record);
            } catch (Throwable e) {
                throw new AssertionError("an accessor does not throw: " + name, e);
            }
        }
    }

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return new Shape(type);
        }
    };

    private final List<Part> parts;
    private final MethodHandle constructor;

    static Shape of(Class<?> type) {
        return SHAPES.get(type);
    }

    private Shape(Class<?> type) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            RecordComponent[] components = type.getRecordComponents();
            Part[] read = new Part[components.length];
            for (int i = 0; i < read.length; i++) {
                read[i] = part(lookup, components[i]);
            }
            parts = List.of(read);
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            constructor = lookup.unreflectConstructor(type.getDeclaredConstructor(types))
                    .asSpreader(Object[].class, types.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("not a public record: " + type, e);
        }
    }

    List<Part> parts() {
        return parts;
    }

    /** The record with these components; what its constructor refuses is an IllegalArgumentException. */
    Object make(Object[] values) {
        try {
            return constructor.invokeExact(values);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a record's constructor throws nothing else", e);
        }
    }

    private static Part part(MethodHandles.Lookup lookup, RecordComponent c) throws IllegalAccessException {
        MethodHandle accessor =
                lookup.unreflect(c.getAccessor()).asType(MethodType.methodType(Object.class, Object.class));
        Kind kind = kind(c.getType());
        Class<?> type = c.getType();
        if (kind == Kind.LIST) {
            Type item = ((ParameterizedType) c.getGenericType()).getActualTypeArguments()[0];
            type = (Class<?>) item;
        }
        Max max = c.getAnnotation(Max.class);
        if (max == null && (kind == Kind.LIST || kind == Kind.TEXT || kind == Kind.BYTES)) {
            throw new AssertionError("no bound on " + c);
        }
        return new Part(c.getName(), kind, type, max == null ? 0 : max.value(), accessor);
    }

    static Kind kind(Class<?> type) {
        if (type == long.class) {
            return Kind.LONG;
        } else if (type == int.class) {
            return Kind.INT;
        } else if (type == boolean.class) {
            return Kind.BOOL;
        } else if (type.isEnum()) {
            return Kind.ENUM;
        } else if (type == Amount.class) {
            return Kind.AMOUNT;
        } else if (type == Address.class) {
            return Kind.ADDRESS;
        } else if (type == Hash.class) {
            return Kind.HASH;
        } else if (type == Signature.class) {
            return Kind.SIGNATURE;
        } else if (type == String.class) {
            return Kind.TEXT;
        } else if (type == Bytes.class) {
            return Kind.BYTES;
        } else if (type == List.class) {
            return Kind.LIST;
        } else if (type.isRecord()) {
            return Kind.RECORD;
        }
        throw new AssertionError("no wire form for " + type);
    }
}
