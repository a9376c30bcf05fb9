package assay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AgreementTest {
    @Test
    void theSameLogitsAgreeWhateverTheirOffset() {
        Agreement agreement = new Agreement();
        agreement.add(new double[] {1, 2, 3}, new double[] {101, 102, 103}, 0);
        Agreement.Summary s = agreement.summary();
        assertEquals(0, s.kl(), 1e-12);
        assertEquals(1, s.sameTop());
        assertEquals(1, s.perplexityRatio(), 1e-12);
        // -ln(e / (e + e^2 + e^3))
        assertEquals(2.4076059644443806, s.nll(), 1e-12);
    }

    @Test
    void knownDistributionsHaveTheirKnownDivergence() {
        // p = (3/4, 1/4), q = (1/2, 1/2): D = 3/4 ln(3/2) + 1/4 ln(1/2).
        Agreement agreement = new Agreement();
        agreement.add(new double[] {Math.log(3), 0}, new double[] {5, 5}, 1);
        assertEquals(
                0.75 * Math.log(1.5) - 0.25 * Math.log(2), agreement.summary().kl(), 1e-12);
        assertEquals(Math.log(4), agreement.summary().referenceNll(), 1e-12);
        assertEquals(Math.log(2), agreement.summary().nll(), 1e-12);
        assertEquals(0.5, agreement.summary().perplexityRatio(), 1e-12);
    }

    @Test
    void aLostTieIsToldFromAnErrorThatMatters() {
        Agreement agreement = new Agreement();
        agreement.add(new double[] {1, 5, 4.95}, new double[] {1, 4.95, 5}, 0); // a tie, lost
        agreement.add(new double[] {5, 1, 4.95}, new double[] {5, 1, 4.95}, 0); // a tie, kept
        agreement.add(new double[] {3, 1, 2}, new double[] {3, 1, 2}, 0);
        agreement.add(new double[] {3, 1, 2}, new double[] {2, 1, 3}, 0); // no tie, lost by 1
        Agreement.Summary s = agreement.summary();
        assertEquals(0.5, s.sameTop());
        assertEquals(0.5, s.ties());
        assertEquals(0.5, s.sameTopElsewhere());
        assertEquals(1, s.widestLost(), 1e-12);
    }

    @Test
    void textsAddUpByPositions() {
        SplittableRandom random = new SplittableRandom(5);
        Agreement whole = new Agreement();
        Agreement first = new Agreement();
        Agreement second = new Agreement();
        for (int i = 0; i < 9; i++) {
            double[] p = random.doubles(7, -3, 3).toArray();
            double[] q = random.doubles(7, -3, 3).toArray();
            whole.add(p, q, i % 7);
            (i < 4 ? first : second).add(p, q, i % 7);
        }
        first.addAll(second);
        assertEquals(whole.summary().positions(), first.summary().positions());
        assertEquals(whole.summary().kl(), first.summary().kl(), 1e-12);
        assertEquals(whole.summary().nll(), first.summary().nll(), 1e-12);
        assertTrue(whole.summary().kl() > 0);
    }
}
