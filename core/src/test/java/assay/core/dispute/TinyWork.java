package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.kernel.Sampler;
import assay.core.kernel.Sampling;
import assay.core.program.Forward;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.ProgramHeader;
import assay.core.program.Shape;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.core.text.ChatRequest;
import assay.core.verify.Samples;
import assay.core.verify.TextRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One party's work over a {@link TinyModel}: one choice, honest or with one fault and all that follows from it. */
final class TinyWork implements Work, Work.ChoiceWork {
    final TinyModel model;
    final Shape shape;
    private final byte[] statement;
    private final Receipt receipt;
    private final Transcript transcript;
    private final Map<String, byte[]> sections;
    private final ProgramHeader header;
    final int[][][] residuals;
    final short[][][] keysValues;
    final Hash[] states;
    final int[] picked;
    int fedShift;
    int fedAt = -1;
    private Optional<Fault> fault = Optional.empty();

    /**
     * One number that is not what it should be.
     *
     * @param op operation of the leaf
     * @param element of the operation
     * @param delta what is added to it
     */
    record Fault(int tree, int position, int op, int element, long delta) {}

    /** The honest work: by {@link Forward} and {@link Sampler}, which know nothing of disputes. */
    TinyWork(TinyModel model, String sampling, int[] prompt, int answers) throws MalformedException {
        this(model, sampling, prompt, answers, -1, 0);
    }

    /** The same about a receipt whose answer has another id at a position than the one that is picked there. */
    TinyWork(TinyModel model, String sampling, int[] prompt, int answers, int forcedAt, int forcedId)
            throws MalformedException {
        this(model, body(answers, sampling), prompt, answers, forcedAt, forcedId, Optional.empty());
    }

    /**
     * The work about any request; the answer is read as the text rules say, or has no text.
     *
     * @param body in which max_tokens stands
     * @param answers ids of the answer
     */
    TinyWork(
            TinyModel model,
            byte[] body,
            int[] prompt,
            int answers,
            int forcedAt,
            int forcedId,
            Optional<TextRules> rules)
            throws MalformedException {
        this.model = model;
        this.shape = model.program.shape();
        sections = model.program.committed();
        header = model.program.header();
        int steps = prompt.length + answers - 1;
        residuals = new int[shape.layers() + 1][steps][];
        keysValues = new short[shape.layers()][steps][];
        states = new Hash[steps];
        picked = new int[steps];
        ChatRequest request = ChatRequest.parse(body, body.length);
        Sampling sampling = request.sampling(answers);
        List<Integer> ids = run(prompt, sampling, forcedAt, forcedId);
        TextRules.Reading read = rules.isEmpty()
                ? new TextRules.Reading("", Receipt.Finish.LENGTH, ids.size())
                : rules.get().read(ids.stream().mapToInt(Integer::intValue).toArray(), sampling);
        Transcript.Choice choice = new Transcript.Choice(read.text(), ids, read.finish(), List.of());
        transcript = new Transcript(Samples.hash("salt"), body, prompt, List.of(choice));
        receipt = receipt(request, steps);
        statement = Statement.encode(receipt);
    }

    private static byte[] body(int answers, String sampling) {
        return ("{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"seed\":5,\"max_tokens\":"
                        + answers + sampling + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The same trace under what another receipt says of another transcript. */
    TinyWork saying(Transcript told, Receipt signed) {
        return new TinyWork(this, told, signed);
    }

    /** The same trace with another transcript, and the receipt that follows from it. */
    TinyWork saying(Transcript told) throws MalformedException {
        TinyWork other = new TinyWork(this, told, receipt);
        Receipt signed = other.receipt(ChatRequest.parse(told.body(), told.body().length), steps());
        return new TinyWork(this, told, signed);
    }

    private TinyWork(TinyWork other) {
        this(other, other.transcript, other.receipt);
    }

    private TinyWork(TinyWork other, Transcript told, Receipt signed) {
        model = other.model;
        shape = other.shape;
        statement = Statement.encode(signed);
        receipt = signed;
        transcript = told;
        sections = other.sections;
        header = other.header;
        residuals = new int[other.residuals.length][][];
        for (int i = 0; i < residuals.length; i++) {
            residuals[i] = other.residuals[i].clone();
        }
        keysValues = new short[other.keysValues.length][][];
        for (int i = 0; i < keysValues.length; i++) {
            keysValues[i] = other.keysValues[i].clone();
        }
        states = other.states.clone();
        picked = other.picked.clone();
    }

    private List<Integer> run(int[] prompt, Sampling sampling, int forcedAt, int forcedId) throws MalformedException {
        Forward forward = new Forward(model.program, model);
        BitSet masked = new BitSet();
        for (int id = 0; id < shape.vocabulary(); id++) {
            masked.set(id, model.isMasked(id));
        }
        Sampler sampler =
                new Sampler(sampling, 5, Digests.ids(prompt), 0, shape.vocabulary(), masked, model.program.tables());
        List<Integer> ids = new ArrayList<>();
        for (int t = 0; t < picked.length; t++) {
            int[][] x = forward.embed(new int[] {t < prompt.length ? prompt[t] : ids.get(t - prompt.length)});
            for (int l = 0; l < shape.layers(); l++) {
                residuals[l][t] = x[0];
                x = forward.layer(l, x);
                keysValues[l][t] = join(forward.key(l, t), forward.value(l, t));
            }
            residuals[shape.layers()][t] = x[0];
            states[t] = Branch.NONE;
            picked[t] = -1;
            if (t >= prompt.length - 1) {
                states[t] = sampler.state();
                picked[t] = sampler.pick(forward.logits(x)[0], 0, t + 1);
                int answered = t == forcedAt ? forcedId : picked[t];
                sampler.accept(answered);
                ids.add(answered);
            }
        }
        return ids;
    }

    private static short[] join(short[] a, short[] b) {
        short[] both = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private Receipt receipt(ChatRequest request, int steps) {
        Receipt like = Samples.receipt();
        Sampling sampling = request.sampling(40);
        Program p = model.program;
        Usage usage = new Usage(
                transcript.promptIds().length,
                0,
                transcript.choices().getFirst().ids().size());
        PriceList price = new PriceList(3, 500_000, 100_000, 1_250_000);
        return new Receipt(
                new Receipt.Request(
                        Digests.request(transcript.salt(), transcript.body()),
                        "tiny",
                        "2026-11-30",
                        Receipt.Scalars.of(sampling),
                        Digests.sampling(transcript.salt(), sampling)),
                Digests.prompt(transcript.salt(), transcript.promptIds()),
                transcript.answer(),
                List.of(new Receipt.Choice(
                        usage.completion(), transcript.choices().getFirst().finish(), steps)),
                transcript.bareBytes(),
                "5a".repeat(16),
                new Receipt.Model(
                        "tiny",
                        p.root(),
                        p.weightRoot(),
                        p.tokenizerDigest(),
                        p.templateDigest(),
                        p.unicode(),
                        Samples.hash("file")),
                new Receipt.Trace(Receipt.Trace.FORMAT, Samples.hash("blinded")),
                List.of(),
                new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT),
                usage,
                price,
                new Receipt.Payment(
                        like.payment().payer(),
                        like.payment().channel(),
                        Bill.of(price, usage),
                        1_000_143,
                        like.payment().authorisation(),
                        like.payment().binding(),
                        0),
                like.node(),
                like.ledger(),
                like.timeMillis(),
                List.of(),
                false,
                Json.object().build());
    }

    /** The same work with one number wrong, and everything after it computed from that. */
    TinyWork with(Fault wrong) throws MalformedException {
        TinyWork liar = new TinyWork(this);
        liar.fault = Optional.of(wrong);
        Hash honest = leaf(wrong.tree(), wrong.position());
        liar.recompute(wrong.tree(), wrong.position());
        if (liar.leaf(wrong.tree(), wrong.position()).equals(honest)) {
            liar.alter(wrong.tree(), wrong.position());
        }
        for (int tree = wrong.tree() + 1; tree < shape.layers() + 2; tree++) {
            for (int t = wrong.position(); t < steps(); t++) {
                liar.recompute(tree, t);
            }
        }
        return liar;
    }

    /** The same work where one leaf commits to something else than its operations gave. */
    TinyWork altered(int tree, int position) {
        TinyWork liar = new TinyWork(this);
        liar.alter(tree, position);
        return liar;
    }

    /** The same work that says of one position that this id was picked there. */
    TinyWork picking(int position, int id) {
        TinyWork liar = new TinyWork(this);
        liar.picked[position] = id;
        return liar;
    }

    /** The same work whose leaf says that another id was fed. */
    TinyWork feeding(int position, int shift) {
        TinyWork liar = new TinyWork(this);
        liar.fedAt = position;
        liar.fedShift = shift;
        return liar;
    }

    /** The same work with another state of the sampler at a position. */
    TinyWork inState(int position, Hash state) {
        TinyWork liar = new TinyWork(this);
        liar.states[position] = state;
        return liar;
    }

    private void alter(int tree, int position) {
        if (tree > shape.layers()) {
            picked[position] = picked[position] == 3 ? 4 : 3;
        } else {
            residuals[tree][position] = residuals[tree][position].clone();
            residuals[tree][position][7]++;
        }
    }

    private void recompute(int tree, int position) throws MalformedException {
        OwnInputs own = inputs(tree, position);
        for (int i = 0; i < own.plan().size(); i++) {
            switch (own.plan().op(i)) {
                case Op.SameResidual op -> residuals[tree][position] = narrow(own.tensor(op.of()));
                case Op.SameKeysValues op -> {
                    int[] k = narrow(own.tensor(op.keys()));
                    int[] v = narrow(own.tensor(op.values()));
                    short[] both = new short[k.length + v.length];
                    for (int e = 0; e < both.length; e++) {
                        both[e] = (short) (e < k.length ? k[e] : v[e - k.length]);
                    }
                    keysValues[tree][position] = both;
                }
                case Op.Likeliest op -> {
                    long key = own.value(op.best(), op.top().nodes().result(0));
                    picked[position] = (int) ((1 << 20) - 1 - (key & (1 << 20) - 1));
                }
                case Op.Drawn op -> picked[position] = draw(own, op);
                default -> {}
            }
        }
    }

    /** Walks over all ids, as the sampler does. */
    private int draw(OwnInputs own, Op.Drawn op) throws MalformedException {
        long cut = own.value(op.cuts(), 1);
        long total = own.value(op.kept(), op.top().nodes().result(0));
        long random = Sampler.random(5, own.promptDigest(), 0, own.plan().position() + 1);
        long target = Math.unsignedMultiplyHigh(random, total);
        long sum = 0;
        for (int id = 0; id < shape.vocabulary(); id++) {
            long w = own.value(op.weights(), id);
            sum += w > 0 && Picking.key(w, id) >= cut ? w : 0;
            if (sum > target) {
                return id;
            }
        }
        return 0;
    }

    OwnInputs inputs(int tree, int position) throws MalformedException {
        Plan plan = Head.of(this).plan(tree, position);
        return new OwnInputs(this, 0, plan, new TraceLeaf.Last(Branch.NONE), new long[0]);
    }

    private static int[] narrow(Tensor tensor) {
        long[] wide = tensor.values(0, tensor.size());
        int[] out = new int[wide.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (int) wide[i];
        }
        return out;
    }

    Terms terms() {
        List<Hash> trees = Defender.trees(this, 0).trees();
        assay.core.codec.Writer out = new assay.core.codec.Writer().u32(steps()).u32(shape.layers());
        trees.forEach(out::hash);
        Hash root = Hash.tagged("assay/trace/1", out.toBytes());
        return new Terms(header.root(), Statement.digest(statement), Digests.traces(List.of(root)));
    }

    @Override
    public long[] stated(int tree, int position, int op, long[] computed) {
        if (fault.isEmpty()) {
            return computed;
        }
        Fault f = fault.get();
        if (f.tree() != tree || f.position() != position || f.op() != op || computed.length == 0) {
            return computed;
        }
        long[] wrong = computed.clone();
        wrong[f.element() % wrong.length] += f.delta();
        return wrong;
    }

    @Override
    public Program program() {
        return model.program;
    }

    @Override
    public ProgramHeader header() {
        return header;
    }

    @Override
    public byte[] section(String name) {
        return sections.get(name);
    }

    @Override
    public byte[] row(Matrix matrix, int row) {
        return model.rows.get(matrix.name())[row];
    }

    @Override
    public Hash rows(Matrix matrix, int low, int high) {
        return model.subtree(matrix, low, high);
    }

    @Override
    public byte[] statement() {
        return statement;
    }

    @Override
    public Receipt receipt() {
        return receipt;
    }

    @Override
    public Transcript transcript() {
        return transcript;
    }

    @Override
    public boolean isTextWrong() {
        return false;
    }

    @Override
    public List<ChoiceWork> choices() {
        return List.of(this);
    }

    @Override
    public int steps() {
        return picked.length;
    }

    @Override
    public Hash leaf(int tree, int position) {
        if (tree > shape.layers()) {
            long fed = OwnInputs.ids(this, 0)[position] + (position == fedAt ? fedShift : 0);
            return new TraceLeaf.Token((int) fed, states[position], picked[position]).hash(tree, position);
        }
        long[] x = new long[shape.width()];
        for (int i = 0; i < x.length; i++) {
            x[i] = residuals[tree][position][i];
        }
        Hash residual = FlatDigests.residual(x);
        return tree == shape.layers()
                ? new TraceLeaf.Last(residual).hash(tree, position)
                : new TraceLeaf.Cell(residual, FlatDigests.keysValues(keysValues[tree][position])).hash(tree, position);
    }

    @Override
    public int[] residual(int tree, int position) {
        return residuals[tree][position];
    }

    @Override
    public short[] keysValues(int layer, int position) {
        return keysValues[layer][position];
    }

    @Override
    public Hash state(int position) {
        return states[position];
    }

    @Override
    public int picked(int position) {
        return picked[position];
    }

    @Override
    public Optional<Integer> answeredOtherwise() {
        long[] ids = OwnInputs.ids(this, 0);
        for (int t = transcript.promptIds().length - 1; t < steps(); t++) {
            if (ids[t + 1] != picked[t]) {
                return Optional.of(t);
            }
        }
        return Optional.empty();
    }
}
