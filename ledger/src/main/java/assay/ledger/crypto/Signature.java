package assay.ledger.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A recoverable secp256k1 signature as Ethereum writes it: r (32 bytes, big-endian) ‖ s (32) ‖ v (27
 * or 28). Any 65 bytes make one; {@link Secp256k1#recover} says whether it means anything. Immutable.
 */
public final class Signature {
    /** Length of a signature in bytes. */
    public static final int SIZE_BYTES = 65;

    private final byte[] bytes;

    private Signature(byte[] owned) {
        bytes = owned;
    }

    /** The signature with exactly these 65 bytes. */
    public static Signature ofBytes(byte[] bytes) {
        if (bytes.length != SIZE_BYTES) {
            throw new IllegalArgumentException("a signature has 65 bytes, got " + bytes.length);
        }
        return new Signature(bytes.clone());
    }

    /** A copy of the 65 bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** 130 lower-case hex digits. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Signature signature && Arrays.equals(bytes, signature.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "0x" + hex();
    }
}
