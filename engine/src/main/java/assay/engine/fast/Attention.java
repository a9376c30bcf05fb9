package assay.engine.fast;

import assay.core.kernel.Attention.Exponents;
import assay.core.kernel.Fixed;
import assay.core.kernel.Tables;
import java.util.Arrays;

/**
 * Causal softmax attention of many heads and positions; the bits of {@link assay.core.kernel.Attention}.
 *
 * <p>Four queries that share a KV head are worked on at once: they are the units (position, head of the
 * group) in order. One instance serves one thread; threads take ranges of units.
 */
public final class Attention {
    /** Queries at once. */
    static final int QUAD = 4;

    /** p is 0 from a distance of 17 halvings on. */
    private static final int FAR = 17 * 256;

    private final int heads;
    private final int headSize;
    private final long c;
    private final double[] weights = new double[FAR + 1];
    private final double[] queries;
    private final double[] sums;
    private final long[] totals = new long[QUAD];
    private double[] scores = new double[0];
    private double[] shares = new double[0];

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
        this.queries = new double[headSize * QUAD];
        this.sums = new double[(headSize + 15) / 16 * 16 * QUAD];
        for (int u = 0; u < FAR; u++) {
            weights[u] = Fixed.rdiv(tables.exp2(u & 255), u >> 8);
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
            int count = Math.min(Math.min(QUAD, to - unit), perHead - in);
            quad(cache, layer, q, at, first, f, out, kvHead, group, in, count);
            unit += count;
        }
    }

    private void quad(
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
            int count) {
        Arrays.fill(queries, 0.0);
        for (int n = 0; n < count; n++) {
            int at = base + row(kvHead, group, in + n);
            for (int i = 0; i < headSize; i++) {
                queries[i * QUAD + n] = q[at + i];
            }
        }
        int length = first + (in + count - 1) / group + 1;
        int room = (length + KvCache.PAGE - 1) / KvCache.PAGE * KvCache.PAGE;
        if (scores.length < room * QUAD) {
            scores = new double[room * QUAD * 2];
            shares = new double[room * QUAD * 2];
        }
        for (int p = 0; p < length; p += KvCache.BLOCK) {
            Heads.scores(
                    cache.keys(layer, p / KvCache.PAGE), cache.keyIndex(kvHead, p), headSize, queries, scores, p, room);
        }
        for (int n = 0; n < count; n++) {
            totals[n] = softmax(n, n * room, first + (in + n) / group + 1, length, f.q() + f.k() + 8);
        }
        for (int n = count; n < QUAD; n++) {
            for (int j = 0; j < length; j++) {
                shares[j * QUAD + n] = 0;
            }
        }
        Arrays.fill(sums, 0.0);
        int padded = cache.paddedSize();
        for (int p = 0; p < length; p += KvCache.PAGE) {
            Heads.values(
                    cache.values(layer, p / KvCache.PAGE),
                    cache.valueIndex(kvHead, p),
                    Math.min(KvCache.PAGE, length - p),
                    padded,
                    shares,
                    p * QUAD,
                    sums);
        }
        for (int n = 0; n < count; n++) {
            long z = totals[n];
            int at = base + row(kvHead, group, in + n);
            for (int i = 0; i < headSize; i++) {
                long num = Fixed.rdiv((long) sums[n * padded + i], f.v() - 16);
                out[at + i] = (int) Math.floorDiv(2 * num + z, 2 * z);
            }
        }
    }

    /** Index of a unit's first channel in q and out. */
    private int row(int kvHead, int group, int unit) {
        return (unit / group * heads + kvHead * group + unit % group) * headSize;
    }

    /** Weights of query n over positions below {@code valid}, 0 up to length; returns their sum. */
    private long softmax(int n, int at, int valid, int length, int shift) {
        double max = scores[at];
        for (int j = 1; j < valid; j++) {
            max = Math.max(max, scores[at + j]);
        }
        long factor = shift >= 63 ? 0 : c;
        int s = Math.min(shift, 62);
        long half = 1L << (s - 1);
        double z = 0;
        for (int j = 0; j < valid; j++) {
            long u = ((long) (max - scores[at + j]) * factor + half) >> s;
            double p = weights[(int) Math.min(u, FAR)];
            shares[j * QUAD + n] = p;
            z += p;
        }
        for (int j = valid; j < length; j++) {
            shares[j * QUAD + n] = 0;
        }
        return (long) z;
    }
}
