package assay.core.base;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Whether a signature is one of Ed25519 (RFC 8032, 5.1.7), by one rule to the last bit, whatever the machine and its JDK:
 *
 * <ul>
 *   <li>the key is the canonical encoding of a point: y &lt; p, on the curve, and no sign at x = 0;
 *   <li>S &lt; L;
 *   <li>[S]B - [k]A, with k = SHA-512(R ‖ A ‖ M) mod L, is encoded as exactly the bytes R: the equation without the
 *       cofactor, and nothing but the canonical encoding of R.
 * </ul>
 *
 * <p>That is what the JDK's own verifier does, some fifteen times slower; tests hold the two against one another where
 * verifiers are known to differ (Chalkias, Garillot, Nikolaenko 2020, "Taming the many EdDSAs"). Verification only: all
 * numbers are public, so nothing here takes care of time.
 */
final class Ed25519 {
    static final BigInteger L =
            BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final BigInteger D =
            BigInteger.valueOf(-121_665).multiply(BigInteger.valueOf(121_666).modInverse(Field25519.P));
    private static final long[] CURVE_D = Field25519.of(D);
    private static final long[] CURVE_2D = Field25519.of(D.shiftLeft(1));
    private static final long[] ROOT_OF_MINUS_ONE = Field25519.of(
            BigInteger.TWO.modPow(Field25519.P.subtract(BigInteger.ONE).shiftRight(2), Field25519.P));
    private static final long[] ONE = {1, 0, 0, 0, 0};

    /** Odd multiples of the base point up to 127. */
    private static final Addend[] BASE = oddMultiples(base(), 64);

    private static final int KEY_MULTIPLES = 8;

    private Ed25519() {}

    /** A point in extended coordinates (Hisil, Wong, Carter, Dawson 2008): x = X/Z, y = Y/Z, xy = T/Z. */
    private record Point(long[] x, long[] y, long[] z, long[] t) {
        static Point neutral() {
            return new Point(new long[5], ONE.clone(), ONE.clone(), new long[5]);
        }
    }

    /** A point as it is added: Y + X, Y - X, 2Z and 2dT. */
    private record Addend(long[] sum, long[] difference, long[] twiceZ, long[] t2d) {
        static Addend of(Point p) {
            Addend a = new Addend(new long[5], new long[5], new long[5], new long[5]);
            Field25519.add(a.sum, p.y, p.x);
            Field25519.sub(a.difference, p.y, p.x);
            Field25519.add(a.twiceZ, p.z, p.z);
            Field25519.mul(a.t2d, p.t, CURVE_2D);
            return a;
        }
    }

    private static Point base() {
        byte[] y = new byte[32];
        Arrays.fill(y, (byte) 0x66);
        y[0] = 0x58;
        return decode(y).orElseThrow();
    }

    /**
     * Whether {@code signature} is this key's over {@code message}.
     *
     * @param key 32 bytes
     * @param signature 64 bytes
     */
    static boolean verify(byte[] key, byte[] message, byte[] signature) {
        byte[] r = Arrays.copyOf(signature, 32);
        BigInteger s = number(Arrays.copyOfRange(signature, 32, 64));
        if (s.compareTo(L) >= 0) {
            return false;
        }
        Optional<Point> a = decode(key);
        if (a.isEmpty()) {
            return false;
        }
        BigInteger k = number(sha512(r, key, message)).mod(L);
        return Arrays.equals(encode(difference(s, k, a.get())), r);
    }

    private static byte[] sha512(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-512", e);
        }
    }

    /** The number that bytes spell, lowest first. */
    private static BigInteger number(byte[] bytes) {
        byte[] high = new byte[bytes.length];
        for (int i = 0; i < high.length; i++) {
            high[i] = bytes[high.length - 1 - i];
        }
        return new BigInteger(1, high);
    }

    /** RFC 8032, 5.1.3. */
    private static Optional<Point> decode(byte[] bytes) {
        long[] y = Field25519.ofBytes(bytes);
        byte[] canonical = Field25519.bytes(y);
        boolean sign = bytes[31] < 0;
        if (sign) {
            canonical[31] |= (byte) 0x80;
        }
        if (!Arrays.equals(canonical, bytes)) {
            return Optional.empty();
        }
        long[] square = new long[5];
        long[] u = new long[5];
        long[] v = new long[5];
        Field25519.square(square, y);
        Field25519.sub(u, square, ONE);
        Field25519.mul(v, square, CURVE_D);
        Field25519.add(v, v, ONE);
        Optional<long[]> root = rootOfRatio(u, v);
        if (root.isEmpty() || sign && Field25519.isZero(root.get())) {
            return Optional.empty();
        }
        long[] x = root.get();
        if (Field25519.isOdd(x) != sign) {
            Field25519.sub(x, new long[5], x);
        }
        long[] t = new long[5];
        Field25519.mul(t, x, y);
        return Optional.of(new Point(x, y, ONE.clone(), t));
    }

    /** x with v·x² = u, if there is one: u·v³·(u·v⁷)^((p - 5) / 8), or that times the root of -1. */
    private static Optional<long[]> rootOfRatio(long[] u, long[] v) {
        long[] v3 = new long[5];
        long[] x = new long[5];
        long[] check = new long[5];
        Field25519.square(v3, v);
        Field25519.mul(v3, v3, v);
        Field25519.square(x, v3);
        Field25519.mul(x, x, v);
        Field25519.mul(x, x, u);
        x = Field25519.power(x);
        Field25519.mul(x, x, v3);
        Field25519.mul(x, x, u);
        Field25519.square(check, x);
        Field25519.mul(check, check, v);
        if (Field25519.equal(check, u)) {
            return Optional.of(x);
        }
        Field25519.mul(x, x, ROOT_OF_MINUS_ONE);
        Field25519.square(check, x);
        Field25519.mul(check, check, v);
        return Field25519.equal(check, u) ? Optional.of(x) : Optional.empty();
    }

    private static byte[] encode(Point p) {
        long[] inverse = Field25519.inverse(p.z);
        long[] x = new long[5];
        long[] y = new long[5];
        Field25519.mul(x, p.x, inverse);
        Field25519.mul(y, p.y, inverse);
        byte[] bytes = Field25519.bytes(y);
        if (Field25519.isOdd(x)) {
            bytes[31] |= (byte) 0x80;
        }
        return bytes;
    }

    /** [s]B - [k]A, both scalars below L: one row of doublings for the two (Straus 1964), in sliding windows. */
    private static Point difference(BigInteger s, BigInteger k, Point a) {
        byte[] ofBase = slide(s, 127);
        byte[] ofKey = slide(k, 2 * KEY_MULTIPLES - 1);
        Addend[] key = oddMultiples(a, KEY_MULTIPLES);
        Point p = Point.neutral();
        Adder adder = new Adder();
        int top = ofBase.length - 1;
        while (top >= 0 && ofBase[top] == 0 && ofKey[top] == 0) {
            top--;
        }
        for (int i = top; i >= 0; i--) {
            adder.twice(p, (ofBase[i] | ofKey[i]) != 0);
            if (ofBase[i] != 0) {
                adder.add(p, BASE[Math.abs(ofBase[i]) >> 1], ofBase[i] > 0);
            }
            if (ofKey[i] != 0) {
                adder.add(p, key[Math.abs(ofKey[i]) >> 1], ofKey[i] < 0);
            }
        }
        return p;
    }

    /** p, 3p, 5p, … */
    private static Addend[] oddMultiples(Point p, int count) {
        Adder adder = new Adder();
        Point twice = new Point(p.x.clone(), p.y.clone(), p.z.clone(), p.t.clone());
        adder.twice(twice, true);
        Addend two = Addend.of(twice);
        Point at = new Point(p.x.clone(), p.y.clone(), p.z.clone(), p.t.clone());
        Addend[] multiples = new Addend[count];
        for (int i = 0; i < count; i++) {
            multiples[i] = Addend.of(at);
            adder.add(at, two, true);
        }
        return multiples;
    }

    /** Digits d, each 0 or odd and at most {@code most} in magnitude, with the sum of d[i]·2^i equal to the scalar. */
    private static byte[] slide(BigInteger scalar, int most) {
        byte[] digits = new byte[256];
        for (int i = 0; i < digits.length; i++) {
            digits[i] = (byte) (scalar.testBit(i) ? 1 : 0);
        }
        for (int i = 0; i < digits.length; i++) {
            for (int b = 1; digits[i] != 0 && i + b < digits.length && 1 << b <= 2 * most; b++) {
                int ahead = digits[i + b] << b;
                if (ahead == 0) {
                    continue;
                }
                if (digits[i] + ahead <= most) {
                    digits[i] += (byte) ahead;
                    digits[i + b] = 0;
                } else if (digits[i] - ahead >= -most) {
                    digits[i] -= (byte) ahead;
                    int carry = i + b;
                    while (digits[carry] == 1) {
                        digits[carry++] = 0;
                    }
                    digits[carry] = 1;
                } else {
                    break;
                }
            }
        }
        return digits;
    }

    /** Adds to a point in place; holds what is in between. */
    private static final class Adder {
        private final long[] a = new long[5];
        private final long[] b = new long[5];
        private final long[] c = new long[5];
        private final long[] d = new long[5];
        private final long[] e = new long[5];
        private final long[] f = new long[5];
        private final long[] g = new long[5];
        private final long[] h = new long[5];

        /** add-2008-hwcd-3: p + q, or p - q. */
        void add(Point p, Addend q, boolean positive) {
            Field25519.sub(e, p.y, p.x);
            Field25519.add(f, p.y, p.x);
            Field25519.mul(a, e, positive ? q.difference : q.sum);
            Field25519.mul(b, f, positive ? q.sum : q.difference);
            Field25519.mul(c, p.t, q.t2d);
            Field25519.mul(d, p.z, q.twiceZ);
            Field25519.sub(e, b, a);
            Field25519.sub(positive ? f : g, d, c);
            Field25519.add(positive ? g : f, d, c);
            Field25519.add(h, b, a);
            product(p, true);
        }

        /** dbl-2008-hwcd, with all signs turned. */
        void twice(Point p, boolean withT) {
            Field25519.add(e, p.x, p.y);
            Field25519.square(e, e);
            Field25519.square(a, p.x);
            Field25519.square(b, p.y);
            Field25519.square(c, p.z);
            Field25519.add(h, a, b);
            Field25519.sub(e, h, e);
            Field25519.sub(g, a, b);
            Field25519.add(f, c, c);
            Field25519.add(f, f, g);
            product(p, withT);
        }

        private void product(Point p, boolean withT) {
            Field25519.mul(p.x, e, f);
            Field25519.mul(p.y, g, h);
            Field25519.mul(p.z, f, g);
            if (withT) {
                Field25519.mul(p.t, e, h);
            }
        }
    }
}
