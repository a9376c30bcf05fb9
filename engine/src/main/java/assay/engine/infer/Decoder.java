package assay.engine.infer;

import assay.core.kernel.Attention.Exponents;
import assay.core.program.LayerConstants;
import assay.core.program.Program;
import assay.core.program.Shape;
import assay.core.trace.Trace;
import assay.engine.fast.Activations;
import assay.engine.fast.Attention;
import assay.engine.fast.Elementwise;
import assay.engine.fast.Linear;
import assay.engine.fast.PackedMatrix;
import assay.engine.fast.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The forward pass of the llama family over a step's positions, bit for bit that of
 * {@link assay.core.program.Forward}.
 *
 * <p>Legend: D width, n positions of the step, one row a position. Positions of different sequences stand
 * side by side; only attention tells them apart. Linear operations are split by rows, the rest by positions;
 * all workers meet after each part of {@link #layer}. With one or two positions every worker prepares the
 * inputs for itself, which costs less than to meet once more.
 */
final class Decoder implements AutoCloseable {
    private static final int HEAD_ROWS = 32;
    private static final int ALONE = 2;
    private static final int[] NO_BIAS = {};

    private final Model model;
    private final Program program;
    private final Shape shape;
    private final Workers workers;
    private final Layer[] layers;
    private final Lane[] lanes;
    private final int[] sigmoid;
    private final LongAdder saturations = new LongAdder();
    private final LongAdder committingNanos = new LongAdder();

    private final int[] x;
    private final int[] q;
    private final int[] k;
    private final int[] v;
    private final short[] queries;
    private final short[] keysValues;
    private final int[] attended;
    private final int[] out;
    private final int[] gate;
    private final int[] up;
    private final long[] gated;
    private final int[] logits;
    private final List<Place> places = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private List<Slice> slices = List.of();

    /** One layer's constants and matrices. */
    private record Layer(
            LayerConstants constants,
            PackedMatrix q,
            PackedMatrix k,
            PackedMatrix v,
            PackedMatrix o,
            PackedMatrix gate,
            PackedMatrix up,
            PackedMatrix down) {}

    /** One worker's buffers. */
    private record Lane(
            Linear linear,
            Attention attention,
            Trace.Hasher hasher,
            Activations normed,
            Activations heads,
            Activations gated,
            long[] wide) {}

    /** Where a row of the step belongs. */
    private record Place(Slice slice, int position) {}

    /** A run of attention's units of one slice whose first row is {@code row}. */
    private record Part(Slice slice, int row, int from, int to) {}

    /** Quantises row t into a worker's activations. */
    private interface Prepare {
        void run(Lane lane, Activations into, int t);
    }

    /** A linear operation and what follows it on the same rows. */
    private interface Body {
        void run(Lane lane, Activations input, int worker);
    }

    Decoder(Model model, int threads, int rowsMax) {
        this.model = model;
        this.program = model.program();
        this.shape = program.shape();
        this.workers = new Workers(threads);
        this.sigmoid = program.tables().sigmoidTable();
        this.layers = new Layer[shape.layers()];
        for (int l = 0; l < layers.length; l++) {
            String p = "blk." + l + ".";
            layers[l] = new Layer(
                    program.layers().get(l),
                    model.matrix(p + "attn_q.weight"),
                    model.matrix(p + "attn_k.weight"),
                    model.matrix(p + "attn_v.weight"),
                    model.matrix(p + "attn_output.weight"),
                    model.matrix(p + "ffn_gate.weight"),
                    model.matrix(p + "ffn_up.weight"),
                    model.matrix(p + "ffn_down.weight"));
        }
        lanes = new Lane[threads];
        for (int w = 0; w < threads; w++) {
            int rows = w == 0 ? rowsMax : ALONE;
            lanes[w] = new Lane(
                    new Linear(),
                    new Attention(shape.heads(), shape.headSize(), program.scoreScale(), program.tables()),
                    new Trace.Hasher(),
                    new Activations(rows, shape.width()),
                    new Activations(rows, shape.queryWidth()),
                    new Activations(rows, shape.feedForward()),
                    new long[shape.width()]);
        }
        x = new int[rowsMax * shape.width()];
        q = new int[rowsMax * shape.queryWidth()];
        k = new int[rowsMax * shape.kvWidth()];
        v = new int[rowsMax * shape.kvWidth()];
        queries = new short[rowsMax * shape.queryWidth()];
        keysValues = new short[rowsMax * 2 * shape.kvWidth()];
        attended = new int[rowsMax * shape.queryWidth()];
        out = new int[rowsMax * shape.width()];
        gate = new int[rowsMax * shape.feedForward()];
        up = new int[rowsMax * shape.feedForward()];
        gated = new long[rowsMax * shape.feedForward()];
        logits = new int[HEAD_ROWS * shape.vocabulary()];
    }

    /** Feeds the slices' positions: K and V are appended, traces grow, and logits go where they are wanted. */
    void step(List<Slice> work) {
        slices = work;
        plan();
        embed();
        for (int l = 0; l < layers.length; l++) {
            layer(l, layers[l]);
        }
        hash(layers.length);
        for (Slice s : slices) {
            s.sequence().advance(s.count());
        }
        head();
    }

    /** One layer on a page; see docs/protocol/program.md, section 5. */
    private void layer(int l, Layer layer) {
        LayerConstants c = layer.constants();
        Prepare attentionNorm = (lane, into, t) -> norm(lane, into, t, c.attentionGain());
        linear(places.size(), shape.width(), Lane::normed, attentionNorm, (lane, y, w) -> {
            rows(lane, layer.q(), y, 16, 14, c.queryBias(), q, w);
            rows(lane, layer.k(), y, 16, 14, c.keyBias(), k, w);
            rows(lane, layer.v(), y, 16, 14, c.valueBias(), v, w);
        });
        turn(l, c.exponents());
        attention(l, c.exponents());
        Prepare heads = (lane, into, t) -> into.set(t, attended, t * shape.queryWidth());
        linear(places.size(), shape.queryWidth(), Lane::heads, heads, (lane, y, w) -> {
            rows(lane, layer.o(), y, 16, 14, NO_BIAS, out, w);
            residual(w);
        });
        Prepare forwardNorm = (lane, into, t) -> norm(lane, into, t, c.feedForwardGain());
        linear(places.size(), shape.width(), Lane::normed, forwardNorm, (lane, y, w) -> {
            rows(lane, layer.gate(), y, 16, 12, NO_BIAS, gate, w);
            rows(lane, layer.up(), y, 16, 12, NO_BIAS, up, w);
            silu(w);
        });
        Prepare product = (lane, into, t) -> into.set(t, gated, t * shape.feedForward());
        linear(places.size(), shape.feedForward(), Lane::gated, product, (lane, y, w) -> {
            rows(lane, layer.down(), y, 12, 14, NO_BIAS, out, w);
            residual(w);
        });
    }

    private void plan() {
        places.clear();
        parts.clear();
        for (Slice s : slices) {
            int row = places.size();
            s.sequence().keysValues().reserve(s.first(), s.first() + s.count());
            for (int i = 0; i < s.count(); i++) {
                places.add(new Place(s, s.first() + i));
            }
            int units = Attention.units(shape.heads(), s.count());
            int size = slices.size() == 1 && s.count() == 1
                    ? (units + workers.count() - 1) / workers.count()
                    : Math.max(shape.heads() / shape.kvHeads() * 8, 4);
            for (int from = 0; from < units; from += size) {
                parts.add(new Part(s, row, from, Math.min(units, from + size)));
            }
        }
    }

    private void embed() {
        PackedMatrix embedding = model.matrix(Program.EMBEDDING);
        byRows(places.size(), (lane, t) -> {
            Place p = places.get(t);
            embedding.row(p.slice.sequence().id(p.position), lane.wide());
            saturations.add(Elementwise.embed(lane.wide(), x, t * shape.width()));
        });
    }

    private void norm(Lane lane, Activations into, int t, int[] gain) {
        Elementwise.norm(x, t * shape.width(), gain, program.normEpsilon(), program.normScale(), lane.wide());
        into.set(t, lane.wide(), 0);
    }

    /** q, k and v of each row to their exponents; K and V into the sequence. */
    private void turn(int l, Exponents f) {
        int half = shape.headSize() / 2;
        int kvWidth = shape.kvWidth();
        byRows(places.size(), (lane, t) -> {
            Place p = places.get(t);
            int table = p.position * half;
            int kv = t * 2 * kvWidth;
            int qAt = t * shape.queryWidth();
            int clamped = Elementwise.turn(
                    q,
                    qAt,
                    shape.queryWidth(),
                    shape.headSize(),
                    program.cos(),
                    program.sin(),
                    table,
                    shape.pairing(),
                    f.q(),
                    queries,
                    qAt);
            clamped += Elementwise.turn(
                    k,
                    t * kvWidth,
                    kvWidth,
                    shape.headSize(),
                    program.cos(),
                    program.sin(),
                    table,
                    shape.pairing(),
                    f.k(),
                    keysValues,
                    kv);
            clamped += Elementwise.value(v, t * kvWidth, kvWidth, f.v(), keysValues, kv + kvWidth);
            p.slice.sequence().keysValues().put(l, p.position, keysValues, kv, keysValues, kv + kvWidth);
            if (clamped > 0) {
                saturations.add(clamped);
            }
        });
    }

    /** Attention of all parts, while the cells of the layer are hashed beside it. */
    private void attention(int l, Exponents f) {
        AtomicInteger next = new AtomicInteger();
        int total = parts.size() + slices.size();
        workers.run((w, count) -> {
            for (int i = next.getAndIncrement(); i < total; i = next.getAndIncrement()) {
                if (i < parts.size()) {
                    Part p = parts.get(i);
                    lanes[w].attention.apply(
                            p.slice.sequence().keysValues(),
                            l,
                            queries,
                            p.row * shape.queryWidth(),
                            p.slice.first(),
                            p.slice.count(),
                            f,
                            attended,
                            p.from,
                            p.to);
                } else {
                    hash(l, slices.get(i - parts.size()), lanes[w].hasher);
                }
            }
        });
    }

    private void hash(int l) {
        AtomicInteger next = new AtomicInteger();
        workers.run((w, count) -> {
            for (int i = next.getAndIncrement(); i < slices.size(); i = next.getAndIncrement()) {
                hash(l, slices.get(i), lanes[w].hasher);
            }
        });
    }

    /** Commits to a slice's cells of a layer, or to its last residuals. */
    private void hash(int l, Slice slice, Trace.Hasher hasher) {
        long start = System.nanoTime();
        int width = shape.width();
        int kv = 2 * shape.kvWidth();
        int row = rowOf(slice);
        Trace trace = slice.sequence().trace();
        for (int t = row; t < row + slice.count(); t++) {
            if (l == layers.length) {
                trace.last(hasher, x, t * width, width);
            } else {
                trace.cell(hasher, l, x, t * width, width, keysValues, t * kv, kv);
            }
        }
        committingNanos.add(System.nanoTime() - start);
    }

    private int rowOf(Slice slice) {
        int row = 0;
        for (Slice s : slices) {
            if (s.equals(slice)) {
                return row;
            }
            row += s.count();
        }
        throw new AssertionError("a slice of this step");
    }

    /** Prepares n inputs, then runs the body on all workers. */
    private void linear(
            int n, int cols, java.util.function.Function<Lane, Activations> which, Prepare prepare, Body body) {
        if (n <= ALONE) {
            workers.run((w, count) -> {
                Activations own = which.apply(lanes[w]);
                own.begin(n, cols);
                for (int t = 0; t < n; t++) {
                    prepare.run(lanes[w], own, t);
                }
                body.run(lanes[w], own, w);
            });
            return;
        }
        Activations all = which.apply(lanes[0]);
        all.begin(n, cols);
        byRows(n, (lane, t) -> prepare.run(lane, all, t));
        workers.run((w, count) -> body.run(lanes[w], all, w));
    }

    private void rows(Lane lane, PackedMatrix m, Activations a, int fIn, int fOut, int[] bias, int[] y, int w) {
        int from = first(m.rows(), w);
        int to = Math.min(m.rows(), first(m.rows(), w + 1));
        long saturated = lane.linear.apply(m, a, fIn, fOut, bias.length == 0 ? null : bias, y, 0, m.rows(), from, to);
        if (saturated > 0) {
            saturations.add(saturated);
        }
    }

    /** First row of a worker's share. */
    private int first(int rows, int w) {
        int strips = (rows + PackedMatrix.STRIP - 1) / PackedMatrix.STRIP;
        return strips * w / workers.count() * PackedMatrix.STRIP;
    }

    private void residual(int w) {
        int from = first(shape.width(), w);
        int count = Math.min(shape.width(), first(shape.width(), w + 1)) - from;
        int saturated = 0;
        for (int t = 0; t < places.size(); t++) {
            int at = t * shape.width() + from;
            saturated += Elementwise.add(x, at, out, at, count);
        }
        if (saturated > 0) {
            saturations.add(saturated);
        }
    }

    private void silu(int w) {
        int from = first(shape.feedForward(), w);
        int count = Math.min(shape.feedForward(), first(shape.feedForward(), w + 1)) - from;
        for (int t = 0; t < places.size(); t++) {
            int at = t * shape.feedForward() + from;
            Elementwise.gate(gate, at, up, at, count, sigmoid, gated, at);
        }
    }

    /** Work on single rows. */
    private interface RowWork {
        void run(Lane lane, int t);
    }

    /** Rows in runs of eight, which share a tile of activations. */
    private void byRows(int n, RowWork body) {
        if (n <= ALONE) {
            for (int t = 0; t < n; t++) {
                body.run(lanes[0], t);
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        workers.run((w, count) -> {
            int tile = Activations.TILE;
            for (int from = next.getAndAdd(tile); from < n; from = next.getAndAdd(tile)) {
                for (int t = from; t < Math.min(n, from + tile); t++) {
                    body.run(lanes[w], t);
                }
            }
        });
    }

    /** Logits of the wanted positions, a few rows at a time; a slice's rows go to one worker, in order. */
    private void head() {
        List<Integer> wanted = new ArrayList<>();
        for (int t = 0; t < places.size(); t++) {
            if (places.get(t).position >= places.get(t).slice.logitsFrom()) {
                wanted.add(t);
            }
        }
        PackedMatrix matrix = model.matrix(program.head().name());
        for (int from = 0; from < wanted.size(); from += HEAD_ROWS) {
            List<Integer> part = wanted.subList(from, Math.min(wanted.size(), from + HEAD_ROWS));
            Prepare last = (lane, into, i) -> {
                Elementwise.norm(
                        x,
                        part.get(i) * shape.width(),
                        program.outputGain(),
                        program.normEpsilon(),
                        program.normScale(),
                        lane.wide());
                into.set(i, lane.wide(), 0);
            };
            linear(
                    part.size(),
                    shape.width(),
                    Lane::normed,
                    last,
                    (lane, y, w) -> rows(lane, matrix, y, 16, 16, NO_BIAS, logits, w));
            pick(part);
        }
    }

    private void pick(List<Integer> part) {
        workers.run((w, count) -> {
            Slice before = null;
            int turn = -1;
            for (int i = 0; i < part.size(); i++) {
                Place p = places.get(part.get(i));
                if (!p.slice.equals(before)) {
                    before = p.slice;
                    turn++;
                }
                if (turn % count == w) {
                    p.slice.picks().take(logits, i * shape.vocabulary(), p.position);
                }
            }
        });
    }

    /** Time that all workers together spent on committing. */
    long committingNanos() {
        return committingNanos.sum();
    }

    long saturations() {
        return saturations.sum();
    }

    @Override
    public void close() {
        workers.close();
    }
}
