package assay.engine.fast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.MalformedException;
import assay.core.kernel.Attention.Exponents;
import assay.core.kernel.Fixed;
import assay.core.kernel.Gate;
import assay.core.kernel.Norm;
import assay.core.kernel.Quantised;
import assay.core.kernel.Rope;
import assay.core.kernel.Tables;
import assay.core.kernel.WeightType;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Fast kernels beside the normative ones on random and extreme inputs; run once for each vector width. */
public final class Agreement {
    private static final Tables TABLES = Tables.standard();

    private Agreement() {}

    /** Every type, awkward sizes. */
    public static void linear(long seed) throws MalformedException {
        SplittableRandom random = new SplittableRandom(seed);
        int[] tokens = {1, 2, 3, 8, 9, 65};
        int[] rows = {1, 17, 40, 96};
        for (WeightType type : WeightType.values()) {
            int cols = type.blockWeights() == 256 ? 512 : type.blockWeights() == 32 ? 544 : 77;
            for (int i = 0; i < tokens.length; i++) {
                int n = tokens[i];
                if (type.blockWeights() == 1 && n > 9) {
                    continue;
                }
                int r = rows[(i + type.ordinal()) % rows.length];
                double size = i == 1 ? 1e-6 : 0.01;
                byte[] bytes = RandomWeights.bytes(type, r, cols, size, random);
                linear(type, r, cols, bytes, vectors(n, cols, random), random);
            }
        }
    }

    /** Codes and activations at their limits, rows near the largest sum; then rows that need doubles. */
    public static void linearAtBounds(long seed) throws MalformedException {
        SplittableRandom random = new SplittableRandom(seed);
        for (WeightType type : WeightType.values()) {
            int cols = type.blockWeights() == 256 ? 256 : type.blockWeights() == 32 ? 288 : 33;
            double codeMax =
                    switch (type) {
                        case F32, F16, BF16 -> 1;
                        case Q4_0, Q4_1 -> 16;
                        case Q5_0, Q5_1 -> 32;
                        case Q8_0 -> 128;
                        case Q4_K -> 63 * 16;
                        case Q5_K -> 63 * 32;
                        case Q6_K -> 128 * 32;
                    };
            byte[] large = RandomWeights.bytes(type, 33, cols, 65000 / codeMax / cols, random);
            fill(type, large, type == WeightType.Q8_0 || type == WeightType.Q6_K ? 0x80 : 0xff);
            byte[] wide = RandomWeights.bytes(type, 33, cols, 110000 / codeMax / cols, random);
            fill(type, wide, type == WeightType.Q4_0 ? 0x88 : type == WeightType.Q8_0 ? 1 : 0);
            for (int n : new int[] {1, 4}) {
                int[][] y = new int[n][cols];
                for (int t = 0; t < n; t++) {
                    Arrays.fill(y[t], t % 2 == 0 ? 4095 : -4095);
                }
                linear(type, 33, cols, large, y, random);
                linear(type, 33, cols, type.blockWeights() == 32 ? wide : large, y, random);
            }
        }
    }

    /** Sets all that is not a half-precision scale (and, in Q6_K, not a byte scale's block). */
    private static void fill(WeightType type, byte[] bytes, int code) {
        int scales =
                switch (type) {
                    case F32, F16, BF16 -> type.blockBytes();
                    case Q4_0, Q5_0, Q8_0 -> 2;
                    case Q4_1, Q5_1, Q4_K, Q5_K -> 4;
                    case Q6_K -> 0;
                };
        int end = type == WeightType.Q6_K ? 208 : type.blockBytes();
        for (int i = 0; i < bytes.length; i++) {
            int in = i % type.blockBytes();
            if (in >= scales && in < end) {
                bytes[i] = (byte) code;
            }
        }
    }

    private static int[][] vectors(int n, int cols, SplittableRandom random) {
        int[][] y = new int[n][cols];
        for (int t = 0; t < n; t++) {
            int shift = 2 + random.nextInt(28);
            for (int k = 0; k < cols; k++) {
                y[t][k] = random.nextInt() >> shift;
            }
        }
        return y;
    }

    private static void linear(WeightType type, int rows, int cols, byte[] bytes, int[][] y, SplittableRandom random)
            throws MalformedException {
        int n = y.length;
        int fOut = random.nextInt(10, 30);
        Activations a = new Activations(n + 3, cols + 5);
        a.begin(n, cols, n > Activations.SINGLES || random.nextBoolean());
        int[] bias = n % 2 == 0 ? null : random.ints(rows).map(v -> v >> 3).toArray();
        for (int t = 0; t < n; t++) {
            if (t % 2 == 0) {
                a.set(t, y[t], 0);
            } else {
                a.set(t, Arrays.stream(y[t]).asLongStream().toArray(), 0);
            }
        }
        for (int tile = 0; tile < a.tiles(); tile++) {
            a.interleave(tile, 0, a.groups() / 2);
            a.interleave(tile, a.groups() / 2, a.groups());
        }
        PackedMatrix w = PackedMatrix.pack(type, rows, cols, MemorySegment.ofArray(bytes));
        int[] out = new int[n * (rows + 1) + 1];
        Linear linear = new Linear();
        int middle = rows > 32 ? 32 : 0;
        long saturated = linear.apply(w, a, 16, fOut, bias, out, 1, rows + 1, 0, middle, 0, a.tokens())
                + linear.apply(w, a, 16, fOut, bias, out, 1, rows + 1, middle, rows, 0, a.tokens());
        byte[] row = new byte[Math.toIntExact(type.rowBytes(cols))];
        long[] want = new long[cols];
        long[] got = new long[cols];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(bytes, r * row.length, row, 0, row.length);
            type.decodeRow(row, want);
            w.row(r, got);
            assertArrayEquals(want, got, () -> type + " weights");
            for (int t = 0; t < n; t++) {
                Quantised q = Quantised.of(y[t], 13);
                assertEquals(q.shift(), a.shift(t));
                long z = assay.core.kernel.Linear.dot(want, q.values());
                long u = assay.core.kernel.Linear.unsaturated(z, 16, q.shift(), fOut, bias == null ? 0 : bias[r]);
                assertEquals(
                        Fixed.sat(u), out[1 + t * (rows + 1) + r], type + " " + w.form() + " token " + t + " of " + n);
                saturated -= Math.abs(u) > Fixed.SAT ? 1 : 0;
            }
        }
        assertEquals(0, saturated, "saturations");
    }

    /** Shared KV heads, forks, a prompt in one run and in many, extremes. */
    public static void attention(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] shapes = {{1, 1, 2}, {9, 3, 64}, {4, 4, 40}, {10, 2, 18}, {3, 1, 128}};
        for (int[] shape : shapes) {
            for (int bits : new int[] {2, 9, 13}) {
                int positions = random.nextInt(1, 150);
                Exponents f = new Exponents(random.nextInt(-1, 20), random.nextInt(-1, 20), random.nextInt(-1, 31));
                attention(shape[0], shape[1], shape[2], positions, bits, f, random);
            }
        }
        attention(2, 1, 16, 70, 13, new Exponents(30, 30, 30), random);
        attention(2, 1, 16, 70, 13, new Exponents(-1, -1, -1), random);
    }

    private static void attention(
            int heads, int kvHeads, int size, int positions, int bits, Exponents f, SplittableRandom random) {
        long c = (long) Math.rint(1.4426950408889634 / Math.sqrt(size) * 65536);
        short[][] k = new short[positions][];
        short[][] v = new short[positions][];
        KvCache first = new KvCache(2, kvHeads, size);
        first.reserve(0, positions);
        short[] q = shorts(positions * heads * size, bits, random);
        for (int p = 0; p < positions; p++) {
            k[p] = shorts(kvHeads * size, bits, random);
            v[p] = shorts(kvHeads * size, bits, random);
            first.put(1, p, k[p], 0, v[p], 0);
        }
        KvCache cache = first.fork(positions / 2);
        cache.reserve(positions / 2, positions);
        for (int p = positions / 2; p < positions; p++) {
            cache.put(1, p, k[p], 0, v[p], 0);
            first.put(1, p, v[p], 0, k[p], 0);
        }
        short[] back = new short[kvHeads * size];
        cache.key(1, positions - 1, back, 0);
        assertArrayEquals(k[positions - 1], back);
        cache.value(1, positions - 1, back, 0);
        assertArrayEquals(v[positions - 1], back);

        int[] out = new int[positions * heads * size];
        Attention attention = new Attention(heads, size, c, TABLES);
        int split = positions / 3;
        run(attention, cache, q, 0, split, f, out, heads, size);
        run(attention, cache, q, split, positions, f, out, heads, size);
        for (int p = 0; p < positions; p++) {
            for (int h = 0; h < heads; h++) {
                int at = (p * heads + h) * size;
                int[] want = assay.core.kernel.Attention.head(
                        Arrays.copyOfRange(q, at, at + size), k, v, h / (heads / kvHeads) * size, p + 1, f, c, TABLES);
                assertArrayEquals(want, Arrays.copyOfRange(out, at, at + size), "head " + h + " at " + p + " " + f);
            }
        }
    }

    private static void run(
            Attention attention,
            KvCache cache,
            short[] q,
            int from,
            int to,
            Exponents f,
            int[] out,
            int heads,
            int size) {
        if (from == to) {
            return;
        }
        short[] part = Arrays.copyOfRange(q, from * heads * size, to * heads * size);
        int[] result = new int[part.length];
        int units = Attention.units(heads, to - from);
        attention.apply(cache, 1, part, 0, from, to - from, f, result, 0, units / 2);
        attention.apply(cache, 1, part, 0, from, to - from, f, result, units / 2, units);
        System.arraycopy(result, 0, out, from * heads * size, result.length);
    }

    private static short[] shorts(int count, int bits, SplittableRandom random) {
        short[] out = new short[count];
        int limit = (1 << bits) - 1;
        for (int i = 0; i < count; i++) {
            out[i] = (short)
                    (bits == 13 && random.nextInt(3) == 0
                            ? (random.nextBoolean() ? limit : -limit)
                            : random.nextInt(-limit, limit + 1));
        }
        return out;
    }

    /** Norm, RoPE, gate, residual sums, embedding rows. */
    public static void elementwise(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int n : new int[] {2, 6, 64, 130, 576}) {
            for (int shift = 2; shift < 32; shift += 3) {
                int s = shift;
                int[] x = random.ints(n).map(v -> v >> s).toArray();
                int[] up = random.ints(n).map(v -> v >> 2).toArray();
                int[] gain = random.ints(n).map(v -> v >> 12).toArray();
                long c = BigInteger.valueOf(n).shiftLeft(80).sqrt().longValueExact();
                long[] epsilon = new long[Norm.SHIFT_MAX + 1];
                for (int i = 0; i < epsilon.length; i++) {
                    epsilon[i] = (long) Math.rint(n * 1e-5 * Math.pow(2, 2 * (14 - i)));
                }
                long[] y = new long[n];
                Elementwise.norm(x, 0, gain, epsilon, c, y);
                assertArrayEquals(Norm.rms(x, gain, epsilon, c), y);
                Elementwise.gate(x, 0, up, 0, n, TABLES.sigmoidTable(), y, 0);
                assertArrayEquals(Gate.silu(x, up, TABLES), y);
                turn(x, random);
                int[] sum = x.clone();
                Elementwise.add(sum, 0, up, 0, n);
                for (int i = 0; i < n; i++) {
                    assertEquals(Fixed.sat((long) x[i] + up[i]), sum[i]);
                }
                int best = 0;
                for (int i = 1; i < n; i++) {
                    best = x[i] > x[best] ? i : best;
                }
                assertEquals(best, Elementwise.argMax(x, 0, n));
            }
        }
    }

    private static void turn(int[] x, SplittableRandom random) {
        int n = x.length;
        short[] cos = new short[n / 2];
        short[] sin = new short[n / 2];
        for (int i = 0; i < n / 2; i++) {
            double angle = random.nextDouble() * 7;
            cos[i] = (short) Math.rint(0x1p14 * Math.cos(angle));
            sin[i] = (short) Math.rint(0x1p14 * Math.sin(angle));
        }
        for (Rope.Pairing pairing : Rope.Pairing.values()) {
            for (int f : new int[] {-1, 4, 14, 28, 30}) {
                short[] out = new short[n];
                Elementwise.turn(x, 0, n, n, cos, sin, 0, pairing, f, out, 0);
                assertArrayEquals(Rope.turn(x, n, cos, sin, pairing, f), out);
                Elementwise.value(x, 0, n, f, out, 0);
                assertArrayEquals(Rope.value(x, f), out);
            }
        }
    }
}
