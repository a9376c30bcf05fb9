package assay.prover.audit;

import assay.core.audit.Challenge;
import assay.core.audit.Grid;
import assay.core.audit.LightAudit;
import assay.core.audit.OpeningFormat;
import assay.core.audit.OpeningPlan;
import assay.core.audit.Spot;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampler;
import assay.core.program.Cell;
import assay.core.program.Program;
import assay.core.receipt.Digests;
import assay.core.trace.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One answer of one choice, computed cell by cell in plain code, honestly or not: what it commits to and shows is
 * what it keeps here. A {@link Cheat} may change any of it on the way; all later values follow.
 */
class Run implements Source {
    /** What a dishonest node does otherwise; every method gives the honest value unless it is overridden. */
    interface Cheat {
        /** The cell of a layer: changed, or computed from other inputs. */
        default Cell.Layer layer(Run run, Spot spot, int[] residual, Cell.Sums sums) throws MalformedException {
            return Cell.layer(
                    run.world.program(),
                    spot.layer(),
                    spot.position(),
                    residual,
                    run.keys[spot.layer()],
                    run.values[spot.layer()],
                    sums);
        }

        /** The residual that a position begins with. */
        default int[] embedding(Spot spot, int[] honest) {
            return honest;
        }

        /** The id picked. */
        default int pick(int pick, int honest) {
            return honest;
        }

        /** The logits. */
        default int[] logits(Spot spot, int[] honest) {
            return honest;
        }
    }

    final World world;
    final World.Question question;
    final List<Integer> ids = new ArrayList<>();
    final short[][][] keys;
    final short[][][] values;
    final int[][][] residuals;
    final List<long[]>[][] sums;
    final long[][] logitSums;
    final Trace trace;
    private final Cheat cheat;
    private final Program program;
    private final int layers;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of lists
    Run(World world, World.Question question, Cheat cheat) throws MalformedException {
        this.world = world;
        this.question = question;
        this.cheat = cheat;
        this.program = world.program();
        this.layers = program.shape().layers();
        int most = question.prompt().length + question.sampling().maxTokens();
        this.keys = new short[layers][most][];
        this.values = new short[layers][most][];
        this.residuals = new int[layers + 1][most][];
        this.sums = new List[layers][most];
        this.logitSums = new long[most][];
        this.trace = new Trace(layers, true);
        compute();
    }

    static Run honest(World world, World.Question question) throws MalformedException {
        return new Run(world, question, new Cheat() {});
    }

    private void compute() throws MalformedException {
        Trace.Hasher hasher = new Trace.Hasher();
        Sampler sampler = world.sampler(question, 0);
        int[] prompt = question.prompt();
        int position = 0;
        for (int id : prompt) {
            feed(hasher, position, id);
            if (position < prompt.length - 1) {
                trace.token(hasher, id, new byte[Hash.SIZE_BYTES], -1);
            }
            position++;
        }
        int fed = prompt[prompt.length - 1];
        for (int pick = 0; pick < question.sampling().maxTokens(); pick++) {
            Spot spot = new Spot(0, layers, position - 1);
            Cell.Head head = Cell.head(program, residuals[layers][position - 1], world.sums());
            logitSums[position - 1] = head.logits().sums();
            int[] logits = cheat.logits(spot, head.logits().out());
            int id = cheat.pick(pick, sampler.pick(logits, 0, position));
            trace.token(hasher, fed, sampler.state().bytes(), id);
            sampler.accept(id);
            ids.add(id);
            if (world.text().tokenizerOf().stopIds().contains(id)
                    || pick == question.sampling().maxTokens() - 1) {
                return;
            }
            feed(hasher, position, id);
            fed = id;
            position++;
        }
    }

    private void feed(Trace.Hasher hasher, int position, int id) throws MalformedException {
        int[] x = cheat.embedding(new Spot(0, 0, position), Cell.embedding(world.embedding(id)));
        for (int l = 0; l < layers; l++) {
            residuals[l][position] = x;
            Spot spot = new Spot(0, l, position);
            Cell.Layer cell = cheat.layer(this, spot, x, world.sums());
            commit(hasher, spot, x, cell);
            x = cell.residual();
        }
        residuals[layers][position] = x;
        trace.last(hasher, x, 0, x.length);
    }

    private void commit(Trace.Hasher hasher, Spot spot, int[] x, Cell.Layer cell) {
        int l = spot.layer();
        int t = spot.position();
        keys[l][t] = cell.key();
        values[l][t] = cell.value();
        short[] both = Arrays.copyOf(cell.key(), 2 * cell.key().length);
        System.arraycopy(cell.value(), 0, both, cell.key().length, cell.value().length);
        trace.cell(hasher, l, x, 0, x.length, both, 0, both.length);
        List<long[]> claimed = new ArrayList<>();
        for (Cell.Product product : Cell.Product.values()) {
            claimed.add(cell.applied(product).sums());
        }
        sums[l][t] = claimed;
    }

    int steps() {
        return question.prompt().length + ids.size() - 1;
    }

    Hash root() {
        return trace.root(steps());
    }

    LightAudit.Subject subject() {
        return world.subject(question, List.of(ids), Digests.traces(roots()));
    }

    Grid grid() {
        return Grid.of(layers, subject().transcript());
    }

    byte[] open(Challenge challenge) {
        return OpeningFormat.encode(Openings.open(this, OpeningPlan.of(program, grid(), challenge), World.TRACE_SALT));
    }

    @Override
    public List<Hash> roots() {
        return List.of(root());
    }

    @Override
    public Trace trace(int choice) {
        return trace;
    }

    @Override
    public int[] residual(Spot spot) {
        return residuals[spot.layer()][spot.position()];
    }

    @Override
    public short[] key(Spot spot) {
        return keys[spot.layer()][spot.position()];
    }

    @Override
    public short[] value(Spot spot) {
        return values[spot.layer()][spot.position()];
    }

    @Override
    public List<long[]> sums(Spot spot) {
        return sums[spot.layer()][spot.position()];
    }

    @Override
    public long[] logits(Spot spot) {
        return logitSums[spot.position()];
    }

    @Override
    public long[] embedding(int choice, int position) {
        int[] prompt = question.prompt();
        return world.embedding(position < prompt.length ? prompt[position] : ids.get(position - prompt.length));
    }
}
