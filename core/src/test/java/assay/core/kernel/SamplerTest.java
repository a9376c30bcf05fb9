package assay.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final Tables TABLES = Tables.standard();
    private static final Hash PROMPT = Hash.sha256(new byte[] {1});

    private static Sampling sampling(double t, int topK, double topP, double minP) {
        return new Sampling(t, topK, topP, minP, 0, 0, new TreeMap<>(), 100, List.of(), 1, false, 0);
    }

    private static Sampler sampler(Sampling s, long seed, int vocabulary) {
        return new Sampler(s, seed, PROMPT, 0, vocabulary, new BitSet(), TABLES);
    }

    private static int[] logits(SplittableRandom random, int n, int spread) {
        int[] logits = new int[n];
        for (int i = 0; i < n; i++) {
            logits[i] = random.nextInt(-spread, spread) & ~0xfff; // many ties
        }
        return logits;
    }

    /** Straight from the specification's text, with big integers and a full sort. */
    private static int pickSlowly(int[] logits, Sampling s, long seed, int position) {
        long max = Long.MIN_VALUE;
        for (int l : logits) {
            max = Math.max(max, l);
        }
        long rT = (long) Math.rint(0x1p16 / s.temperature());
        record Weighted(int id, long w) {}
        List<Weighted> all = new ArrayList<>();
        for (int id = 0; id < logits.length; id++) {
            BigInteger scaled = rdiv(BigInteger.valueOf(max - logits[id]).multiply(BigInteger.valueOf(rT)), 16);
            long u = rdiv(scaled.multiply(BigInteger.valueOf(94548)), 20).longValueExact();
            int shift = (int) Math.min(u >> 12, 62);
            BigInteger table = BigInteger.valueOf(TABLES.exp2Sampler(u & 4095));
            all.add(new Weighted(
                    id, shift == 0 ? table.longValueExact() : rdiv(table, shift).longValueExact()));
        }
        all.sort(Comparator.comparingLong((Weighted w) -> -w.w).thenComparingInt(w -> w.id));
        List<Weighted> kept = s.topK() > 0 ? all.subList(0, Math.min(s.topK(), all.size())) : all;
        long minimum = (long) Math.rint(s.minP() * 65536) * kept.get(0).w;
        kept = kept.stream().filter(w -> w.w << 16 >= minimum).toList();
        BigInteger total = BigInteger.valueOf(kept.stream().mapToLong(w -> w.w).sum());
        BigInteger share = total.multiply(BigInteger.valueOf((long) Math.rint(s.topP() * 65536)));
        List<Weighted> nucleus = new ArrayList<>();
        BigInteger sum = BigInteger.ZERO;
        for (Weighted w : kept) {
            nucleus.add(w);
            sum = sum.add(BigInteger.valueOf(w.w));
            if (sum.shiftLeft(16).compareTo(share) >= 0) {
                break;
            }
        }
        nucleus.sort(Comparator.comparingInt(w -> w.id));
        byte[] message = ByteBuffer.allocate(48)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(seed)
                .put(PROMPT.bytes())
                .putInt(0)
                .putInt(position)
                .array();
        BigInteger draw = new BigInteger(1, Hash.tagged("assay/draw/1", message).bytes()).shiftRight(192);
        BigInteger z = BigInteger.valueOf(nucleus.stream().mapToLong(w -> w.w).sum());
        long target = draw.multiply(z).shiftRight(64).longValueExact();
        for (Weighted w : nucleus) {
            target -= w.w;
            if (target < 0) {
                return w.id;
            }
        }
        throw new AssertionError();
    }

    private static BigInteger rdiv(BigInteger x, int s) {
        return x.add(BigInteger.ONE.shiftLeft(s - 1)).shiftRight(s);
    }

    @Test
    void picksAsTheSpecificationSaysForManyParameters() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 3000; i++) {
            int[] logits = logits(random, random.nextInt(1, 300), 1 << random.nextInt(13, 24));
            double t = List.of(1.0, 0.7, 0.05, 2.0).get(random.nextInt(4));
            int topK = List.of(0, 1, 5, 400).get(random.nextInt(4));
            double topP = List.of(1.0, 0.9, 0.3, 1e-9).get(random.nextInt(4));
            double minP = List.of(0.0, 0.05, 1.0).get(random.nextInt(3));
            Sampling s = sampling(t, topK, topP, minP);
            long seed = random.nextLong();
            assertEquals(
                    pickSlowly(logits, s, seed, i),
                    sampler(s, seed, logits.length).pick(logits, 0, i),
                    s + " seed " + seed);
        }
    }

    @Test
    void temperatureZeroTakesTheLowestIdOfTheLargest() {
        Sampling s = Sampling.greedy(5);
        assertEquals(2, sampler(s, 0, 5).pick(new int[] {-9, 3, 7, 7, 1}, 0, 0));
        BitSet masked = new BitSet();
        masked.set(2);
        assertEquals(3, new Sampler(s, 0, PROMPT, 0, 5, masked, TABLES).pick(new int[] {-9, 3, 7, 7, 1}, 0, 0));
    }

    @Test
    void frequenciesOfManyDrawsFollowSoftmax() {
        int[] logits = {0, 65536, 2 * 65536, -65536};
        int[] counts = new int[4];
        Sampler sampler = sampler(sampling(1, 0, 1, 0), 42, 4);
        int draws = 40000;
        for (int i = 0; i < draws; i++) {
            counts[sampler.pick(logits, 0, i)]++;
        }
        double z = 1 + Math.E + Math.E * Math.E + 1 / Math.E;
        double[] p = {1 / z, Math.E / z, Math.E * Math.E / z, 1 / Math.E / z};
        for (int i = 0; i < 4; i++) {
            double sigma = Math.sqrt(draws * p[i] * (1 - p[i]));
            assertEquals(draws * p[i], counts[i], 4.5 * sigma);
        }
    }

    @Test
    void penaltiesAndBiasMoveScores() {
        TreeMap<Integer, Double> bias = new TreeMap<>();
        bias.put(1, 1.0);
        Sampling s = new Sampling(0, 0, 1, 0, 0.5, 0.25, bias, 9, List.of(), 1, false, 0);
        Sampler sampler = sampler(s, 0, 3);
        int[] logits = {50000, 0, 45000};
        assertEquals(1, sampler.pick(logits, 0, 0));
        Hash before = sampler.state();
        sampler.accept(1); // 65536 - 49152 = 16384
        assertNotEquals(before, sampler.state());
        assertEquals(0, sampler.pick(logits, 0, 1));
        sampler.accept(0); // 50000 - 49152 = 848
        assertEquals(2, sampler.pick(logits, 0, 2));
    }

    @Test
    void logprobsAgreeWithDoublesToTheirResolution() {
        SplittableRandom random = new SplittableRandom(5);
        int[] logits = logits(random, 1000, 1 << 20);
        Sampler sampler = sampler(sampling(1, 0, 1, 0), 1, logits.length);
        int[] best = sampler.best(logits, 0, 20);
        long[] exact = sampler.logprobs(logits, 0, best);
        double max = logits[best[0]] / 65536.0;
        double z = 0;
        for (int l : logits) {
            z += Math.exp(l / 65536.0 - max);
        }
        for (int i = 0; i < best.length; i++) {
            double want = logits[best[i]] / 65536.0 - max - Math.log(z);
            assertEquals(want, exact[i] / 65536.0, 5e-4);
            assertTrue(i == 0 || logits[best[i - 1]] >= logits[best[i]]);
        }
    }
}
