package assay.core.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AmountTest {
    @Test
    void textIsUnitsWithSixDigits() throws Exception {
        assertEquals("0.000143", Amount.ofMicro(143).toString());
        assertEquals("1000000000000.000000", new Amount(Amount.MAX_MICRO).toString());
        assertEquals(Amount.ofMicro(1_500_000), Amount.parse("1.5"));
        assertEquals(Amount.ofMicro(7), Amount.parse("0.000007"));
    }

    @Test
    void anythingElseIsNoAmount() {
        for (String bad : new String[] {"", ".", "1.", ".5", "-1", "1.0000001", "1e3", "1,5", "9999999999999", "1 "}) {
            assertThrows(MalformedException.class, () -> Amount.parse(bad), bad);
        }
        assertThrows(IllegalArgumentException.class, () -> new Amount(-1));
        assertThrows(IllegalArgumentException.class, () -> Amount.ofMicro(1).minus(Amount.ofMicro(2)));
        Amount most = new Amount(Amount.MAX_MICRO);
        assertThrows(IllegalArgumentException.class, () -> most.plus(Amount.ofMicro(1)));
    }

    @Test
    void shareAgreesWithBigIntegers() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            long micro = random.nextLong(Amount.MAX_MICRO + 1) >> random.nextInt(60);
            int parts = random.nextInt(Amount.MILLION + 1);
            BigInteger expected = BigInteger.valueOf(micro)
                    .multiply(BigInteger.valueOf(parts))
                    .divide(BigInteger.valueOf(Amount.MILLION));
            assertEquals(
                    expected.longValueExact(),
                    Amount.ofMicro(micro).share(parts).micro());
        }
        assertEquals(
                Amount.MAX_MICRO,
                new Amount(Amount.MAX_MICRO).share(Amount.MILLION).micro());
    }
}
