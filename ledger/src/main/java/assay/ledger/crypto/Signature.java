package assay.ledger.crypto;

import java.math.BigInteger;
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

    static Signature of(BigInteger r, BigInteger s, int v) {
        byte[] out = new byte[SIZE_BYTES];
        Secp256k1.put32(r, out, 0);
        Secp256k1.put32(s, out, 32);
        out[64] = (byte) v;
        return new Signature(out);
    }

    /** A copy of the 65 bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    BigInteger r() {
        return new BigInteger(1, bytes, 0, 32);
    }

    BigInteger s() {
        return new BigInteger(1, bytes, 32, 32);
    }

    int v() {
        return bytes[64] & 0xff;
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
