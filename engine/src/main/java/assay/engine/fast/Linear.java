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

    /** Rows that are taken at once for one token: a range of a multiple of them costs least. */
    public static final int ROWS = VectorDot.ROWS;

    private static final int AT_ONCE = ROWS / PackedMatrix.BLOCK;

    /** Codes as floats; outside the heap, since a store across two cache lines takes twice as long. */
    private final MemorySegment codes = Tiles.buffer();

    private final float[] tiles = new float[TOKENS * PackedMatrix.STRIP];
    private final double[] sums = new double[TOKENS * PackedMatrix.STRIP];
    private double[] scales = new double[0];

    /** Sums of one token's groups. */
    private float[] groupSums = new float[0];

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
        reserve(w);
        if (a.tiled() && w.form().scaleLines > 0) {
            return strips(w, a, 24 + fIn - fOut, bias, y, at, stride, from, to, first, last);
        }
        long saturated = 0;
        for (int t = first; t < last; t++) {
            saturated += blocks(w, a, t, 24 + fIn - fOut - a.shift(t), bias, y, at + t * stride, from, to);
        }
        return saturated;
    }

    private void reserve(PackedMatrix w) {
        int need = AT_ONCE * w.groups() * Scales.GROUP;
        if (scales.length < need) {
            scales = new double[need];
        }
        if (groupSums.length < w.groups() * ROWS) {
            groupSums = new float[w.groups() * ROWS];
        }
    }

    /** One token: some blocks at once that lie far apart. */
    private long blocks(
            PackedMatrix w, Activations a, int t, int s, int @Nullable [] bias, int[] y, int at, int from, int to) {
        int first = from / 16;
        int last = (to + 15) / 16;
        int step = (last - first + AT_ONCE - 1) / AT_ONCE;
        long saturated = 0;
        for (int b = first; b < first + step; b++) {
            double unit = products(w, a, t, b, step, last);
            for (int i = 0; i < AT_ONCE && b + i * step < last; i++) {
                int row = 16 * (b + i * step);
                saturated += Rounding.finish(sums, 16 * i, Math.min(16, to - row), unit, s, bias, row, y, at + row);
            }
        }
        return saturated;
    }

    /**
     * The exact sums of one token, before anything is rounded: {@code z_r = sum_k W[r,k] * a[k]}, all rows.
     *
     * @param a one token of w.cols() columns, not in tiles
     * @param z (w.rows()), |z| &lt; 2^52
     */
    public void sums(PackedMatrix w, Activations a, long[] z) {
        if (a.tokens() != 1 || a.tiled() || a.cols() != w.cols() || z.length != w.rows()) {
            throw new IllegalArgumentException(a.tokens() + (a.tiled() ? " tiled" : "") + " tokens of " + a.cols()
                    + " columns, " + w.cols() + " columns, sums for " + z.length + " of " + w.rows() + " rows");
        }
        reserve(w);
        int last = (w.rows() + 15) / 16;
        for (int b = 0; b < last; b += AT_ONCE) {
            double scale = Math.scalb(products(w, a, 0, b, 1, last), 24);
            for (int i = 0; i < Math.min(ROWS, w.rows() - 16 * b); i++) {
                z[16 * b + i] = (long) (sums[i] * scale);
            }
        }
    }

    /** Sums of blocks b, b + step and so on, as far as they are below last; returns what they have to be multiplied with. */
    private double products(PackedMatrix w, Activations a, int t, int b, int step, int last) {
        int x = w.offset(b);
        int y = w.offset(Math.min(b + step, last - 1));
        int z = w.offset(Math.min(b + 2 * step, last - 1));
        int v = w.offset(Math.min(b + 3 * step, last - 1));
        int groups = w.groups();
        int stride = w.form().lines() * PackedMatrix.LINE;
        int k = a.start(t);
        int n = t * groups * 2;
        int s = t * groups;
        switch (w.form()) {
            case NIBBLES_HALVES -> {
                VectorDot.nibbles(w.words(), x, y, z, v, stride, groups, a.values(), k, a.negatives(), n, groupSums);
                VectorFold.foldHalves(groupSums, w.words(), x, y, z, v, stride, groups, a.sums(), s, 0x1p-4, sums);
                return Math.scalb(16.0, -w.exponent());
            }
            case NIBBLES_FLOATS -> {
                scales(w, x, y, z, v);
                VectorDot.nibbles(w.words(), x, y, z, v, stride, groups, a.values(), k, a.negatives(), n, groupSums);
                VectorFold.foldScales(groupSums, scales, groups, a.sums(), s, 0x1p-4, sums);
                return 16;
            }
            case BYTES_HALVES -> {
                VectorDot.bytes(w.words(), x, y, z, v, stride, groups, a.values(), k, a.negatives(), n, groupSums);
                VectorFold.foldHalves(groupSums, w.words(), x, y, z, v, stride, groups, a.sums(), s, 0x1p-8, sums);
                return Math.scalb(256.0, -w.exponent());
            }
            case BYTES_FLOATS -> {
                scales(w, x, y, z, v);
                VectorDot.bytes(w.words(), x, y, z, v, stride, groups, a.values(), k, a.negatives(), n, groupSums);
                VectorFold.foldScales(groupSums, scales, groups, a.sums(), s, 0x1p-8, sums);
                return 256;
            }
            case BYTES_SIXTEENS -> {
                scales(w, x, y, z, v);
                int other = 2 * groups * Scales.GROUP;
                VectorDot.sixteens(
                        w.words(), x, y, stride, groups, a.values(), k, a.negatives(), n, scales, 0, sums, 0);
                VectorDot.sixteens(
                        w.words(), z, v, stride, groups, a.values(), k, a.negatives(), n, scales, other, sums, 32);
                return 256;
            }
            case FLOATS, DOUBLES -> {
                int columns = a.tiled() ? Activations.TILE : 1;
                boolean doubles = w.form() == Form.DOUBLES;
                VectorDot.floating(w.words(), x, y, w.cols(), doubles, a.values(), k, columns, sums, 0);
                VectorDot.floating(w.words(), z, v, w.cols(), doubles, a.values(), k, columns, sums, 32);
                return 1;
            }
        }
        throw new AssertionError(w.form());
    }

    private void scales(PackedMatrix w, int x, int y, int z, int v) {
        int size = w.groups() * Scales.GROUP;
        Scales.read(w, x, w.groups(), scales, 0);
        Scales.read(w, y, w.groups(), scales, size);
        Scales.read(w, z, w.groups(), scales, 2 * size);
        Scales.read(w, v, w.groups(), scales, 3 * size);
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
            Scales.read(w, o, groups, scales, 0);
            Scales.read(w, p, groups, scales, groups * Scales.GROUP);
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
}
