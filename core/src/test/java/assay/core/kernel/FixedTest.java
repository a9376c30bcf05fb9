package assay.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FixedTest {
    /** Against exact decimals: floor(x / 2^s + 1/2). */
    @Test
    void rdivRoundsHalvesUp() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20000; i++) {
            int s = random.nextInt(1, 63);
            long x = random.nextLong() >> random.nextInt(2, 60);
            BigDecimal exact = new BigDecimal(x)
                    .divide(new BigDecimal(BigInteger.ONE.shiftLeft(s)))
                    .add(new BigDecimal("0.5"));
            assertEquals(exact.setScale(0, RoundingMode.FLOOR).longValueExact(), Fixed.rdiv(x, s), x + " >> " + s);
        }
        assertEquals(40, Fixed.rdiv(10, -2));
        assertEquals(0, Fixed.rdiv(Long.MAX_VALUE, 63));
        assertEquals(-1, Fixed.rdiv(-3, 1));
        assertEquals(2, Fixed.rdiv(3, 1));
    }

    @Test
    void isqrtIsTheFloorOfTheRoot() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 20000; i++) {
            long n = random.nextLong() >>> random.nextInt(2, 63);
            assertEquals(BigInteger.valueOf(n).sqrt().longValueExact(), Fixed.isqrt(n));
        }
        long r = (1L << 31) - 1;
        assertEquals(r, Fixed.isqrt((1L << 62) - 1));
        assertEquals(r - 1, Fixed.isqrt(r * r - 1));
    }

    @Test
    void clampAndBitsAreSymmetric() {
        assertEquals(4095, Fixed.clamp(9999, 13));
        assertEquals(-4095, Fixed.clamp(-9999, 13));
        assertEquals(13, Fixed.bits(-4096));
        assertEquals(0, Fixed.bits(0));
        assertEquals(-Fixed.SAT, Fixed.sat(Long.MIN_VALUE + 1));
    }
}
