package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.ledger.state.Params;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The formulas of docs/protocol/economics.md, held against their own inequality in exact fractions. */
class RatesTest {
    private static final Params SHARED = Params.shared();
    private static final long MACS = Params.Costs.REFERENCE_MACS;

    @Test
    void theWorkedExample() {
        Params.Audits a = World.sampled(2, 5).audits();
        Amount burned = Rates.burned(Amount.ofUnits(100), a);
        assertEquals(Amount.ofUnits(5), burned);
        assertEquals(Amount.ofMicro(2_500_000), Rates.riskMax(Amount.ofUnits(100), a));
        int d = Rates.detection(333_333, 2);
        assertEquals(888_889, d);
        long step = Rates.step(burned, d, 2);
        assertEquals(2_222_222, step);
        assertEquals(450, Rates.chance(Amount.ofMicro(1_000), step), "a receipt of 1000: 0.045 %");
        assertEquals(1_000_000, Rates.chance(Amount.ofMicro(2_222_222), step));
    }

    @Test
    void aCheatLosesAtLeastKappaTimesWhatItCanGain() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 100_000; i++) {
            int kappa = 2 + random.nextInt(8);
            Amount bonded = Amount.ofMicro(random.nextLong(1L << random.nextInt(20, 60)));
            Params.Audits a = new Params.Audits(
                    false, 1, 1, 1 + random.nextInt(Params.Audits.SLASH_MAX), 0, kappa, random.nextInt(999_999), 1);
            int k = 1 + random.nextInt(8);
            int d = Rates.detection(a.linkedFloor(), k);
            Amount burned = Rates.burned(bonded, a);
            long step = Rates.step(burned, d, kappa);
            long most = Math.max(1, Rates.riskMax(bonded, a).micro());
            BigInteger s = BigInteger.valueOf(1 + random.nextLong(most));
            // p·d·S_b ≥ κ·s with p = min(1, s/step), unless p = 1; and never less than s even then.
            BigInteger loss = s.min(BigInteger.valueOf(step))
                    .multiply(BigInteger.valueOf(d))
                    .multiply(BigInteger.valueOf(burned.micro()));
            BigInteger unit = BigInteger.valueOf(step).multiply(BigInteger.valueOf(1_000_000));
            boolean certain = s.compareTo(BigInteger.valueOf(step)) >= 0;
            if (burned.micro() > 0 && d > 0 && step > 1) {
                assertTrue(
                        certain
                                || loss.compareTo(s.multiply(BigInteger.valueOf(kappa))
                                                .multiply(unit))
                                        >= 0,
                        () -> "kappa " + kappa + ", d " + d + ", S_b " + burned + ", s " + s);
            }
        }
    }

    @Test
    void detectionIsOneMinusTheLinkedShareToTheK() {
        for (int ppm : new int[] {0, 1, 333_333, 500_000, 999_999}) {
            for (int k = 1; k <= 8; k++) {
                BigInteger rk = BigInteger.valueOf(ppm).pow(k);
                BigInteger whole = BigInteger.valueOf(1_000_000).pow(k);
                BigInteger exact = whole.subtract(rk)
                        .multiply(BigInteger.valueOf(1_000_000))
                        .divide(whole);
                int d = Rates.detection(ppm, k);
                assertTrue(d <= exact.intValueExact() && d >= exact.intValueExact() - k, ppm + "^" + k + ": " + d);
            }
        }
    }

    @Test
    void everyStretchIsHitAsOftenAsItIsLong() {
        for (long step = 1; step <= 12; step++) {
            for (long from = 0; from <= 30; from++) {
                for (long to = from; to <= 40; to++) {
                    int hits = 0;
                    for (long offset = 0; offset < step; offset++) {
                        boolean expected = false;
                        for (long point = offset; point < to; point += step) {
                            expected |= point >= from;
                        }
                        assertEquals(expected, Batches.isHit(from, to, offset, step));
                        hits += expected ? 1 : 0;
                    }
                    assertEquals(Math.min(step, to - from), hits, "of " + step + " offsets");
                }
            }
        }
    }

    @Test
    void nobodyEarnsByBeingDrawn() {
        SplittableRandom random = new SplittableRandom(12);
        for (int i = 0; i < 100_000; i++) {
            Amount amount = Amount.ofMicro(random.nextLong(1L << random.nextInt(1, 50)));
            Amount insured = random.nextInt(3) == 0 ? Amount.ofMicro(random.nextLong(1L << 50)) : Amount.ZERO;
            assay.ledger.state.Receipt r = new assay.ledger.state.Receipt(
                    assay.ledger.tx.Ids.NONE,
                    assay.ledger.crypto.Address.NONE,
                    assay.ledger.tx.Ids.NONE,
                    amount,
                    insured,
                    random.nextLong(1 << 20),
                    assay.ledger.tx.Ids.NONE,
                    0,
                    1,
                    assay.ledger.state.Receipt.Status.POSTED,
                    amount,
                    1,
                    0);
            long step = 1 + random.nextLong(1L << random.nextInt(1, 50));
            BigInteger fee = BigInteger.valueOf(Rates.fee(r, MACS, step, SHARED).micro());
            BigInteger paid =
                    BigInteger.valueOf(amount.share(SHARED.shares().audit()).micro());
            // p·fee ≤ share
            BigInteger drawn =
                    BigInteger.valueOf(Math.min(step, r.gain().micro())).multiply(fee);
            assertTrue(drawn.compareTo(paid.multiply(BigInteger.valueOf(step))) <= 0, () -> r + ", step " + step);
        }
    }

    @Test
    void aPriceThatDoesNotPayItsAuditsIsSeen() {
        Amount bond = Amount.ofUnits(1_000);
        assertTrue(Rates.pricePaysAudits(Amount.ofUnits(1), MACS, bond, SHARED));
        assertFalse(Rates.pricePaysAudits(Amount.ZERO, MACS, bond, SHARED));
        assertFalse(Rates.pricePaysAudits(Amount.ofUnits(1), MACS, Amount.ofMicro(1_000), SHARED), "each is drawn");
        assertTrue(Rates.pricePaysAudits(Amount.ZERO, MACS, Amount.ZERO, Params.embedded()));
    }

    @Test
    void thePublishedParametersSatisfyTheirOwnInequality() {
        // κ·s ≤ d·S_b for everything at risk together: even if all of it is one cheat, p ≤ 1 is enough.
        Amount bond = Amount.ofUnits(1_000);
        Amount burned = Rates.burned(bond, SHARED.audits());
        long risk = Rates.riskMax(bond, SHARED.audits()).micro();
        assertTrue(2 * risk <= burned.micro());
        int d = Rates.detection(SHARED.audits().linkedFloor(), SHARED.audits().perReceipt());
        long step = Rates.step(burned, d, SHARED.audits().kappa());
        // A cheat that p = 1 catches with d loses d·S_b, which must be more than what it gained.
        BigInteger certain = BigInteger.valueOf(burned.micro()).multiply(BigInteger.valueOf(d));
        assertTrue(certain.compareTo(BigInteger.valueOf(risk).multiply(BigInteger.valueOf(1_000_000))) > 0);
        assertTrue(step > 0);
    }
}
