package assay.core.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The verifier beside the JDK's, on signatures made here with a plain arithmetic of their own: good ones, and all
 * that verifiers are known to read differently.
 */
class Ed25519AgreementTest {
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger L =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D = BigInteger.valueOf(-121_665)
            .multiply(BigInteger.valueOf(121_666).modInverse(P))
            .mod(P);
    private static final Affine BASE = new Affine(
            new BigInteger("15112221349535400772501151409588531511454012693041857206046113283949847762202"),
            new BigInteger("46316835694926478169428394003475163141307993866256225615783033603165251855960"));

    /** A point of order 8: y of a published vector, x from the curve's equation. */
    private static final Affine EIGHTH = eighth();

    private record Affine(BigInteger x, BigInteger y) {
        Affine plus(Affine o) {
            BigInteger cross =
                    D.multiply(x).multiply(o.x).multiply(y).multiply(o.y).mod(P);
            BigInteger nx = x.multiply(o.y).add(y.multiply(o.x));
            BigInteger ny = y.multiply(o.y).add(x.multiply(o.x));
            return new Affine(
                    nx.multiply(BigInteger.ONE.add(cross).modInverse(P)).mod(P),
                    ny.multiply(BigInteger.ONE.subtract(cross).modInverse(P)).mod(P));
        }

        Affine times(BigInteger n) {
            Affine sum = new Affine(BigInteger.ZERO, BigInteger.ONE);
            for (int i = n.bitLength() - 1; i >= 0; i--) {
                sum = sum.plus(sum);
                sum = n.testBit(i) ? sum.plus(this) : sum;
            }
            return sum;
        }

        byte[] encode() {
            byte[] bytes = little(y);
            bytes[31] |= (byte) (x.testBit(0) ? 0x80 : 0);
            return bytes;
        }
    }

    private static Affine eighth() {
        byte[] y = HexFormat.of().parseHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
        BigInteger yy = number(y).pow(2).mod(P);
        BigInteger ratio = yy.subtract(BigInteger.ONE)
                .multiply(D.multiply(yy).add(BigInteger.ONE).modInverse(P))
                .mod(P);
        BigInteger root = ratio.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!root.pow(2).mod(P).equals(ratio)) {
            root = root.multiply(BigInteger.TWO.modPow(P.shiftRight(2), P)).mod(P);
        }
        return new Affine(root, number(y));
    }

    private static byte[] little(BigInteger n) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = n.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }

    private static BigInteger number(byte[] bytes) {
        BigInteger n = BigInteger.ZERO;
        for (int i = bytes.length - 1; i >= 0; i--) {
            n = n.shiftLeft(8).or(BigInteger.valueOf(bytes[i] & 0xff));
        }
        return n;
    }

    private static boolean jdk(byte[] key, byte[] message, byte[] signature) {
        try {
            byte[] encoded = HexFormat.of()
                    .parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(key));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean agreed(byte[] key, byte[] message, byte[] signature) {
        boolean expected = jdk(key, message, signature);
        assertEquals(
                expected,
                Ed25519.verify(key, message, signature),
                () -> "key " + HexFormat.of().formatHex(key) + " message "
                        + HexFormat.of().formatHex(message) + " signature "
                        + HexFormat.of().formatHex(signature));
        return expected;
    }

    private static byte[] bytes(SplittableRandom random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void goodSignaturesAreAcceptedAndNoneWithAChangedByte() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 60; i++) {
            NodeSigner signer = NodeSigner.ofSeed(bytes(random, 32));
            byte[] message = bytes(random, random.nextInt(300));
            byte[] signature = signer.sign(message);
            assertTrue(agreed(signer.key().bytes(), message, signature));
            signature[random.nextInt(64)] ^= (byte) (1 << random.nextInt(8));
            assertFalse(agreed(signer.key().bytes(), message, signature));
        }
    }

    @Test
    void noiseIsReadAlike() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 60; i++) {
            byte[] signature = bytes(random, 64);
            signature[63] &= 0x1f;
            byte[] key = bytes(random, 32);
            assertFalse(agreed(key, bytes(random, 10), signature));
        }
    }

    /** Every key and R is one of order L plus one of eight of small order; S fits the equation with the cofactor. */
    @Test
    void pointsWithAPartOfSmallOrderAreReadAlike() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        int held = 0;
        for (int ofKey = 0; ofKey < 8; ofKey++) {
            for (int ofR = 0; ofR < 8; ofR++) {
                BigInteger secret = number(bytes(random, 32)).mod(L);
                BigInteger nonce = number(bytes(random, 32)).mod(L);
                byte[] key = BASE.times(secret)
                        .plus(EIGHTH.times(BigInteger.valueOf(ofKey)))
                        .encode();
                byte[] r = BASE.times(nonce)
                        .plus(EIGHTH.times(BigInteger.valueOf(ofR)))
                        .encode();
                byte[] message = {(byte) ofKey, (byte) ofR};
                held += agreed(key, message, signature(key, r, secret, nonce, message)) ? 1 : 0;
            }
        }
        // Of mixed keys, as many as have k times their part of small order equal to R's; of clean ones, just clean R.
        assertTrue(held >= 1 && held < 32, held + " held");
    }

    private static byte[] signature(byte[] key, byte[] r, BigInteger secret, BigInteger nonce, byte[] message)
            throws GeneralSecurityException {
        MessageDigest sha = MessageDigest.getInstance("SHA-512");
        sha.update(r);
        sha.update(key);
        BigInteger k = number(sha.digest(message)).mod(L);
        byte[] signature = Arrays.copyOf(r, 64);
        System.arraycopy(little(nonce.add(k.multiply(secret)).mod(L)), 0, signature, 32, 32);
        return signature;
    }

    /** y of 0 to 18 more than p, x = 0 with a sign, S of L and more: as key and as R. */
    @Test
    void whatIsNotCanonicalIsReadAlike() throws Exception {
        List<byte[]> odd = new ArrayList<>();
        for (int i = 0; i < 19; i++) {
            for (int sign : new int[] {0, 0x80}) {
                for (BigInteger y : List.of(P.add(BigInteger.valueOf(i)), BigInteger.valueOf(i))) {
                    byte[] bytes = little(y);
                    bytes[31] |= (byte) sign;
                    odd.add(bytes);
                }
            }
        }
        odd.add(little(P.subtract(BigInteger.ONE)));
        byte[] signed = little(P.subtract(BigInteger.ONE));
        signed[31] |= (byte) 0x80;
        odd.add(signed);
        NodeSigner signer = NodeSigner.ofSeed(new byte[32]);
        byte[] message = {1, 2, 3};
        int held = 0;
        for (byte[] point : odd) {
            byte[] alone = Arrays.copyOf(point, 64);
            held += agreed(point, message, alone) ? 1 : 0;
            agreed(signer.key().bytes(), message, alone);
            byte[] neutral = new byte[64];
            neutral[0] = 1;
            held += agreed(point, message, neutral) ? 1 : 0;
        }
        assertTrue(held > 0, "some keys of small order hold for S = 0");
        byte[] good = signer.sign(message);
        for (BigInteger more : List.of(L, L.shiftLeft(1), L.shiftLeft(2), L.multiply(BigInteger.valueOf(15)))) {
            byte[] twin = good.clone();
            System.arraycopy(little(number(Arrays.copyOfRange(good, 32, 64)).add(more)), 0, twin, 32, 32);
            assertFalse(agreed(signer.key().bytes(), message, twin));
        }
    }

    @Test
    void theFieldAgreesWithPlainNumbers() {
        SplittableRandom random = new SplittableRandom(4);
        List<BigInteger> numbers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            numbers.add(BigInteger.valueOf(i));
            numbers.add(P.subtract(BigInteger.valueOf(i + 1L)));
            numbers.add(number(bytes(random, 32)).mod(P));
            numbers.add(BigInteger.TWO.pow(13 * i).subtract(BigInteger.ONE).mod(P));
        }
        for (BigInteger a : numbers) {
            long[] fa = Field25519.of(a);
            assertArrayEquals(little(a), Field25519.bytes(fa));
            assertArrayEquals(fa, Field25519.ofBytes(little(a)));
            BigInteger inverse = a.signum() == 0 ? a : a.modInverse(P);
            assertArrayEquals(little(inverse), Field25519.bytes(Field25519.inverse(fa)));
            for (BigInteger b : numbers) {
                check(a, b);
            }
        }
    }

    /** Products of the largest limbs that are allowed: of sums and differences, and of three terms. */
    private static void check(BigInteger a, BigInteger b) {
        long[] fa = Field25519.of(a);
        long[] fb = Field25519.of(b);
        long[] sum = new long[5];
        long[] difference = new long[5];
        long[] out = new long[5];
        Field25519.add(sum, fa, fb);
        Field25519.add(sum, sum, fa);
        Field25519.sub(difference, fa, fb);
        Field25519.sub(difference, difference, fb);
        BigInteger plain = a.add(a).add(b);
        BigInteger less = a.subtract(b).subtract(b);
        Field25519.mul(out, sum, difference);
        assertArrayEquals(little(plain.multiply(less).mod(P)), Field25519.bytes(out));
        Field25519.square(out, difference);
        assertArrayEquals(little(less.multiply(less).mod(P)), Field25519.bytes(out));
        assertArrayEquals(little(less.mod(P)), Field25519.bytes(difference));
    }
}
