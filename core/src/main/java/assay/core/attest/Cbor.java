package assay.core.attest;

import assay.core.base.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * CBOR as attestation documents use it (RFC 8949): integers, byte and text strings, arrays, maps, tags, booleans and
 * null, all of definite length. Floats, indefinite lengths, a key twice, and bytes after the end are refused. Every
 * length is compared with what is left before anything is allocated.
 */
sealed interface Cbor {
    /** Levels of arrays, maps and tags within one another. */
    int DEPTH_MAX = 8;

    /** Items of one array or map. */
    int ITEMS_MAX = 1_024;

    /** An integer of 63 bits and its sign. */
    record Whole(long value) implements Cbor {}

    /** Bytes; whoever holds the record owns them. */
    @SuppressWarnings("ArrayRecordComponent") // package-private and never compared
    record Bytes(byte[] value) implements Cbor {}

    /** Text. */
    record Text(String value) implements Cbor {}

    /** An array. */
    record Items(List<Cbor> items) implements Cbor {}

    /** A map, in the order of the bytes. */
    record Pairs(List<Pair> pairs) implements Cbor {
        /** The value under this text key. */
        Optional<Cbor> find(String key) {
            return pairs.stream()
                    .filter(p -> p.key.equals(new Text(key)))
                    .map(Pair::value)
                    .findFirst();
        }

        /** The value under this integer key. */
        Optional<Cbor> find(long key) {
            return pairs.stream()
                    .filter(p -> p.key.equals(new Whole(key)))
                    .map(Pair::value)
                    .findFirst();
        }
    }

    /** A key, text or integer, and what stands under it. */
    record Pair(Cbor key, Cbor value) {}

    /** A tagged value. */
    record Tagged(long tag, Cbor value) implements Cbor {}

    /** true, false (RFC 8949, section 3.3). */
    record Bool(boolean value) implements Cbor {}

    /** Nothing. */
    record Null() implements Cbor {}

    /** The one value that these bytes are. */
    static Cbor parse(byte[] in) throws MalformedException {
        Scan scan = new Scan(in);
        Cbor value = scan.value(0);
        if (scan.at != in.length) {
            throw new MalformedException(in.length - scan.at + " bytes after the end", scan.at);
        }
        return value;
    }

    /** Where reading is. */
    final class Scan {
        private final byte[] in;
        private int at;

        private Scan(byte[] in) {
            this.in = in;
        }

        private Cbor value(int depth) throws MalformedException {
            int start = at;
            if (depth > DEPTH_MAX) {
                throw new MalformedException("at most " + DEPTH_MAX + " levels", start);
            }
            int head = in[take(1)] & 0xff;
            if (head >>> 5 == 7) {
                return simple(head & 31, start);
            }
            long n = argument(head & 31, start);
            return switch (head >>> 5) {
                case 0 -> new Whole(n);
                case 1 -> new Whole(-1 - n);
                case 2 -> new Bytes(string(n));
                case 3 -> text(n);
                case 4 -> array(n, depth, start);
                case 5 -> map(n, depth, start);
                default -> new Tagged(n, value(depth + 1));
            };
        }

        private static Cbor simple(int low, int start) throws MalformedException {
            return switch (low) {
                case 20 -> new Bool(false);
                case 21 -> new Bool(true);
                case 22 -> new Null();
                default -> throw new MalformedException("neither true, false nor null", start);
            };
        }

        /** The number in or after a head; the shortest form is not demanded, as RFC 8949 does not either. */
        private long argument(int low, int start) throws MalformedException {
            if (low < 24) {
                return low;
            }
            if (low > 27) {
                throw new MalformedException("a definite length expected", start);
            }
            int from = take(1 << low - 24);
            long n = 0;
            for (int i = from; i < at; i++) {
                n = n << 8 | in[i] & 0xff;
            }
            if (n < 0) {
                throw new MalformedException("a number of at most 63 bits expected", start);
            }
            return n;
        }

        private byte[] string(long length) throws MalformedException {
            int from = take(length);
            return Arrays.copyOfRange(in, from, at);
        }

        private Cbor text(long length) throws MalformedException {
            int from = take(length);
            try {
                return new Text(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(in, from, at - from))
                        .toString());
            } catch (CharacterCodingException e) {
                throw new MalformedException("UTF-8 expected", from);
            }
        }

        private Cbor array(long count, int depth, int start) throws MalformedException {
            List<Cbor> items = new ArrayList<>(bounded(count, 1, start));
            for (long i = 0; i < count; i++) {
                items.add(value(depth + 1));
            }
            return new Items(List.copyOf(items));
        }

        private Cbor map(long count, int depth, int start) throws MalformedException {
            List<Pair> pairs = new ArrayList<>(bounded(count, 2, start));
            for (long i = 0; i < count; i++) {
                int keyAt = at;
                Cbor key = value(depth + 1);
                if (!(key instanceof Whole) && !(key instanceof Text)) {
                    throw new MalformedException("a key is a number or text", keyAt);
                }
                if (pairs.stream().anyMatch(p -> p.key.equals(key))) {
                    throw new MalformedException("a key twice", keyAt);
                }
                pairs.add(new Pair(key, value(depth + 1)));
            }
            return new Pairs(List.copyOf(pairs));
        }

        private int bounded(long count, int bytesEach, int start) throws MalformedException {
            if (count > ITEMS_MAX || count * bytesEach > in.length - at) {
                throw new MalformedException(count + " items announced, " + (in.length - at) + " bytes left", start);
            }
            return (int) count;
        }

        private int take(long count) throws MalformedException {
            if (count > in.length - at) {
                throw new MalformedException(count + " bytes expected, " + (in.length - at) + " left", at);
            }
            int from = at;
            at += (int) count;
            return from;
        }
    }
}
