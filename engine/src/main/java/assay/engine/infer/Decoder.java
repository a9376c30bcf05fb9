package assay.engine.infer;

import assay.core.kernel.Attention.Exponents;
import assay.core.program.LayerConstants;
import assay.core.program.Program;
import assay.core.program.Shape;
import assay.core.trace.Trace;
import assay.engine.fast.Activations;
import assay.engine.fast.Elementwise;
import assay.engine.fast.Linear;
import assay.engine.fast.PackedMatrix;
import assay.engine.fast.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

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
    private static final int ALONE = Activations.SINGLES;

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
    private final long[] gated;
    private final int[][] logits = new int[2][0];
    private final StepRows rows;
    private final List<Patch> patches = new ArrayList<>();
    private int operation;

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

    /** Quantises row t into a worker's activations. */
    private interface Prepare {
        void run(Lane lane, Activations into, int t);
    }

    /** A linear operation on some rows and tokens, and what follows it on the same. */
    private interface Body {
        void run(Lane lane, Activations input, Patch patch);
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
        rows = new StepRows(shape, threads);
        lanes = new Lane[threads];
        for (int w = 0; w < threads; w++) {
            lanes[w] = new Lane(program, w == 0 ? rowsMax : ALONE, saturations);
        }
        x = new int[rowsMax * shape.width()];
        q = new int[rowsMax * shape.queryWidth()];
        k = new int[rowsMax * shape.kvWidth()];
        v = new int[rowsMax * shape.kvWidth()];
        queries = new short[rowsMax * shape.queryWidth()];
        keysValues = new short[rowsMax * 2 * shape.kvWidth()];
        attended = new int[rowsMax * shape.queryWidth()];
        gated = new long[rowsMax * shape.feedForward()];
    }

    /** Whether so few positions are fed that the kernels for one token are used. */
    static boolean isAlone(List<Slice> work) {
        return work.stream().mapToInt(Slice::count).sum() <= ALONE;
    }

    /** Feeds the slices' positions: K and V are appended, traces grow, and logits go where they are wanted. */
    void step(List<Slice> work) {
        rows.begin(work);
        embed();
        for (int l = 0; l < layers.length; l++) {
            layer(l, layers[l]);
        }
        hash(layers.length);
        for (Slice s : work) {
            s.sequence().advance(s.count());
        }
        head();
    }

    /** One layer on a page; see docs/protocol/program.md, section 5. */
    private void layer(int l, Layer layer) {
        LayerConstants c = layer.constants();
        Prepare attentionNorm = (lane, into, t) -> norm(lane, t, c.attentionGain(), into, t);
        int ofQ = Patch.strips(shape.queryWidth());
        int ofK = Patch.strips(shape.kvWidth());
        linear(rows.count(), shape.width(), lane -> lane.normed, attentionNorm, ofQ + 2 * ofK, (lane, y, p) -> {
            lane.all(layer.q(), y, 14, c.queryBias(), q, p.within(0, ofQ));
            lane.all(layer.k(), y, 14, c.keyBias(), k, p.within(ofQ, ofK));
            lane.all(layer.v(), y, 14, c.valueBias(), v, p.within(ofQ + ofK, ofK));
        });
        turn(l, c.exponents());
        attention(l, c.exponents());
        Prepare heads = (lane, into, t) -> into.set(t, attended, t * shape.queryWidth());
        linear(
                rows.count(),
                shape.queryWidth(),
                lane -> lane.heads,
                heads,
                Patch.strips(shape.width()),
                (lane, y, p) -> {
                    residual(lane.some(0, layer.o(), y, 16, 14, p), p);
                });
        Prepare forwardNorm = (lane, into, t) -> norm(lane, t, c.feedForwardGain(), into, t);
        linear(
                rows.count(),
                shape.width(),
                lane -> lane.normed,
                forwardNorm,
                Patch.strips(shape.feedForward()),
                (lane, y, p) -> {
                    silu(lane.some(0, layer.gate(), y, 16, 12, p), lane.some(1, layer.up(), y, 16, 12, p), p);
                });
        Prepare product = (lane, into, t) -> into.set(t, gated, t * shape.feedForward());
        linear(
                rows.count(),
                shape.feedForward(),
                lane -> lane.gated,
                product,
                Patch.strips(shape.width()),
                (lane, y, p) -> {
                    residual(lane.some(0, layer.down(), y, 12, 14, p), p);
                });
    }

    private void embed() {
        PackedMatrix embedding = model.matrix(Program.EMBEDDING);
        byRows(rows.count(), (lane, t) -> {
            StepRows.Place p = rows.place(t);
            embedding.row(p.slice().sequence().id(p.position()), lane.wide);
            saturations.add(Elementwise.embed(lane.wide, x, t * shape.width()));
        });
    }

    private void norm(Lane lane, int t, int[] gain, Activations into, int at) {
        Elementwise.norm(x, t * shape.width(), gain, program.normEpsilon(), program.normScale(), lane.wide);
        into.set(at, lane.wide, 0);
    }

    /** q, k and v of each row to their exponents; K and V into the sequence. */
    private void turn(int l, Exponents f) {
        int half = shape.headSize() / 2;
        int kvWidth = shape.kvWidth();
        byRows(rows.count(), (lane, t) -> {
            StepRows.Place p = rows.place(t);
            int table = p.position() * half;
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
            p.slice().sequence().keysValues().put(l, p.position(), keysValues, kv, keysValues, kv + kvWidth);
            if (clamped > 0) {
                saturations.add(clamped);
            }
        });
    }

    /** Attention of all parts, while the cells of the layer are hashed beside it. */
    private void attention(int l, Exponents f) {
        List<StepRows.Part> parts = rows.parts();
        List<Slice> slices = rows.slices();
        workers.run(parts.size() + slices.size(), (w, i) -> {
            if (i >= parts.size()) {
                hash(l, slices.get(i - parts.size()), lanes[w].hasher);
                return;
            }
            StepRows.Part p = parts.get(i);
            lanes[w].attention.apply(
                    p.slice().sequence().keysValues(),
                    l,
                    queries,
                    p.row() * shape.queryWidth(),
                    p.slice().first(),
                    p.slice().count(),
                    f,
                    attended,
                    p.from(),
                    p.to());
        });
    }

    private void hash(int l) {
        workers.run(rows.slices().size(), (w, i) -> hash(l, rows.slices().get(i), lanes[w].hasher));
    }

    /** Commits to a slice's cells of a layer, or to its last residuals. */
    private void hash(int l, Slice slice, Trace.Hasher hasher) {
        long start = System.nanoTime();
        int width = shape.width();
        int kv = 2 * shape.kvWidth();
        int row = rows.first(slice);
        Trace trace = slice.sequence().trace();
        for (int t = row; t < row + slice.count(); t++) {
            if (l == layers.length) {
                trace.last(hasher, x, t * width, width);
            } else {
                trace.cell(hasher, l, x, t * width, width, keysValues, t * kv, kv);
            }
            Watch watch = slice.sequence().watch();
            if (watch != null) {
                watch.see(l, slice.first() + t - row, x, t * width, width);
            }
        }
        committingNanos.add(System.nanoTime() - start);
    }

    /** Prepares n inputs, then runs the body over all strips of rows and all tokens. */
    private void linear(int n, int cols, Function<Lane, Activations> which, Prepare prepare, int strips, Body body) {
        Patch.cut(n, cols, strips, workers.count(), patches);
        if (n <= ALONE) {
            int number = ++operation;
            workers.run(patches.size(), (w, i) -> {
                Lane lane = lanes[w];
                Activations own = which.apply(lane);
                if (lane.ready != number) {
                    lane.ready = number;
                    own.begin(n, cols);
                    for (int t = 0; t < n; t++) {
                        prepare.run(lane, own, t);
                    }
                }
                body.run(lane, own, patches.get(i));
            });
            return;
        }
        Activations all = which.apply(lanes[0]);
        prepare(all, n, cols, true, (lane, t) -> prepare.run(lane, all, t));
        share(n, patches.size(), (w, i) -> body.run(lanes[w], all, patches.get(i)));
    }

    private void residual(int[] given, Patch p) {
        int count = p.to(shape.width()) - p.from();
        int saturated = 0;
        for (int t = p.firstToken(); t < p.lastToken(); t++) {
            saturated += Elementwise.add(x, t * shape.width() + p.from(), given, (t - p.firstToken()) * count, count);
        }
        if (saturated > 0) {
            saturations.add(saturated);
        }
    }

    private void silu(int[] gate, int[] up, Patch p) {
        int count = p.to(shape.feedForward()) - p.from();
        for (int t = p.firstToken(); t < p.lastToken(); t++) {
            int from = (t - p.firstToken()) * count;
            Elementwise.gate(gate, from, up, from, count, sigmoid, gated, t * shape.feedForward() + p.from());
        }
    }

    /** Many tokens are split among the workers alike in every round, since what one wrote is near it. */
    private void share(int n, int count, Workers.Task work) {
        if (n > Linear.TOKENS) {
            workers.runApart(count, work);
        } else {
            workers.run(count, work);
        }
    }

    /** Work on single rows. */
    private interface RowWork {
        void run(Lane lane, int t);
    }

    /** Rows one after another, in runs of a few where there are many. */
    private void byRows(int n, RowWork body) {
        if (n <= ALONE) {
            for (int t = 0; t < n; t++) {
                body.run(lanes[0], t);
            }
            return;
        }
        int run = Math.max(1, n / (4 * workers.count()));
        share(n, (n + run - 1) / run, (w, part) -> {
            for (int t = part * run; t < Math.min(n, (part + 1) * run); t++) {
                body.run(lanes[w], t);
            }
        });
    }

    /** Prepares n inputs for all workers. */
    private void prepare(Activations all, int n, int cols, boolean tiled, RowWork body) {
        all.begin(n, cols, tiled);
        byRows(n, body);
        int tiles = all.tiles();
        int cuts = Math.max(1, Math.min(all.groups(), 4 * workers.count() / Math.max(1, tiles)));
        share(
                n,
                tiles * cuts,
                (w, i) -> all.interleave(
                        i / cuts, all.groups() * (i % cuts) / cuts, all.groups() * (i % cuts + 1) / cuts));
    }

    /**
     * Logits of the wanted positions, a few rows at a time, while those before are sampled from; a slice's rows are
     * taken in order. After a prompt in tiles its single row is one too: what comes first then needs no other kernel.
     */
    private void head() {
        List<Integer> wanted = rows.wanted();
        PackedMatrix matrix = model.matrix(program.head().name());
        boolean tiled = !isAlone(rows.slices());
        List<StepRows.Run> before = List.of();
        for (int from = 0; from < wanted.size(); from += HEAD_ROWS) {
            List<Integer> some = wanted.subList(from, Math.min(wanted.size(), from + HEAD_ROWS));
            Activations input = lanes[0].normed;
            prepare(
                    input,
                    some.size(),
                    shape.width(),
                    tiled,
                    (lane, i) -> norm(lane, some.get(i), program.outputGain(), input, i));
            Patch.cut(some.size(), shape.width(), Patch.strips(matrix.rows()), workers.count(), patches);
            int[] into = logits(from / HEAD_ROWS % 2);
            List<StepRows.Run> picks = before;
            workers.run(picks.size() + patches.size(), (w, i) -> {
                if (i < picks.size()) {
                    pick(picks.get(i));
                } else {
                    lanes[w].all(matrix, input, 16, NO_BIAS, into, patches.get(i - picks.size()));
                }
            });
            before = rows.runs(some, into);
        }
        List<StepRows.Run> last = before;
        workers.run(last.size(), (w, i) -> pick(last.get(i)));
    }

    private int[] logits(int which) {
        if (logits[which].length == 0) {
            logits[which] = new int[HEAD_ROWS * shape.vocabulary()];
        }
        return logits[which];
    }

    private void pick(StepRows.Run run) {
        for (int i = 0; i < run.rows().size(); i++) {
            StepRows.Place p = rows.place(run.rows().get(i));
            p.slice().picks().take(run.logits(), (run.at() + i) * shape.vocabulary(), p.position());
        }
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
