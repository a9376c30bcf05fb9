package assay.core.base;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Arithmetic modulo p = 2^255 - 19 on public numbers: it takes no care of time. A number is five limbs, lowest first,
 * each a multiple of a power of 2^51: {@code a[0] + a[1]·2^51 + … + a[4]·2^204}.
 *
 * <p>Limbs have a sign. Every product's are at most 2^51 + 2^16; factors may have any below 2^53 in magnitude, so two
 * products may be added or subtracted, and a third, before the next product. Bound: a partial product is below 2^106, its
 * upper part below 2^55; a column is the sum of five of those and five lower parts, below 2^57.5; 19 times that and
 * another column is below 2^62.
 */
final class Field25519 {
    static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    private static final int BITS = 51;
    private static final long MASK = (1L << BITS) - 1;

    private Field25519() {}

    /** A number that is not negative. */
    static long[] of(BigInteger value) {
        BigInteger rest = value.mod(P);
        long[] a = new long[5];
        for (int i = 0; i < 5; i++) {
            a[i] = rest.longValue() & MASK;
            rest = rest.shiftRight(BITS);
        }
        return a;
    }

    /** The lower 255 bits of 32 bytes, lowest first. */
    static long[] ofBytes(byte[] bytes) {
        byte[] high = new byte[32];
        for (int i = 0; i < 32; i++) {
            high[i] = bytes[31 - i];
        }
        high[0] &= 0x7f;
        long[] a = new long[5];
        BigInteger rest = new BigInteger(1, high);
        for (int i = 0; i < 5; i++) {
            a[i] = rest.longValue() & MASK;
            rest = rest.shiftRight(BITS);
        }
        return a;
    }

    /** The 32 bytes of the number in [0, p). */
    static byte[] bytes(long[] a) {
        // Twice p is added, so that no limb is negative; then p is taken off once or not at all.
        long[] t = new long[5];
        carry(t, a[0] + 2 * (MASK - 18), a[1] + 2 * MASK, a[2] + 2 * MASK, a[3] + 2 * MASK, a[4] + 2 * MASK);
        carry(t, t[0], t[1], t[2], t[3], t[4]);
        long q = 19;
        for (int i = 0; i < 5; i++) {
            q = t[i] + q >> BITS;
        }
        long over = 19 * q;
        byte[] out = new byte[32];
        for (int i = 0; i < 5; i++) {
            over += t[i];
            t[i] = over & MASK;
            over >>= BITS;
        }
        for (int bit = 0; bit < 255; bit++) {
            out[bit >> 3] |= (byte) ((t[bit / BITS] >> bit % BITS & 1) << (bit & 7));
        }
        return out;
    }

    static boolean equal(long[] a, long[] b) {
        long[] difference = new long[5];
        sub(difference, a, b);
        return isZero(difference);
    }

    static boolean isZero(long[] a) {
        return Arrays.equals(bytes(a), new byte[32]);
    }

    static boolean isOdd(long[] a) {
        return (bytes(a)[0] & 1) == 1;
    }

    static void add(long[] out, long[] a, long[] b) {
        for (int i = 0; i < 5; i++) {
            out[i] = a[i] + b[i];
        }
    }

    static void sub(long[] out, long[] a, long[] b) {
        for (int i = 0; i < 5; i++) {
            out[i] = a[i] - b[i];
        }
    }

    /** The lower 51 bits of a product. */
    private static long lo(long a, long b) {
        return a * b & MASK;
    }

    /** A product divided by 2^51, rounded down. */
    private static long hi(long a, long b) {
        return Math.multiplyHigh(a << 6, b << 7);
    }

    /** {@code out} may be a factor. */
    static void mul(long[] out, long[] a, long[] b) {
        long a0 = a[0];
        long a1 = a[1];
        long a2 = a[2];
        long a3 = a[3];
        long a4 = a[4];
        long b0 = b[0];
        long b1 = b[1];
        long b2 = b[2];
        long b3 = b[3];
        long b4 = b[4];
        long c0 = lo(a0, b0);
        long c1 = hi(a0, b0) + lo(a0, b1) + lo(a1, b0);
        long c2 = hi(a0, b1) + hi(a1, b0) + lo(a0, b2) + lo(a1, b1) + lo(a2, b0);
        long c3 = hi(a0, b2) + hi(a1, b1) + hi(a2, b0) + lo(a0, b3) + lo(a1, b2) + lo(a2, b1) + lo(a3, b0);
        long c4 = hi(a0, b3)
                + hi(a1, b2)
                + hi(a2, b1)
                + hi(a3, b0)
                + lo(a0, b4)
                + lo(a1, b3)
                + lo(a2, b2)
                + lo(a3, b1)
                + lo(a4, b0);
        long c5 = hi(a0, b4)
                + hi(a1, b3)
                + hi(a2, b2)
                + hi(a3, b1)
                + hi(a4, b0)
                + lo(a1, b4)
                + lo(a2, b3)
                + lo(a3, b2)
                + lo(a4, b1);
        long c6 = hi(a1, b4) + hi(a2, b3) + hi(a3, b2) + hi(a4, b1) + lo(a2, b4) + lo(a3, b3) + lo(a4, b2);
        long c7 = hi(a2, b4) + hi(a3, b3) + hi(a4, b2) + lo(a3, b4) + lo(a4, b3);
        long c8 = hi(a3, b4) + hi(a4, b3) + lo(a4, b4);
        long c9 = hi(a4, b4);
        carry(out, c0 + 19 * c5, c1 + 19 * c6, c2 + 19 * c7, c3 + 19 * c8, c4 + 19 * c9);
    }

    /** The same as a product with itself. */
    static void square(long[] out, long[] a) {
        long a0 = a[0];
        long a1 = a[1];
        long a2 = a[2];
        long a3 = a[3];
        long a4 = a[4];
        long c0 = lo(a0, a0);
        long c1 = hi(a0, a0) + 2 * lo(a0, a1);
        long c2 = 2 * (hi(a0, a1) + lo(a0, a2)) + lo(a1, a1);
        long c3 = 2 * (hi(a0, a2) + lo(a0, a3) + lo(a1, a2)) + hi(a1, a1);
        long c4 = 2 * (hi(a0, a3) + hi(a1, a2) + lo(a0, a4) + lo(a1, a3)) + lo(a2, a2);
        long c5 = 2 * (hi(a0, a4) + hi(a1, a3) + lo(a1, a4) + lo(a2, a3)) + hi(a2, a2);
        long c6 = 2 * (hi(a1, a4) + hi(a2, a3) + lo(a2, a4)) + lo(a3, a3);
        long c7 = 2 * (hi(a2, a4) + lo(a3, a4)) + hi(a3, a3);
        long c8 = 2 * hi(a3, a4) + lo(a4, a4);
        long c9 = hi(a4, a4);
        carry(out, c0 + 19 * c5, c1 + 19 * c6, c2 + 19 * c7, c3 + 19 * c8, c4 + 19 * c9);
    }

    private static void carry(long[] out, long r0, long r1, long r2, long r3, long r4) {
        long s1 = r1 + (r0 >> BITS);
        long s2 = r2 + (s1 >> BITS);
        long s3 = r3 + (s2 >> BITS);
        long s4 = r4 + (s3 >> BITS);
        long s0 = (r0 & MASK) + 19 * (s4 >> BITS);
        out[0] = s0 & MASK;
        out[1] = (s1 & MASK) + (s0 >> BITS);
        out[2] = s2 & MASK;
        out[3] = s3 & MASK;
        out[4] = s4 & MASK;
    }

    /** a^(p - 2), which is 1/a; 0 for 0. */
    static long[] inverse(long[] a) {
        long[] b = power(a); // a^(2^252 - 3)
        long[] a3 = new long[5];
        square(a3, a);
        mul(a3, a3, a);
        squares(b, 3); // a^(2^255 - 24)
        mul(b, b, a3); // a^(2^255 - 21)
        return b;
    }

    /** a^((p - 5) / 8) = a^(2^252 - 3). */
    static long[] power(long[] a) {
        long[] ones1 = a.clone();
        long[] ones2 = ones(ones1, 1, ones1);
        long[] ones4 = ones(ones2, 2, ones2);
        long[] ones5 = ones(ones4, 1, ones1);
        long[] ones10 = ones(ones5, 5, ones5);
        long[] ones20 = ones(ones10, 10, ones10);
        long[] ones40 = ones(ones20, 20, ones20);
        long[] ones50 = ones(ones40, 10, ones10);
        long[] ones100 = ones(ones50, 50, ones50);
        long[] ones200 = ones(ones100, 100, ones100);
        long[] ones250 = ones(ones200, 50, ones50);
        return ones(ones250, 2, ones1);
    }

    /** a to 2^shift, times b: of exponents that are rows of ones, one behind the other. */
    private static long[] ones(long[] a, int shift, long[] b) {
        long[] out = a.clone();
        squares(out, shift);
        mul(out, out, b);
        return out;
    }

    private static void squares(long[] a, int times) {
        for (int i = 0; i < times; i++) {
            square(a, a);
        }
    }
}
