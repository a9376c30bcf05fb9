package assay.prover.audit;

import assay.core.audit.Challenge;
import assay.core.audit.Grid;
import assay.core.audit.LightAudit;
import assay.core.audit.Opening;
import assay.core.audit.OpeningPlan;
import assay.core.audit.Spot;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.core.program.Cell;
import assay.core.program.Program;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.core.trace.Trace;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.Model;
import assay.engine.infer.ReplayRequest;
import assay.engine.infer.ReplayResult;
import assay.engine.infer.Witness;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer computed again: one replay however many cells are opened, and for each opened cell its own products
 * once more.
 */
public final class Regenerated implements Source {
    private final Model model;
    private final Program program;
    private final Witness witness;
    private final Cell.Sums sums;
    private final Transcript transcript;

    private Regenerated(Model model, Witness witness, Transcript transcript) {
        this.model = model;
        this.program = model.program();
        this.witness = witness;
        this.sums = model.sums();
        this.transcript = transcript;
    }

    /**
     * Computes an answer again and opens the challenged cells.
     *
     * @param engine of the receipt's model
     * @param salt that blinds the receipt's trace root
     * @throws IllegalArgumentException if the opening would be too long, or the transcript is none of this model
     * @throws IllegalStateException if this machine computes another trace than the receipt commits to
     */
    public static Opening open(Engine engine, LightAudit.Subject subject, Hash salt, Challenge challenge)
            throws InterruptedException {
        Program program = engine.model().program();
        Grid grid = Grid.of(program.shape().layers(), subject.transcript());
        OpeningPlan plan = OpeningPlan.of(program, grid, challenge);
        if (plan.maxBytes() > OpeningPlan.SIZE_MAX_BYTES) {
            throw new IllegalArgumentException("an opening of these " + plan.cells() + " cells may take "
                    + (plan.maxBytes() >> 20) + " MB, the limit is " + (OpeningPlan.SIZE_MAX_BYTES >> 20)
                    + ": ask for fewer cells, or for a replay");
        }
        Witness witness = engine.witness(replay(subject), challenge.spots(grid));
        Regenerated source = new Regenerated(engine.model(), witness, subject.transcript());
        if (!Digests.blind(Digests.traces(source.roots()), salt)
                .equals(subject.receipt().trace().root())) {
            throw new IllegalStateException("computed again, the answer has another trace than its receipt commits to");
        }
        return Openings.open(source, plan, salt);
    }

    private static ReplayRequest replay(LightAudit.Subject subject) {
        Receipt receipt = subject.receipt();
        Transcript transcript = subject.transcript();
        try {
            Sampling sampling = ChatRequest.parse(transcript.body(), Transcript.BODY_MAX_BYTES)
                    .sampling(receipt.request().sampling().maxTokens());
            int[] prompt = transcript.promptIds();
            int[][] answers = transcript.choices().stream()
                    .map(Transcript.Choice::idArray)
                    .toArray(int[][]::new);
            return new ReplayRequest(
                    new GenerationRequest(
                            prompt,
                            Digests.ids(prompt),
                            sampling,
                            receipt.seed().value()),
                    answers);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("the request is malformed: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Hash> roots() {
        return witness.result().choices().stream()
                .map(ReplayResult.Choice::traceRoot)
                .toList();
    }

    @Override
    public Trace trace(int choice) {
        return witness.trace(choice).orElseThrow();
    }

    @Override
    public int[] residual(Spot spot) {
        return witness.residual(spot);
    }

    @Override
    public short[] key(Spot spot) {
        return witness.key(spot.choice(), spot.layer(), spot.position());
    }

    @Override
    public short[] value(Spot spot) {
        return witness.value(spot.choice(), spot.layer(), spot.position());
    }

    @Override
    public List<long[]> sums(Spot spot) {
        short[][] keys = witness.keys(spot.choice(), spot.layer(), spot.position());
        short[][] values = witness.values(spot.choice(), spot.layer(), spot.position());
        try {
            Cell.Layer cell = Cell.layer(program, spot.layer(), spot.position(), residual(spot), keys, values, sums);
            List<long[]> all = new ArrayList<>();
            for (Cell.Product product : Cell.Product.values()) {
                all.add(cell.applied(product).sums());
            }
            return all;
        } catch (MalformedException e) {
            throw new AssertionError("a loaded model's rows are well-formed", e);
        }
    }

    @Override
    public long[] logits(Spot spot) {
        try {
            return Cell.head(program, residual(spot), sums).logits().sums();
        } catch (MalformedException e) {
            throw new AssertionError("a loaded model's rows are well-formed", e);
        }
    }

    @Override
    public long[] embedding(int choice, int position) {
        int[] prompt = transcript.promptIds();
        int id = position < prompt.length
                ? prompt[position]
                : transcript.choices().get(choice).ids().get(position - prompt.length);
        return model.row(program.matrix(Program.EMBEDDING).orElseThrow(), id);
    }
}
