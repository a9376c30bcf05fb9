package assay.core.text.template;

/** Python's str.format for {}, {0}, {name}, with !s or !r; attributes and format codes are refused. */
final class BraceFormat {
    private final Meter meter;
    private final Printing printing;

    BraceFormat(Meter meter, Printing printing) {
        this.meter = meter;
        this.printing = printing;
    }

    Str format(Str format, Arguments arguments) {
        String text = format.text();
        meter.chars(text.length());
        Str.Builder out = new Str.Builder();
        int automatic = 0;
        boolean numbered = false;
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            if (c != '{' && c != '}') {
                int end = i;
                while (end < text.length() && text.charAt(end) != '{' && text.charAt(end) != '}') {
                    end++;
                }
                add(out, format.sub(i, end));
                i = end;
            } else if (i + 1 < text.length() && text.charAt(i + 1) == c) {
                add(out, format.sub(i, i + 1));
                i += 2;
            } else if (c == '}') {
                throw new Fault("Single '}' encountered in format string");
            } else {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw new Fault("expected '}' before end of string");
                }
                String field = text.substring(i + 1, end);
                String name = field.replaceFirst("![sr]$", "");
                if (!name.chars().allMatch(Characters::isNameChar)) {
                    throw Fault.unsupported("the format field " + Printing.quoted(field));
                }
                boolean isAutomatic = name.isEmpty();
                numbered |= !isAutomatic && Characters.isAsciiDigit(name.charAt(0));
                Value value = isAutomatic ? positional(arguments, automatic++) : value(arguments, name);
                if (automatic > 0 && numbered) {
                    throw new Fault("cannot switch from automatic field numbering to manual");
                }
                add(out, field.endsWith("!r") ? Str.untrusted(printing.repr(value)) : printing.str(value));
                i = end + 1;
            }
        }
        return out.build();
    }

    private void add(Str.Builder out, Str part) {
        meter.output((long) out.chars() + part.chars());
        meter.string(part.chars());
        out.add(part);
    }

    private static Value value(Arguments arguments, String name) {
        if (name.chars().allMatch(Characters::isAsciiDigit) && name.length() < 9) {
            return positional(arguments, Integer.parseInt(name));
        }
        Value value = arguments.named().get(name);
        if (value == null) {
            throw new Fault("no argument " + Printing.quoted(name) + " for the format");
        }
        return value;
    }

    private static Value positional(Arguments arguments, int index) {
        if (index >= arguments.positional().size()) {
            throw new Fault("Replacement index " + index + " out of range for positional args tuple");
        }
        return arguments.positional().get(index);
    }
}
