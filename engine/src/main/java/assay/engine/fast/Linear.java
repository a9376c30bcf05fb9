package assay.engine.fast;

import assay.engine.fast.PackedMatrix.Form;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Matrix times the vectors of many tokens; the same bits as {@link assay.core.kernel.Linear}.
 *
 * <p>One instance serves one thread: it holds the buffers. Threads share a product by taking ranges of
 * rows; nothing rounds before the end, so neither that nor the number of tokens changes a bit.
 */
public final class Linear {
    /** Tokens for which a group is unpacked at a time: 8 tiles, so that all stays in the first cache. */
    public static final int TOKENS = 64;

    /** Codes as floats; outside the heap, since a store across two cache lines takes twice as long. */
    private final MemorySegment codes = Tiles.buffer();

    private final float[] tiles = new float[TOKENS * PackedMatrix.STRIP];
    private final double[] sums = new double[TOKENS * PackedMatrix.STRIP];
    private double[] scales = new double[0];
    private int touched;

    /** Buffers for one thread. */
    public Linear() {}

    /**
     * {@code y[t][r] = sat(rdiv(z, 24 + fIn - shift_t - fOut) + bias[r])} for rows from up to to.
     *
     * @param a of w.cols() columns
     * @param bias (w.rows()) at fOut, or null
     * @param y token t's row r is set at {@code at + t * stride + r}
     * @param from a multiple of {@link PackedMatrix#STRIP}
     * @param to a multiple of it or w.rows()
     * @param first the first token, a multiple of {@link Activations#TILE}
     * @param last after the last token, a multiple of it or a.tokens()
     * @return how many outputs were saturated
     */
    public long apply(
            PackedMatrix w,
            Activations a,
            int fIn,
            int fOut,
            int @Nullable [] bias,
            int[] y,
            int at,
            int stride,
            int from,
            int to,
            int first,
            int last) {
        if (a.cols() != w.cols()
                || first < 0
                || first % Activations.TILE != 0
                || last > a.tokens()
                || (last % Activations.TILE != 0 && last != a.tokens())) {
            throw new IllegalArgumentException("tokens " + first + " to " + last + " of " + a.tokens() + ", columns "
                    + w.cols() + " times " + a.cols());
        }
        if (from < 0
                || from % PackedMatrix.STRIP != 0
                || to > w.rows()
                || (to % PackedMatrix.STRIP != 0 && to != w.rows())) {
            throw new IllegalArgumentException("rows " + from + " to " + to + " of " + w.rows());
        }
        if (from >= to) {
            return 0;
        }
        int need = 2 * w.groups() * Scales.GROUP;
        if (scales.length < need) {
            scales = new double[need];
        }
        if (a.tiled() && w.form().scaleLines > 0) {
            return strips(w, a, 24 + fIn - fOut, bias, y, at, stride, from, to, first, last);
        }
        long saturated = 0;
        for (int t = first; t < last; t++) {
            saturated += blocks(w, a, t, 24 + fIn - fOut - a.shift(t), bias, y, at + t * stride, from, to);
        }
        return saturated;
    }

    /** One token: pairs of blocks that lie half the range apart. */
    private long blocks(
            PackedMatrix w, Activations a, int t, int s, int @Nullable [] bias, int[] y, int at, int from, int to) {
        int first = from / 16;
        int last = (to + 15) / 16;
        int half = (last - first + 1) / 2;
        long saturated = 0;
        for (int b = first; b < first + half; b++) {
            int other = Math.min(b + half, last - 1);
            double unit = pair(w, a, t, w.offset(b), w.offset(other));
            saturated += Rounding.finish(sums, 0, Math.min(16, to - 16 * b), unit, s, bias, 16 * b, y, at + 16 * b);
            if (other == b + half) {
                saturated += Rounding.finish(
                        sums, 16, Math.min(16, to - 16 * other), unit, s, bias, 16 * other, y, at + 16 * other);
            }
        }
        return saturated;
    }

    /**
     * The exact sums of one token, before anything is rounded: {@code z_r = sum_k W[r,k] * a[k]}, all rows.
     *
     * @param a one token of w.cols() columns
     * @param z (w.rows()), |z| &lt; 2^52
     */
    public void sums(PackedMatrix w, Activations a, long[] z) {
        if (a.tokens() != 1 || a.cols() != w.cols() || z.length != w.rows()) {
            throw new IllegalArgumentException(a.tokens() + " tokens of " + a.cols() + " columns, " + w.cols()
                    + " columns, sums for " + z.length + " of " + w.rows() + " rows");
        }
        int need = 2 * w.groups() * Scales.GROUP;
        if (scales.length < need) {
            scales = new double[need];
        }
        int last = (w.rows() + 15) / 16;
        for (int b = 0; b < last; b += 2) {
            double scale = Math.scalb(pair(w, a, 0, w.offset(b), w.offset(Math.min(b + 1, last - 1))), 24);
            for (int i = 0; i < Math.min(32, w.rows() - 16 * b); i++) {
                z[16 * b + i] = (long) (sums[i] * scale);
            }
        }
    }

    /** Sums of two blocks; returns what they have to be multiplied with. */
    private double pair(PackedMatrix w, Activations a, int t, int o, int p) {
        int groups = w.groups();
        int stride = w.form().lines() * 16;
        int k = a.start(t);
        int n = t * groups * 2;
        switch (w.form()) {
            case NIBBLES_HALVES -> {
                touched += VectorDot.nibbles(
                        w.words(), o, p, groups, a.values(), k, a.negatives(), n, a.sums(), t * groups, sums);
                return Math.scalb(16.0, -w.exponent());
            }
            case NIBBLES_FLOATS -> {
                scales(w, o, p);
                VectorDot.nibblesScaled(
                        w.words(),
                        o,
                        p,
                        stride,
                        groups,
                        a.values(),
                        k,
                        a.negatives(),
                        n,
                        a.sums(),
                        t * groups,
                        scales,
                        sums);
                return 16;
            }
            case BYTES_HALVES -> {
                touched += VectorDot.bytesHalves(
                        w.words(), o, p, groups, a.values(), k, a.negatives(), n, a.sums(), t * groups, sums);
                return Math.scalb(256.0, -w.exponent());
            }
            case BYTES_FLOATS, BYTES_SIXTEENS -> {
                scales(w, o, p);
                touched += VectorDot.bytes(
                        w.words(),
                        o,
                        p,
                        stride,
                        groups,
                        a.values(),
                        k,
                        a.negatives(),
                        n,
                        a.sums(),
                        t * groups,
                        scales,
                        sums);
                return 256;
            }
            case FLOATS, DOUBLES -> {
                int step = a.tiled() ? Activations.TILE : 1;
                VectorDot.floating(w.words(), o, p, w.cols(), w.form() == Form.DOUBLES, a.values(), k, step, sums);
                return 1;
            }
        }
        throw new AssertionError(w.form());
    }

    private void scales(PackedMatrix w, int o, int p) {
        Scales.read(w, o, w.groups(), scales, 0);
        Scales.read(w, p, w.groups(), scales, w.groups() * Scales.GROUP);
    }

    /** Many tokens: strips of 32 rows times tiles of 8. */
    private long strips(
            PackedMatrix w,
            Activations a,
            int s,
            int @Nullable [] bias,
            int[] y,
            int at,
            int stride,
            int from,
            int to,
            int first,
            int last) {
        long saturated = 0;
        double unit = w.form().scaleLines == 1 ? Math.scalb(1.0, -w.exponent()) : 1;
        for (int t0 = first; t0 < last; t0 += TOKENS) {
            int t1 = Math.min(last, t0 + TOKENS);
            for (int row = from; row < to; row += PackedMatrix.STRIP) {
                strip(w, a, row, t0, t1);
                int rows = Math.min(PackedMatrix.STRIP, to - row);
                saturated += Rounding.finishAll(
                        sums, rows, t1 - t0, unit, s, a.shifts(), t0, bias, row, y, at + t0 * stride + row, stride);
            }
        }
        return saturated;
    }

    private void strip(PackedMatrix w, Activations a, int row, int t0, int t1) {
        int groups = w.groups();
        int lines = w.form().lines() * PackedMatrix.LINE;
        int o = w.offset(row / 16);
        int p = w.offset(row / 16 + 1);
        int codesAt = w.form().scaleLines * PackedMatrix.LINE;
        boolean nibbles = w.form().codeLines == 4;
        boolean halves = w.form().scaleLines == 1;
        int span = w.form() == Form.BYTES_SIXTEENS ? 16 : 32;
        int size = Activations.TILE * PackedMatrix.STRIP;
        double up = nibbles ? 16 : 1;
        long into = codes.address();
        if (!halves) {
            scales(w, o, p);
        }
        Arrays.fill(sums, 0, (t1 - t0 + Activations.TILE - 1) / Activations.TILE * size, 0.0);
        for (int g = 0; g < groups; g++, o += lines, p += lines) {
            if (nibbles) {
                Tiles.nibbles(w.words(), o + codesAt, into, 0);
                Tiles.nibbles(w.words(), p + codesAt, into, 16);
            } else {
                Tiles.bytes(w.words(), o + codesAt, into, 0);
                Tiles.bytes(w.words(), p + codesAt, into, 16);
            }
            int d = g * Scales.GROUP;
            int e = (groups + g) * Scales.GROUP;
            for (int t = t0; t < t1; t += Activations.TILE) {
                int q = t * groups + g * Activations.TILE;
                int acc = (t - t0) * PackedMatrix.STRIP;
                for (int c = 0; c < 32; c += span) {
                    Tiles.multiply(
                            into + 4L * c * PackedMatrix.STRIP,
                            span,
                            a.values(),
                            q * 32 + c * Activations.TILE,
                            a.sums(),
                            q,
                            nibbles ? -1 : 0,
                            tiles,
                            acc);
                    if (!halves) {
                        Tiles.fold(tiles, scales, d + c, e + c, d + 32, e + 32, a.sums(), q, up, sums, acc);
                    }
                }
            }
            if (halves) {
                int count = (t1 - t0 + Activations.TILE - 1) / Activations.TILE;
                Tiles.foldHalves(
                        tiles, w.words(), o, p, a.sums(), t0 * groups + g * Activations.TILE, groups, count, up, sums);
            }
        }
        Reference.reachabilityFence(codes);
        if (halves) {
            for (int i = 0; i < (t1 - t0) * PackedMatrix.STRIP; i++) {
                sums[i] *= 1 / Scales.HALF_UNIT;
            }
        }
    }

    /** Depends on every word read ahead, so that the compiler keeps the reads. */
    public int touched() {
        return touched;
    }
}
