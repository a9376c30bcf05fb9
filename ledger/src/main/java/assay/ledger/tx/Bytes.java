package assay.ledger.tx;

import java.util.Arrays;
import java.util.HexFormat;

/** A run of bytes, compared by value; EIP-712's {@code bytes}. Immutable: copied on the way in and out. */
public final class Bytes {
    private final byte[] bytes;

    private Bytes(byte[] owned) {
        bytes = owned;
    }

    /** A copy of these. */
    public static Bytes of(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    /** A copy of them. */
    public byte[] toArray() {
        return bytes.clone();
    }

    /** How many. */
    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes b && Arrays.equals(bytes, b.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** 0x and lower-case hex. */
    @Override
    public String toString() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
