package assay.core.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BillTest {
    @Test
    void billsWorkedOutByHand() {
        PriceList price = new PriceList(1, 500_000, 100_000, 1_250_000);
        // 44 * 0.5 + 96 * 1.25 = 142; 44 of which 13 cached: 31 * 0.5 + 13 * 0.1 + 120 = 136.8, rounded up.
        assertEquals(142, Bill.of(price, new Usage(44, 0, 96)));
        assertEquals(137, Bill.of(price, new Usage(44, 13, 96)));
        assertEquals(0, Bill.of(new PriceList(1, 0, 0, 0), new Usage(44, 0, 96)));
        assertEquals(1, Bill.of(new PriceList(1, 1, 0, 0), new Usage(1, 0, 0)));
    }

    /** Against decimal arithmetic: never below the exact price, and less than a micro-unit above it. */
    @Test
    void theBillIsTheExactPriceRoundedUp() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 5000; i++) {
            int prompt = 1 + random.nextInt(Integer.MAX_VALUE - 1);
            Usage usage = new Usage(prompt, random.nextInt(prompt), random.nextInt(Integer.MAX_VALUE));
            PriceList p = new PriceList(0, price(random), price(random), price(random));
            BigDecimal exact = times(usage.prompt() - usage.cached(), p.prompt())
                    .add(times(usage.cached(), p.cached()))
                    .add(times(usage.completion(), p.completion()));
            BigDecimal over = BigDecimal.valueOf(Bill.of(p, usage)).subtract(exact);
            assertTrue(over.signum() >= 0 && over.compareTo(BigDecimal.ONE) < 0, usage + " " + p);
        }
    }

    @Test
    void impossibleUsageAndPricesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Usage(1, 2, 0));
        assertThrows(IllegalArgumentException.class, () -> new Usage(0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new PriceList(0, -1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new PriceList(0, PriceList.PRICE_MAX + 1, 0, 0));
    }

    private static long price(SplittableRandom random) {
        return random.nextLong(PriceList.PRICE_MAX) >> random.nextInt(40);
    }

    private static BigDecimal times(int tokens, long price) {
        return BigDecimal.valueOf(tokens).multiply(BigDecimal.valueOf(price)).movePointLeft(6);
    }
}
