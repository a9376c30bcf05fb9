package assay.core.text.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attribute argument of filters: "a.b.0" walks items and attributes; no attribute is the item itself. */
record Getter(List<Value> parts, @Nullable Value fallback, Members members) {
    private static final int PATH_MAX = 1000;

    static Getter of(Value attribute, @Nullable Value fallback, Members members) {
        List<Value> parts = new ArrayList<>();
        if (attribute instanceof Str path) {
            String[] words = checked(path).split("\\.", -1);
            for (String word : words) {
                boolean digits = !word.isEmpty() && word.chars().allMatch(Characters::isAsciiDigit);
                if (digits && word.length() > 18) {
                    throw Numbers.tooLarge();
                }
                parts.add(digits ? new Value.Int(Long.parseLong(word)) : Str.untrusted(word));
            }
        } else if (!(attribute instanceof Value.None)) {
            parts.add(attribute);
        }
        return new Getter(List.copyOf(parts), fallback, members);
    }

    /** The path, if it is not so long that taking it apart would cost much. */
    static String checked(Str path) {
        if (path.chars() > PATH_MAX) {
            throw Fault.unsupported("an attribute path of more than " + PATH_MAX + " chars");
        }
        return path.text();
    }

    Value get(Value item) {
        Value value = item;
        for (Value part : parts) {
            value = members.item(value, part);
            if (fallback != null && !(fallback instanceof Value.None) && value instanceof Value.Undefined) {
                value = fallback;
            }
        }
        return value;
    }
}
