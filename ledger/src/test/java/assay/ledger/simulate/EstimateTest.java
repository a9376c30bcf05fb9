package assay.ledger.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EstimateTest {
    @Test
    void anEstimateIsStudents() {
        // Five samples 1 to 5: mean 3, s = 1.5811, t(4) = 2.776, half = 2.776 * 1.5811 / sqrt(5) = 1.963.
        Estimate e = Estimate.of(new long[] {1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000});
        assertEquals(3_000_000, e.mean());
        assertEquals(1_963_000, e.half(), 10_000);
        assertEquals(new Estimate(7, 0), Estimate.of(new long[] {7, 7, 7, 7, 7}));
        for (long[] known : new long[][] {{4, 2_776}, {9, 2_262}, {19, 2_093}, {29, 2_045}, {99, 1_984}}) {
            assertEquals(known[1], Estimate.studentThousandths((int) known[0]), 6, "t of " + known[0]);
        }
    }

    @Test
    void aBetWinsWhatItsFormulaSays() {
        // One sample 0, most 100, mean said to be 50: 1 + bet * 50 with bet = 0.3^j / 50, averaged over four bets.
        double wealth = 0;
        for (int j = 0; j < 4; j++) {
            wealth += (1 + Math.pow(0.3, j)) / 4;
        }
        assertEquals(Math.log(wealth), Bet.logWealth(new long[] {0}, 100, 50), 1e-12);
    }

    @Test
    void withoutASingleCatchTheBoundStaysAboveNothing() {
        // Ten runs that each gained 5 and were not caught: Student's interval would say 5 exactly.
        long[] lucky = new long[10];
        Arrays.fill(lucky, 5);
        assertTrue(Bet.atMost(lucky, 10, 0.025) > 5);
        assertEquals(Long.MAX_VALUE, Bet.atMost(new long[] {11}, 10, 0.025), "11 is above the most");
    }

    @Test
    void theBoundIsTooLowAsSeldomAsItSays() {
        // A gain of 100 in 99 runs of 100, a loss of 9,900 in one: mean 0, seldom seen to be that low.
        SplittableRandom random = new SplittableRandom(21);
        int low = 0;
        int student = 0;
        for (int i = 0; i < 2_000; i++) {
            long[] samples = new long[50];
            Arrays.setAll(samples, j -> random.nextInt(100) == 0 ? -9_900 : 100);
            low += Bet.atMost(samples, 150, 0.025) < 0 ? 1 : 0;
            Estimate e = Estimate.of(samples);
            student += e.low() > 0 ? 1 : 0;
        }
        assertTrue(low <= 75, low + " of 2000 bounds lie below the mean, at most 50 should");
        assertTrue(student > 1_000, "Student's interval is wrong " + student + " times, which is why it is not used");
    }

    @Test
    void theBoundComesNearTheMeanWithEnoughSamples() {
        SplittableRandom random = new SplittableRandom(22);
        long[] samples = new long[100];
        Arrays.setAll(samples, j -> random.nextInt(10) < 3 ? -4_800 : 90);
        assertTrue(Bet.atMost(samples, 1_000, 0.025) < -500);
    }
}
