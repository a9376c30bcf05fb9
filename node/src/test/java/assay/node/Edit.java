package assay.node;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** Copies of records with one component changed. */
final class Edit {
    private Edit() {}

    /** The record with another value at a path of component names, {@code payment.amount}. */
    @SuppressWarnings("unchecked") // the copy is of the original's class
    static <T> T with(T record, String path, Object value) {
        int dot = path.indexOf('.');
        String name = dot < 0 ? path : path.substring(0, dot);
        RecordComponent[] parts = record.getClass().getRecordComponents();
        try {
            Object[] values = new Object[parts.length];
            boolean found = false;
            for (int i = 0; i < parts.length; i++) {
                var accessor = parts[i].getAccessor();
                accessor.setAccessible(true);
                values[i] = accessor.invoke(record);
                if (parts[i].getName().equals(name)) {
                    values[i] = dot < 0 ? value : with(values[i], path.substring(dot + 1), value);
                    found = true;
                }
            }
            if (!found) {
                throw new IllegalArgumentException(record.getClass() + " has no " + name);
            }
            Class<?>[] types =
                    Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
            var constructor = record.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return (T) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
