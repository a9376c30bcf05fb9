package assay.ledger;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The fuzzing of {@link TransactionFuzz} in small, without Jazzer: every kind's vectors, bent at random. */
class TransactionFuzzTest {
    @Test
    void bentTransactionsAreRefusedAndBreakNothing() throws Exception {
        List<byte[]> seeds = TransactionFuzz.seeds();
        seeds.forEach(TransactionFuzz::fuzzerTestOneInput);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 5_000; i++) {
            byte[] bent = seeds.get(random.nextInt(seeds.size())).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bent[random.nextInt(bent.length)] = (byte) random.nextInt(256);
            }
            try {
                TransactionFuzz.fuzzerTestOneInput(bent);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("input " + java.util.HexFormat.of().formatHex(bent), e);
            }
        }
    }
}
