package assay.engine.fast;

import assay.core.kernel.Attention.Exponents;
import assay.core.kernel.Fixed;
import assay.core.kernel.Tables;
import java.util.Arrays;

/**
 * Causal softmax attention of many heads and positions; the bits of {@link assay.core.kernel.Attention}.
 *
 * <p>Four or eight queries that share a KV head are worked on at once: they are the units (position, head of the
 * group) in order. One instance serves one thread; threads take ranges of units.
 */
public final class Attention {
    /** Queries at once, when there are no more: decoding. */
    static final int QUAD = 4;

    /** Queries at once, when there are many. */
    static final int OCT = 8;

    /** p is 0 from a distance of 17 halvings on. */
    private static final int FAR = 17 * 256;

    private final int heads;
    private final int headSize;
    private final long c;
    private final int[] weights = new int[FAR + 1];
    private final double[] queries;
    private final double[] sums;
    private final long[] totals = new long[OCT];
    private double[] scores = new double[0];
    private double[] shares = new double[0];
    private int[] distances = new int[0];

    /**
     * Buffers for one thread.
     *
     * @param heads query heads
     * @param c rint(log2(e)/sqrt(hd) * 2^16)
     */
    public Attention(int heads, int headSize, long c, Tables tables) {
        this.heads = heads;
        this.headSize = headSize;
        this.c = c;
        this.queries = new double[headSize * OCT];
        this.sums = new double[(headSize + 15) / 16 * 16 * OCT];
        for (int u = 0; u < FAR; u++) {
            weights[u] = (int) Fixed.rdiv(tables.exp2(u & 255), u >> 8);
        }
    }

    /** Units of a run of positions: what ranges are taken of. */
    public static int units(int heads, int positions) {
        return heads * positions;
    }

    /**
     * Attends for units from up to to, ordered by (KV head, position, head of the group).
     *
     * @param cache holds K and V of positions 0 to first + positions - 1
     * @param q (positions, heads * hd) at f.q()
     * @param at where the first row starts in q and in out
     * @param first position of the first row
     * @param out (positions, heads * hd) at 16, the units' parts are set
     */
    public void apply(
            KvCache cache,
            int layer,
            short[] q,
            int at,
            int first,
            int positions,
            Exponents f,
            int[] out,
            int from,
            int to) {
        int group = heads / cache.kvHeads();
        int perHead = group * positions;
        for (int unit = from; unit < to; ) {
            int kvHead = unit / perHead;
            int in = unit % perHead;
            int count = Math.min(Math.min(OCT, to - unit), perHead - in);
            int width = perHead <= QUAD ? QUAD : OCT; // what is left over of eights is not worth a kernel of its own
            some(cache, layer, q, at, first, f, out, kvHead, group, in, count, width);
            unit += count;
        }
    }

    /** Up to eight units of one KV head. */
    private void some(
            KvCache cache,
            int layer,
            short[] q,
            int base,
            int first,
            Exponents f,
            int[] out,
            int kvHead,
            int group,
            int in,
            int count,
            int width) {
        Arrays.fill(queries, 0.0);
        for (int n = 0; n < count; n++) {
            int at = base + row(kvHead, group, in + n);
            for (int i = 0; i < headSize; i++) {
                queries[i * width + n] = q[at + i];
            }
        }
        int length = first + (in + count - 1) / group + 1;
        int room = (length + KvCache.PAGE - 1) / KvCache.PAGE * KvCache.PAGE;
        if (distances.length < room) {
            scores = new double[room * OCT * 2];
            shares = new double[room * OCT * 2];
            distances = new int[room * 2];
        }
        for (int p = 0; p < length; p += KvCache.BLOCK) {
            short[] keys = cache.keys(layer, p / KvCache.PAGE);
            int k = cache.keyIndex(kvHead, p);
            if (width == QUAD) {
                Heads.scores(keys, k, headSize, queries, scores, p, room);
            } else {
                Heads.scoresOfEight(keys, k, headSize, queries, scores, p, room);
            }
        }
        for (int n = 0; n < width; n++) {
            int valid = n < count ? first + (in + n) / group + 1 : 0;
            totals[n] = softmax(n * room, valid, f.q() + f.k() + 8);
            Arrays.fill(shares, n * room + valid, n * room + length, 0.0);
        }
        Arrays.fill(sums, 0.0);
        int padded = cache.paddedSize();
        for (int p = 0; p < length; p += KvCache.PAGE) {
            short[] values = cache.values(layer, p / KvCache.PAGE);
            int v = cache.valueIndex(kvHead, p);
            int positions = Math.min(KvCache.PAGE, length - p);
            if (width == QUAD) {
                Heads.values(values, v, positions, padded, shares, p, room, sums);
            } else {
                Heads.valuesOfEight(values, v, positions, padded, shares, p, room, sums);
            }
        }
        for (int n = 0; n < count; n++) {
            divide(sums, n * padded, headSize, f.v() - 16, totals[n], out, base + row(kvHead, group, in + n));
        }
    }

    /**
     * {@code out = floorDiv(2 * rdiv(sum, s) + z, 2z)}.
     *
     * <p>The quotient of doubles is off by less than one since it is below 2^32; the remainder says which way.
     */
    private static void divide(double[] sums, int from, int count, int s, long z, int[] out, int to) {
        int left = Math.max(0, -s);
        int right = Math.max(0, s);
        long half = right == 0 ? 0 : 1L << (right - 1);
        long divisor = 2 * z;
        for (int i = 0; i < count; i++) {
            long n = 2 * ((((long) sums[from + i] + half) >> right) << left) + z;
            long quotient = (long) ((double) n / (double) divisor);
            long rest = n - quotient * divisor;
            // Truncation and rounding leave a rest from -divisor to divisor.
            quotient += (rest >> 63) - ((divisor - 1 - rest) >> 63);
            out[to + i] = (int) quotient;
        }
    }

    /** Index of a unit's first channel in q and out. */
    private int row(int kvHead, int group, int unit) {
        return (unit / group * heads + kvHead * group + unit % group) * headSize;
    }

    /** Shares of the first {@code valid} scores from {@code at} on; returns their sum. */
    private long softmax(int at, int valid, int shift) {
        if (valid == 0) {
            return 0;
        }
        double max = Heads.max(scores, at, valid);
        distances(scores, at, valid, max, shift >= 63 ? 0 : c, Math.min(shift, 62), distances);
        long z = 0;
        for (int j = 0; j < valid; j++) {
            int p = weights[distances[j]];
            shares[at + j] = p;
            z += p;
        }
        return z;
    }

    /** {@code u = min(rdiv((max - score) * c, s), FAR)}; a loop that the compiler turns into vector code. */
    private static void distances(double[] scores, int at, int count, double max, long c, int s, int[] out) {
        long half = 1L << (s - 1);
        for (int j = 0; j < count; j++) {
            out[j] = (int) Math.min(((long) (max - scores[at + j]) * c + half) >> s, FAR);
        }
    }
}
