package assay.core.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A SHA-256 digest (FIPS 180-4): 32 bytes, compared by value, ordered as unsigned bytes.
 *
 * <p>Instances are immutable: bytes are copied on the way in and out.
 */
public final class Hash implements Comparable<Hash> {
    /** Length of a digest in bytes. */
    public static final int SIZE_BYTES = 32;

    private static final MessageDigest EMPTY = lookUp();

    private final byte[] bytes;

    private Hash(byte[] owned) {
        bytes = owned;
    }

    /** The digest with exactly these 32 bytes. */
    public static Hash ofBytes(byte[] digest) {
        if (digest.length != SIZE_BYTES) {
            throw new IllegalArgumentException("a digest has 32 bytes, got " + digest.length);
        }
        return new Hash(digest.clone());
    }

    /** The digest written as 64 lower-case hexadecimal digits. */
    public static Hash ofHex(String hex) throws MalformedException {
        if (hex.length() != 2 * SIZE_BYTES) {
            throw new MalformedException("a digest has 64 hex digits, got " + hex.length(), -1);
        }
        for (int i = 0; i < hex.length(); i++) {
            char c = hex.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                throw new MalformedException("a digest is lower-case hex", i);
            }
        }
        return new Hash(HexFormat.of().parseHex(hex));
    }

    /** SHA-256 of the parts, one after another, without separators: callers tag and size them. */
    public static Hash sha256(byte[]... parts) {
        MessageDigest digest = newSha256();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return new Hash(digest.digest());
    }

    /** SHA-256 of {@code tag} in UTF-8 followed by the parts: a domain-separated message. */
    public static Hash tagged(String tag, byte[]... parts) {
        MessageDigest digest = newSha256();
        digest.update(tag.getBytes(StandardCharsets.UTF_8));
        for (byte[] part : parts) {
            digest.update(part);
        }
        return new Hash(digest.digest());
    }

    /** A fresh SHA-256 of the JDK, which every JDK has. A copy: to look it up among the providers takes longer than a hash. */
    public static MessageDigest newSha256() {
        try {
            return (MessageDigest) EMPTY.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the JDK's SHA-256 can be copied", e);
        }
    }

    private static MessageDigest lookUp() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("SHA-256 is required of every JDK", e);
        }
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
    public int compareTo(Hash other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash hash && Arrays.equals(bytes, hash.bytes);
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
