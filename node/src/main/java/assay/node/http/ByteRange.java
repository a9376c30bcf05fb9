package assay.node.http;

/** What a Range header asks of a body of known length (RFC 9110, section 14): one range of bytes. */
public sealed interface ByteRange {
    /** All of it: no header, another unit, several ranges, or a header that is not well formed. */
    record Whole() implements ByteRange {}

    /** The bytes from {@code first} to {@code last}, both included. */
    record Part(long first, long last) implements ByteRange {
        /** How many bytes. */
        public long sizeBytes() {
            return last - first + 1;
        }
    }

    /** Nothing of it: answer 416. */
    record Unsatisfiable() implements ByteRange {}

    /**
     * Reads the header's value against a body of {@code length} bytes.
     *
     * <p>A malformed header is ignored, as section 14.2 allows.
     */
    static ByteRange parse(String header, long length) {
        String unit = "bytes=";
        if (!header.regionMatches(true, 0, unit, 0, unit.length())) {
            return new Whole();
        }
        String spec = header.substring(unit.length()).strip();
        int dash = spec.indexOf('-');
        if (dash < 0 || !spec.matches("[0-9]{0,18}-[0-9]{0,18}") || spec.length() == 1) {
            return new Whole();
        }
        if (dash == 0) {
            long suffix = Long.parseLong(spec.substring(1));
            if (suffix == 0 || length == 0) {
                return new Unsatisfiable();
            }
            return new Part(Math.max(0, length - suffix), length - 1);
        }
        long first = Long.parseLong(spec.substring(0, dash));
        long last = dash == spec.length() - 1 ? Long.MAX_VALUE : Long.parseLong(spec.substring(dash + 1));
        if (last < first) {
            return new Whole();
        }
        return first >= length ? new Unsatisfiable() : new Part(first, Math.min(last, length - 1));
    }
}
