package assay.ledger.crypto;

import assay.core.base.Hash;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * ECDSA over secp256k1 (SEC 2) with recovery of the signer's address (SEC 1, section 4.1.6).
 *
 * <p>Signing is deterministic (RFC 6979 with SHA-256) and always gives the lower s (EIP-2), which is
 * the only one that recovery accepts, so that a signature cannot be turned into a second one.
 *
 * <p>The arithmetic is libsecp256k1's where its binary loads, else BouncyCastle's; both give the same
 * answers, which the vectors hold them to. {@code -Dassay.secp256k1=java} keeps to the latter.
 */
public final class Secp256k1 {
    /** The order of the group, 32 bytes, big-endian. */
    private static final byte[] N =
            HexFormat.of().parseHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    private static final byte[] HALF_N =
            HexFormat.of().parseHex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    private static final byte[] ZERO = new byte[32];

    private Secp256k1() {}

    /** Who computes. */
    public enum Library {
        /** libsecp256k1, by way of secp256k1-kmp. */
        NATIVE,
        /** BouncyCastle. */
        JAVA;

        /** Those that work here, the fastest first. */
        public static List<Library> here() {
            return Native.CURVE.isPresent() ? List.of(NATIVE, JAVA) : List.of(JAVA);
        }

        private Curve curve() {
            return switch (this) {
                case NATIVE ->
                    Native.CURVE.orElseThrow(
                            () -> new IllegalArgumentException("libsecp256k1 does not load on this machine"));
                case JAVA -> Java.CURVE;
            };
        }
    }

    /** Loaded when it is first asked for. */
    private static final class Native {
        static final Optional<Curve> CURVE =
                System.getProperty("assay.secp256k1", "").equals("java") ? Optional.empty() : NativeCurve.load();
    }

    /** Not loaded where the native library is: BouncyCastle's tables take a tenth of a second. */
    private static final class Java {
        static final Curve CURVE = new JavaCurve();
    }

    private static final Curve CURVE = Library.here().getFirst().curve();

    /** What a signature over a digest means. */
    public sealed interface Recovery {
        /** Signed by the key of this address. */
        record Signer(Address address) implements Recovery {}

        /** s is above half the order: the twin of a valid signature, never accepted. */
        record HighS() implements Recovery {}

        /** Not a signature of anyone over this digest. */
        record Invalid() implements Recovery {}
    }

    /** The signer of {@code digest}. Total: every 65 bytes have a meaning. */
    public static Recovery recover(Hash digest, Signature signature) {
        return recover(CURVE, digest, signature);
    }

    /** The same by a library that works here: for tests and measurements. */
    public static Recovery recover(Library library, Hash digest, Signature signature) {
        return recover(library.curve(), digest, signature);
    }

    /** Signs with the secret (32 bytes) whose address this is. */
    static Signature sign(Hash digest, byte[] secret, Address address) {
        return sign(CURVE, digest, secret, address);
    }

    static Signature sign(Library library, Hash digest, byte[] secret, Address address) {
        return sign(library.curve(), digest, secret, address);
    }

    /** The address of a secret that is in range. */
    static Address addressOf(byte[] secret) {
        return Address.ofPublicKey(CURVE.publicKey(secret));
    }

    static Address addressOf(Library library, byte[] secret) {
        return Address.ofPublicKey(library.curve().publicKey(secret));
    }

    /** Whether these 32 bytes are from 1 to the group's order less 1. */
    static boolean inRange(byte[] number) {
        return !Arrays.equals(number, ZERO) && Arrays.compareUnsigned(number, N) < 0;
    }

    private static Recovery recover(Curve curve, Hash digest, Signature signature) {
        byte[] bytes = signature.bytes();
        byte[] s = Arrays.copyOfRange(bytes, 32, 64);
        int v = bytes[64] & 0xff;
        if (!inRange(Arrays.copyOf(bytes, 32)) || !inRange(s) || v != 27 && v != 28) {
            return new Recovery.Invalid();
        }
        if (Arrays.compareUnsigned(s, HALF_N) > 0) {
            return new Recovery.HighS();
        }
        byte[] key = curve.recover(digest.bytes(), Arrays.copyOf(bytes, 64), v - 27);
        return key == null ? new Recovery.Invalid() : new Recovery.Signer(Address.ofPublicKey(key));
    }

    private static Signature sign(Curve curve, Hash digest, byte[] secret, Address address) {
        byte[] rsv = Arrays.copyOf(curve.sign(digest.bytes(), secret), Signature.SIZE_BYTES);
        Recovery own = new Recovery.Signer(address);
        for (byte v = 27; v <= 28; v++) {
            rsv[64] = v;
            Signature candidate = Signature.ofBytes(rsv);
            if (recover(curve, digest, candidate).equals(own)) {
                return candidate;
            }
        }
        throw new AssertionError("a fresh signature does not recover to its own key");
    }
}
