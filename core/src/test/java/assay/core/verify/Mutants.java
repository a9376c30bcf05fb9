package assay.core.verify;

import assay.core.base.Hash;
import assay.core.base.NodeKey;
import assay.core.codec.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Tampers with a record by reflection: changes each leaf, and truncates, extends and empties each
 * list. A component added later is attacked the day it is added.
 */
final class Mutants {
    /**
     * A record with one thing changed.
     *
     * @param path of what was changed
     * @param value the record
     */
    record Mutant<T>(String path, T value) {}

    private Mutants() {}

    /** All mutants that the records' own checks let be made. */
    static <T extends Record> List<Mutant<T>> of(T root) {
        List<Mutant<T>> out = new ArrayList<>();
        walk("", root, value -> value, root.getClass(), out);
        return out;
    }

    @SuppressWarnings("unchecked") // the outermost rebuild gives a T again
    private static <T> void walk(
            String path, Object value, UnaryOperator<Object> rebuild, Class<?> type, List<Mutant<T>> out) {
        if (value instanceof Record record && !(value instanceof Json)) {
            RecordComponent[] parts = record.getClass().getRecordComponents();
            for (int i = 0; i < parts.length; i++) {
                int at = i;
                walk(
                        path.isEmpty() ? parts[i].getName() : path + "." + parts[i].getName(),
                        read(record, parts[i]),
                        part -> rebuild.apply(with(record, at, part)),
                        parts[i].getType(),
                        out);
            }
            return;
        }
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                int at = i;
                walk(path + "[" + i + "]", list.get(i), item -> rebuild.apply(set(list, at, item)), Object.class, out);
            }
        }
        for (Object other : changed(value, type)) {
            try {
                out.add(new Mutant<>(path, (T) rebuild.apply(other)));
            } catch (Unbuildable e) {
                out.add(new Mutant<>(path, null)); // refused before it exists
            }
        }
    }

    private static List<Object> changed(Object value, Class<?> type) {
        return switch (value) {
            case String s -> List.of(s + "0", s.substring(0, Math.max(0, s.length() - 1)), flip(s));
            case Integer i -> List.of(i + 1, i - 1, 0, Integer.MAX_VALUE, -i);
            case Long l -> List.of(l + 1, l - 1, 0L, Long.MAX_VALUE, -l);
            case Double d -> List.of(d + 0.125, 1 - d, Math.nextUp(d));
            case Boolean b -> List.of(!b);
            case Hash h -> List.of(flip(h, 0), flip(h, 255));
            case NodeKey k -> List.of(Samples.STRANGER.key());
            case Json.Obj o -> List.of(Json.object().put("later", 1).build());
            case Enum<?> e -> others(e);
            case byte[] b -> List.of(java.util.Arrays.copyOf(b, b.length + 1), flip(b));
            case int[] a -> List.of(java.util.Arrays.copyOf(a, a.length + 1), java.util.Arrays.copyOf(a, a.length - 1));
            case List<?> list -> resized(list);
            default -> throw new AssertionError("no way to change a " + value.getClass() + " of " + type);
        };
    }

    private static List<Object> resized(List<?> list) {
        List<Object> out = new ArrayList<>();
        if (list.isEmpty()) {
            return out;
        }
        out.add(List.of());
        out.add(list.subList(0, list.size() - 1));
        List<Object> longer = new ArrayList<>(list);
        longer.add(list.getFirst());
        out.add(longer);
        if (list.size() > 1) {
            out.add(list.reversed());
        }
        return out;
    }

    private static List<Object> others(Enum<?> value) {
        List<Object> out = new ArrayList<>(List.of(value.getDeclaringClass().getEnumConstants()));
        out.remove(value);
        return out;
    }

    private static String flip(String s) {
        return s.isEmpty() ? "x" : (char) (s.charAt(0) ^ 1) + s.substring(1);
    }

    private static Hash flip(Hash h, int bit) {
        byte[] bytes = h.bytes();
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        return Hash.ofBytes(bytes);
    }

    private static byte[] flip(byte[] b) {
        byte[] out = b.clone();
        out[0] ^= 1;
        return out;
    }

    private static List<Object> set(List<?> list, int at, Object item) {
        List<Object> out = new ArrayList<>(list);
        out.set(at, item);
        return out;
    }

    private static Object read(Record record, RecordComponent part) {
        try {
            return part.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Record with(Record record, int at, Object part) {
        RecordComponent[] parts = record.getClass().getRecordComponents();
        Class<?>[] types = new Class<?>[parts.length];
        Object[] values = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) {
            types[i] = parts[i].getType();
            values[i] = i == at ? part : read(record, parts[i]);
        }
        try {
            return record.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException) {
                throw new Unbuildable();
            }
            throw new AssertionError(e);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The record's own constructor refuses the change. */
    private static final class Unbuildable extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
