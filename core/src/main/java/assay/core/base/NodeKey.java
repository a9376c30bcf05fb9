package assay.core.base;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * An Ed25519 public key (RFC 8032): the 32 bytes by which a node or an auditor is known.
 *
 * <p>Keys of small order are refused: whoever held one could later say that anyone can sign for it.
 */
public final class NodeKey implements Comparable<NodeKey> {
    /** Length of a key in bytes. */
    public static final int SIZE_BYTES = 32;

    /** Length of a signature in bytes. */
    public static final int SIGNATURE_SIZE_BYTES = 64;

    /** The y coordinates of the points whose order divides 8, with the sign bit clear. */
    private static final List<String> SMALL_ORDER = List.of(
            "00".repeat(32),
            "01" + "00".repeat(31),
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ec" + "ff".repeat(30) + "7f",
            "ed" + "ff".repeat(30) + "7f",
            "ee" + "ff".repeat(30) + "7f");

    private final byte[] bytes;

    private NodeKey(byte[] owned) {
        this.bytes = owned;
    }

    /** The key with these 32 bytes. */
    public static NodeKey ofBytes(byte[] bytes) throws MalformedException {
        if (bytes.length != SIZE_BYTES) {
            throw new MalformedException("an Ed25519 key has 32 bytes, got " + bytes.length, -1);
        }
        byte[] y = bytes.clone();
        y[31] &= 0x7f;
        if (SMALL_ORDER.contains(HexFormat.of().formatHex(y))) {
            throw new MalformedException("an Ed25519 key of small order", -1);
        }
        return new NodeKey(bytes.clone());
    }

    /** The key written as 64 lower-case hexadecimal digits. */
    public static NodeKey ofHex(String hex) throws MalformedException {
        return ofBytes(Hash.ofHex(hex).bytes());
    }

    /**
     * Whether {@code signature} is this key's over {@code message}; false for whatever is not one. One rule everywhere:
     * docs/protocol/receipt.md, "Signatures".
     */
    public boolean verify(byte[] message, byte[] signature) {
        return signature.length == SIGNATURE_SIZE_BYTES && Ed25519.verify(bytes, message, signature);
    }

    /** A copy of the 32 bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public int compareTo(NodeKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
