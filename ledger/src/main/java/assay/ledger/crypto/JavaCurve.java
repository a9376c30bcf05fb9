package assay.ledger.crypto;

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

/** The curve by BouncyCastle: on every machine. */
final class JavaCurve implements Curve {
    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
    private static final ECDomainParameters DOMAIN =
            new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());
    private static final BigInteger N = CURVE.getN();
    private static final BigInteger P = CURVE.getCurve().getField().getCharacteristic();

    @Override
    public byte @Nullable [] recover(byte[] digest, byte[] rs, int odd) {
        // r < N < P, so r itself is the x coordinate; the other candidate, r + N, has probability 2^-128
        // and no Ethereum signature uses it.
        BigInteger r = new BigInteger(1, rs, 0, 32);
        BigInteger s = new BigInteger(1, rs, 32, 32);
        ECPoint point = lift(r, odd);
        if (point == null) {
            return null;
        }
        BigInteger e = new BigInteger(1, digest);
        BigInteger inverse = r.modInverse(N);
        BigInteger u1 = e.negate().multiply(inverse).mod(N);
        BigInteger u2 = s.multiply(inverse).mod(N);
        ECPoint key = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), u1, point, u2);
        return key.isInfinity() ? null : encoded(key);
    }

    @Override
    public byte[] sign(byte[] digest, byte[] secret) {
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(new BigInteger(1, secret), DOMAIN));
        BigInteger[] rs = signer.generateSignature(digest);
        BigInteger s = rs[1].compareTo(N.shiftRight(1)) > 0 ? N.subtract(rs[1]) : rs[1];
        byte[] out = new byte[64];
        put32(rs[0], out, 0);
        put32(s, out, 32);
        return out;
    }

    @Override
    public byte[] publicKey(byte[] secret) {
        return encoded(new FixedPointCombMultiplier().multiply(CURVE.getG(), new BigInteger(1, secret)));
    }

    private static byte[] encoded(ECPoint point) {
        return Arrays.copyOfRange(point.normalize().getEncoded(false), 1, 65);
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

    /** The unsigned 32 big-endian bytes of {@code value} at {@code offset}. */
    private static void put32(BigInteger value, byte[] out, int offset) {
        byte[] raw = value.toByteArray();
        int from = Math.max(0, raw.length - 32);
        int length = raw.length - from;
        System.arraycopy(raw, from, out, offset + 32 - length, length);
    }
}
