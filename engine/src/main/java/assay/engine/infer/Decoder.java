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

    /** Products of a patch: about a tenth of a millisecond. */
    private static final int PATCH_PRODUCTS = 4 << 20;

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
    private final List<Place> places = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<Patch> patches = new ArrayList<>();
    private int operation;
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
    private static final class Lane {
        final Linear linear = new Linear();
        final Trace.Hasher hasher = new Trace.Hasher();
        final Attention attention;
        final Activations normed;
        final Activations heads;
        final Activations gated;
        final long[] wide;

        /** What two matrices give for a patch: read by the same worker at once, and so never far. */
        final int[][] given = new int[2][0];

        /** The linear operation whose inputs this worker prepared last. */
        int ready;

        Lane(Program program, int rows) {
            Shape shape = program.shape();
            attention = new Attention(shape.heads(), shape.headSize(), program.scoreScale(), program.tables());
            normed = new Activations(rows, shape.width());
            heads = new Activations(rows, shape.queryWidth());
            gated = new Activations(rows, shape.feedForward());
            wide = new long[shape.width()];
        }
    }

    /** Where a row of the step belongs. */
    private record Place(Slice slice, int position) {}

    /** A run of attention's units of one slice whose first row is {@code row}. */
    private record Part(Slice slice, int row, int from, int to) {}

    /** Quantises row t into a worker's activations. */
    private interface Prepare {
        void run(Lane lane, Activations into, int t);
    }

    /** A linear operation on some rows and tokens, and what follows it on the same. */
    private interface Body {
        void run(Lane lane, Activations input, Patch patch);
    }

    /** Strips of rows and tokens that one worker takes at once. */
    private record Patch(int fromStrip, int toStrip, int firstToken, int lastToken) {
        int from() {
            return fromStrip * PackedMatrix.STRIP;
        }

        int to(int rows) {
            return Math.min(rows, toStrip * PackedMatrix.STRIP);
        }

        /** The strips that a matrix has, whose strip 0 is strip {@code at} of this. */
        Patch within(int at, int strips) {
            return new Patch(
                    Math.clamp(fromStrip - at, 0, strips), Math.clamp(toStrip - at, 0, strips), firstToken, lastToken);
        }
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
            lanes[w] = new Lane(program, w == 0 ? rowsMax : ALONE);
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
        Prepare attentionNorm = (lane, into, t) -> norm(lane, t, c.attentionGain(), into, t);
        int ofQ = strips(shape.queryWidth());
        int ofK = strips(shape.kvWidth());
        linear(places.size(), shape.width(), lane -> lane.normed, attentionNorm, ofQ + 2 * ofK, (lane, y, p) -> {
            all(lane, layer.q(), y, 14, c.queryBias(), q, p.within(0, ofQ));
            all(lane, layer.k(), y, 14, c.keyBias(), k, p.within(ofQ, ofK));
            all(lane, layer.v(), y, 14, c.valueBias(), v, p.within(ofQ + ofK, ofK));
        });
        turn(l, c.exponents());
        attention(l, c.exponents());
        Prepare heads = (lane, into, t) -> into.set(t, attended, t * shape.queryWidth());
        linear(places.size(), shape.queryWidth(), lane -> lane.heads, heads, strips(shape.width()), (lane, y, p) -> {
            residual(some(lane, 0, layer.o(), y, 16, 14, p), p);
        });
        Prepare forwardNorm = (lane, into, t) -> norm(lane, t, c.feedForwardGain(), into, t);
        linear(
                places.size(),
                shape.width(),
                lane -> lane.normed,
                forwardNorm,
                strips(shape.feedForward()),
                (lane, y, p) -> {
                    silu(some(lane, 0, layer.gate(), y, 16, 12, p), some(lane, 1, layer.up(), y, 16, 12, p), p);
                });
        Prepare product = (lane, into, t) -> into.set(t, gated, t * shape.feedForward());
        linear(places.size(), shape.feedForward(), lane -> lane.gated, product, strips(shape.width()), (lane, y, p) -> {
            residual(some(lane, 0, layer.down(), y, 12, 14, p), p);
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
            embedding.row(p.slice.sequence().id(p.position), lane.wide);
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
        workers.run(parts.size() + slices.size(), (w, i) -> {
            if (i >= parts.size()) {
                hash(l, slices.get(i - parts.size()), lanes[w].hasher);
                return;
            }
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
        });
    }

    private void hash(int l) {
        workers.run(slices.size(), (w, i) -> hash(l, slices.get(i), lanes[w].hasher));
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
            Watch watch = slice.sequence().watch();
            if (watch != null) {
                watch.see(l, slice.first() + t - row, x, t * width, width);
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

    /** Prepares n inputs, then runs the body over all strips of rows and all tokens. */
    private void linear(int n, int cols, Function<Lane, Activations> which, Prepare prepare, int strips, Body body) {
        cut(n, cols, strips);
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

    /**
     * Cuts rows and tokens into patches. Many tokens: patches of {@link #PATCH_PRODUCTS}; few: first large ones, since
     * memory is read fastest in long runs, then ever smaller ones, so that all workers end together.
     */
    private void cut(int n, int cols, int strips) {
        patches.clear();
        if (n > Linear.TOKENS) {
            int step = Math.max(1, PATCH_PRODUCTS / (cols * PackedMatrix.STRIP * Linear.TOKENS));
            for (int t = 0; t < n; t += Linear.TOKENS) {
                for (int from = 0; from < strips; from += step) {
                    patches.add(new Patch(from, Math.min(strips, from + step), t, Math.min(n, t + Linear.TOKENS)));
                }
            }
            return;
        }
        int unit = n == 1 ? Linear.ROWS / PackedMatrix.STRIP : 1;
        for (int from = 0; from < strips; ) {
            int size = 3 * (strips - from) / (4 * workers.count() * unit);
            int to = Math.min(strips, from + Math.max(1, size) * unit);
            patches.add(new Patch(from, to, 0, n));
            from = to;
        }
    }

    /** A patch of a matrix's outputs, from inputs at 16, to its place among all of them. */
    private void all(Lane lane, PackedMatrix m, Activations a, int fOut, int[] bias, int[] y, Patch p) {
        rows(lane, m, a, 16, fOut, bias, y, 0, m.rows(), p);
    }

    /** A patch of a matrix's outputs: [tokens][rows] of the patch, until the worker's next one. */
    private int[] some(Lane lane, int which, PackedMatrix m, Activations a, int fIn, int fOut, Patch p) {
        int width = p.to(m.rows()) - p.from();
        int size = (p.lastToken - p.firstToken) * width;
        if (lane.given[which].length < size) {
            lane.given[which] = new int[size];
        }
        int[] y = lane.given[which];
        rows(lane, m, a, fIn, fOut, NO_BIAS, y, -p.firstToken * width - p.from(), width, p);
        return y;
    }

    private void rows(
            Lane lane,
            PackedMatrix m,
            Activations a,
            int fIn,
            int fOut,
            int[] bias,
            int[] y,
            int at,
            int stride,
            Patch p) {
        if (p.fromStrip == p.toStrip) {
            return;
        }
        long saturated = lane.linear.apply(
                m,
                a,
                fIn,
                fOut,
                bias.length == 0 ? null : bias,
                y,
                at,
                stride,
                p.from(),
                p.to(m.rows()),
                p.firstToken,
                p.lastToken);
        if (saturated > 0) {
            saturations.add(saturated);
        }
    }

    private static int strips(int rows) {
        return (rows + PackedMatrix.STRIP - 1) / PackedMatrix.STRIP;
    }

    private void residual(int[] given, Patch p) {
        int count = p.to(shape.width()) - p.from();
        int saturated = 0;
        for (int t = p.firstToken; t < p.lastToken; t++) {
            saturated += Elementwise.add(x, t * shape.width() + p.from(), given, (t - p.firstToken) * count, count);
        }
        if (saturated > 0) {
            saturations.add(saturated);
        }
    }

    private void silu(int[] gate, int[] up, Patch p) {
        int count = p.to(shape.feedForward()) - p.from();
        for (int t = p.firstToken; t < p.lastToken; t++) {
            int from = (t - p.firstToken) * count;
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
        List<Integer> wanted = new ArrayList<>();
        for (int t = 0; t < places.size(); t++) {
            if (places.get(t).position >= places.get(t).slice.logitsFrom()) {
                wanted.add(t);
            }
        }
        PackedMatrix matrix = model.matrix(program.head().name());
        boolean tiled = !isAlone(slices);
        List<Run> before = List.of();
        for (int from = 0; from < wanted.size(); from += HEAD_ROWS) {
            List<Integer> rows = wanted.subList(from, Math.min(wanted.size(), from + HEAD_ROWS));
            Activations input = lanes[0].normed;
            prepare(
                    input,
                    rows.size(),
                    shape.width(),
                    tiled,
                    (lane, i) -> norm(lane, rows.get(i), program.outputGain(), input, i));
            cut(rows.size(), shape.width(), strips(matrix.rows()));
            int[] into = logits(from / HEAD_ROWS % 2);
            List<Run> picks = before;
            workers.run(picks.size() + patches.size(), (w, i) -> {
                if (i < picks.size()) {
                    pick(picks.get(i));
                } else {
                    all(lanes[w], matrix, input, 16, NO_BIAS, into, patches.get(i - picks.size()));
                }
            });
            before = runs(rows, into);
        }
        List<Run> last = before;
        workers.run(last.size(), (w, i) -> pick(last.get(i)));
    }

    private int[] logits(int which) {
        if (logits[which].length == 0) {
            logits[which] = new int[HEAD_ROWS * shape.vocabulary()];
        }
        return logits[which];
    }

    /** Rows of one slice whose logits stand from row {@code at} on. */
    private record Run(int[] logits, int at, List<Integer> rows) {}

    private List<Run> runs(List<Integer> rows, int[] logits) {
        List<Run> runs = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= rows.size(); i++) {
            if (i == rows.size() || !places.get(rows.get(i)).slice.equals(places.get(rows.get(from)).slice)) {
                runs.add(new Run(logits, from, rows.subList(from, i)));
                from = i;
            }
        }
        return runs;
    }

    private void pick(Run run) {
        for (int i = 0; i < run.rows.size(); i++) {
            Place p = places.get(run.rows.get(i));
            p.slice.picks().take(run.logits, (run.at + i) * shape.vocabulary(), p.position);
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
