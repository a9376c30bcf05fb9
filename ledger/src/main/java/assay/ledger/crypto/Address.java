package assay.ledger.crypto;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An Ethereum account address: 20 bytes, compared by value, ordered as unsigned bytes. Immutable. */
public final class Address implements Comparable<Address> {
    /** Length of an address in bytes. */
    public static final int SIZE_BYTES = 20;

    /** All zero: no account. Nobody has its key. */
    public static final Address NONE = new Address(new byte[SIZE_BYTES]);

    private final byte[] bytes;

    private Address(byte[] owned) {
        bytes = owned;
    }

    /** The address with exactly these 20 bytes. */
    public static Address ofBytes(byte[] bytes) {
        if (bytes.length != SIZE_BYTES) {
            throw new IllegalArgumentException("an address has 20 bytes, got " + bytes.length);
        }
        return new Address(bytes.clone());
    }

    /** The address of an uncompressed public key without its leading 04: the last 20 bytes of its Keccak-256. */
    static Address ofPublicKey(byte[] xy) {
        return new Address(Arrays.copyOfRange(Keccak.hash(xy).bytes(), 12, 32));
    }

    /**
     * The address in this text: {@code 0x} and 40 hex digits, all lower case, all upper case or with
     * the checksum of EIP-55, which is then checked.
     */
    public static Address parse(String text) throws MalformedException {
        if (text.length() != 42 || !text.startsWith("0x")) {
            throw new MalformedException("an address is 0x and 40 hex digits", -1);
        }
        String digits = text.substring(2);
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), 16) < 0 || digits.charAt(i) > 'f') {
                throw new MalformedException("an address is 0x and 40 hex digits", i + 2);
            }
        }
        Address address = new Address(HexFormat.of().parseHex(digits));
        boolean mixed = digits.chars().anyMatch(c -> c >= 'a') && digits.chars().anyMatch(c -> c >= 'A' && c <= 'F');
        if (mixed && !address.toString().equals(text)) {
            throw new MalformedException("the address's checksum (EIP-55) is wrong: a letter was mistyped", -1);
        }
        return address;
    }

    /** A copy of the 20 bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** {@code 0x} and 40 hex digits with the checksum of EIP-55. */
    @Override
    public String toString() {
        String lower = HexFormat.of().formatHex(bytes);
        Hash sum = Keccak.hash(lower.getBytes(StandardCharsets.US_ASCII));
        byte[] nibbles = sum.bytes();
        StringBuilder out = new StringBuilder("0x");
        for (int i = 0; i < lower.length(); i++) {
            int nibble = nibbles[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
            char c = lower.charAt(i);
            out.append(nibble >= 8 && c >= 'a' ? (char) (c - 'a' + 'A') : c);
        }
        return out.toString();
    }

    @Override
    public int compareTo(Address other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
