package assay.ledger.crypto;

import assay.core.base.Hash;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.jspecify.annotations.Nullable;

/**
 * ECDSA over secp256k1 (SEC 2) with recovery of the signer's address (SEC 1, section 4.1.6).
 *
 * <p>Signing is deterministic (RFC 6979 with SHA-256) and always gives the lower s (EIP-2), which is
 * the only one that recovery accepts, so that a signature cannot be turned into a second one.
 */
public final class Secp256k1 {
    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
    static final ECDomainParameters DOMAIN =
            new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());
    /** The order of the group. */
    static final BigInteger N = CURVE.getN();

    private static final BigInteger HALF_N = N.shiftRight(1);
    private static final BigInteger P = CURVE.getCurve().getField().getCharacteristic();

    private Secp256k1() {}

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
        BigInteger r = signature.r();
        BigInteger s = signature.s();
        int v = signature.v();
        boolean inRange = r.signum() > 0 && r.compareTo(N) < 0 && s.signum() > 0 && s.compareTo(N) < 0;
        if (!inRange || v != 27 && v != 28) {
            return new Recovery.Invalid();
        }
        if (s.compareTo(HALF_N) > 0) {
            return new Recovery.HighS();
        }
        // r < N < P, so r itself is the x coordinate; the other candidate, r + N, has probability 2^-128
        // and no Ethereum signature uses it.
        ECPoint point = lift(r, v - 27);
        if (point == null) {
            return new Recovery.Invalid();
        }
        BigInteger e = new BigInteger(1, digest.bytes());
        BigInteger inverse = r.modInverse(N);
        BigInteger u1 = e.negate().multiply(inverse).mod(N);
        BigInteger u2 = s.multiply(inverse).mod(N);
        ECPoint key = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), u1, point, u2);
        return key.isInfinity() ? new Recovery.Invalid() : new Recovery.Signer(addressOf(key));
    }

    /** Signs with the secret whose address this is. */
    static Signature sign(Hash digest, BigInteger secret, Address address) {
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(secret, DOMAIN));
        BigInteger[] rs = signer.generateSignature(digest.bytes());
        BigInteger s = rs[1].compareTo(HALF_N) > 0 ? N.subtract(rs[1]) : rs[1];
        Recovery own = new Recovery.Signer(address);
        for (int v = 27; v <= 28; v++) {
            Signature candidate = Signature.of(rs[0], s, v);
            if (recover(digest, candidate).equals(own)) {
                return candidate;
            }
        }
        throw new AssertionError("a fresh signature does not recover to its own key");
    }

    static Address addressOf(BigInteger secret) {
        return addressOf(new FixedPointCombMultiplier().multiply(CURVE.getG(), secret));
    }

    /** The unsigned 32 big-endian bytes of {@code value} at {@code offset}. */
    static void put32(BigInteger value, byte[] out, int offset) {
        byte[] raw = value.toByteArray();
        int from = Math.max(0, raw.length - 32);
        int length = raw.length - from;
        System.arraycopy(raw, from, out, offset + 32 - length, length);
    }

    private static Address addressOf(ECPoint point) {
        byte[] encoded = point.normalize().getEncoded(false);
        return Address.ofPublicKey(Arrays.copyOfRange(encoded, 1, 65));
    }

    private static @Nullable ECPoint lift(BigInteger x, int yBit) {
        if (x.compareTo(P) >= 0) {
            return null;
        }
        byte[] compressed = new byte[33];
        compressed[0] = (byte) (2 + yBit);
        put32(x, compressed, 1);
        try {
            // The cofactor is 1: every point of the curve is in the group.
            return CURVE.getCurve().decodePoint(compressed);
        } catch (IllegalArgumentException notOnTheCurve) {
            return null;
        }
    }
}
