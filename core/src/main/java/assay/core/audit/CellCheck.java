package assay.core.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Fixed;
import assay.core.kernel.Sampler;
import assay.core.merkle.Merkle;
import assay.core.program.Cell;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.trace.Leaves;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Recomputes the cells of one opening and leads all of it to the receipt. Linear sums are taken up in a {@link
 * Freivalds}; until that was tested nothing here is known.
 */
final class CellCheck {
    private final Program program;
    private final AuditKey key;
    private final Freivalds freivalds;
    private final Transcript transcript;
    private final IntFunction<Sampler> samplers;
    private final Leaves leaves = new Leaves();

    /** Something is not as claimed. */
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1;

        Fault(String what) {
            super(what);
        }
    }

    /** @param samplers a fresh sampler of each choice */
    CellCheck(AuditKey key, Freivalds freivalds, Transcript transcript, IntFunction<Sampler> samplers) {
        this.program = key.program();
        this.key = key;
        this.freivalds = freivalds;
        this.transcript = transcript;
        this.samplers = samplers;
    }

    private static void require(boolean holds, String what) throws Fault {
        if (!holds) {
            throw new Fault(what);
        }
    }

    /** All of an opening, sums apart. */
    void check(Opening opening, OpeningPlan plan, Receipt receipt) throws Fault {
        Hash traces = Digests.traces(opening.roots());
        require(
                Digests.blind(traces, opening.salt()).equals(receipt.trace().root()),
                "the opened trace roots and salt are not what the receipt blinds");
        for (int choice = 0; choice < opening.roots().size(); choice++) {
            require(
                    plan.grid().runs().get(choice).steps() > 0
                            || opening.roots().get(choice).equals(Hash.sha256()),
                    "choice " + choice + " has no steps, and a trace");
        }
        for (int i = 0; i < plan.choices().size(); i++) {
            Opening.OfChoice shown = opening.choices().get(i);
            OpeningPlan.OfChoice asked = plan.choices().get(i);
            require(
                    Leaves.root(asked.steps(), shown.trees())
                            .equals(opening.roots().get(asked.choice())),
                    "choice " + asked.choice() + ": the opened trees are not under its trace root");
            choice(shown, asked);
        }
    }

    private void choice(Opening.OfChoice shown, OpeningPlan.OfChoice asked) throws Fault {
        SortedMap<Integer, Opening.OfHead> heads = new TreeMap<>();
        shown.heads().forEach(head -> heads.put(head.position(), head));
        require(heads.keySet().equals(asked.heads()), "other heads are opened than were drawn");
        tokens(shown, asked, heads);
        require(
                shown.layers().stream()
                        .map(Opening.OfLayer::layer)
                        .toList()
                        .equals(List.copyOf(asked.layers().keySet())),
                "other layers are opened than were drawn");
        for (Opening.OfLayer layer : shown.layers()) {
            layer(shown, layer, asked);
        }
    }

    /** The token tree from the transcript alone, and every drawn head on the way. */
    private void tokens(Opening.OfChoice shown, OpeningPlan.OfChoice asked, SortedMap<Integer, Opening.OfHead> heads)
            throws Fault {
        int choice = asked.choice();
        int[] prompt = transcript.promptIds();
        int[] answer = transcript.choices().get(choice).idArray();
        Sampler sampler = samplers.apply(choice);
        Hash nothing = Hash.ofBytes(new byte[Hash.SIZE_BYTES]);
        List<Hash> tokens = new ArrayList<>(asked.steps());
        for (int t = 0; t < asked.steps(); t++) {
            int pick = t - (prompt.length - 1);
            if (pick < 0) {
                tokens.add(leaves.token(t, prompt[t], nothing, -1));
                continue;
            }
            require(answer[pick] >= 0 && answer[pick] < program.shape().vocabulary(), "an id is not in the vocabulary");
            int fed = pick == 0 ? prompt[t] : answer[pick - 1];
            tokens.add(leaves.token(t, fed, sampler.state(), answer[pick]));
            Opening.OfHead head = heads.get(t);
            if (head != null) {
                head(shown, head, asked, sampler, pick);
            }
            sampler.accept(answer[pick]);
        }
        require(
                Merkle.root(tokens).equals(shown.trees().getLast()),
                "choice " + choice + ": ids and sampler's states are not those that the trace commits to");
    }

    private void head(
            Opening.OfChoice shown, Opening.OfHead head, OpeningPlan.OfChoice asked, Sampler sampler, int pick)
            throws Fault {
        Spot spot = new Spot(asked.choice(), program.shape().layers(), head.position());
        require(isResidual(head.residual()), spot + ": the residual is out of bounds");
        Hash leaf = leaves.last(head.position(), leaves.residual(head.residual()));
        require(
                Merkle.checkInclusion(
                        head.path(),
                        head.position(),
                        leaf,
                        asked.steps(),
                        shown.trees().get(program.shape().layers())),
                spot + ": the last residual is not what the trace commits to");
        require(Freivalds.inBounds(program.head(), head.sums()), spot + ": sums of the logits are out of bounds");
        try {
            Cell.Head cell = Cell.head(program, head.residual(), freivalds.claimed(spot, List.of(head.sums())));
            int[] logits = cell.logits().out();
            Transcript.Choice told = transcript.choices().get(asked.choice());
            int picked = sampler.pick(logits, 0, head.position() + 1);
            require(
                    picked == told.ids().get(pick),
                    spot + ": the sampler picks " + picked + ", answered was "
                            + told.ids().get(pick));
            if (pick < told.logprobs().size()) {
                logprobs(spot, told.logprobs().get(pick), sampler, logits, picked);
            }
        } catch (MalformedException e) {
            throw new AssertionError("claimed sums are at hand", e);
        }
    }

    private static void logprobs(Spot spot, Transcript.Logprobs told, Sampler sampler, int[] logits, int picked)
            throws Fault {
        int[] top = told.top().isEmpty()
                ? new int[0]
                : sampler.best(logits, 0, told.top().size());
        int[] asked = Arrays.copyOf(top, top.length + 1);
        asked[top.length] = picked;
        long[] values = sampler.logprobs(logits, 0, asked);
        boolean same = values[top.length] == told.picked();
        for (int i = 0; i < top.length; i++) {
            same &= told.top().get(i).id() == top[i] && told.top().get(i).value() == values[i];
        }
        require(same, spot + ": the log probabilities are not the model's");
    }

    private void layer(Opening.OfChoice shown, Opening.OfLayer layer, OpeningPlan.OfChoice asked) throws Fault {
        List<Integer> positions = List.copyOf(asked.layers().get(layer.layer()));
        int n = positions.getLast() + 1;
        String where = "choice " + asked.choice() + ", layer " + layer.layer();
        require(
                layer.residuals().size() == n && layer.keys().length == n && layer.values().length == n,
                where + ": " + n + " positions were to be opened, got "
                        + layer.residuals().size());
        List<Hash> cells = new ArrayList<>(n);
        for (int t = 0; t < n; t++) {
            require(isKeyValue(layer.keys()[t]) && isKeyValue(layer.values()[t]), where + ": K or V is out of bounds");
            Hash keysValues = leaves.keysValues(layer.keys()[t], layer.values()[t]);
            cells.add(leaves.cell(layer.layer(), t, layer.residuals().get(t), keysValues));
        }
        require(
                layer.rest().size() == Subtrees.count(n, asked.steps())
                        && Subtrees.root(cells, layer.rest(), asked.steps())
                                .equals(shown.trees().get(layer.layer())),
                where + ": residuals, K and V are not what the trace commits to");
        require(
                layer.cells().stream().map(Opening.OfCell::position).toList().equals(positions),
                where + ": other cells are opened than were drawn");
        for (Opening.OfCell cell : layer.cells()) {
            cell(shown, layer, cell, asked);
        }
    }

    /** One cell: its inputs are the committed ones, its K, V and residual-out too, and nothing else is in it. */
    private void cell(Opening.OfChoice shown, Opening.OfLayer layer, Opening.OfCell cell, OpeningPlan.OfChoice asked)
            throws Fault {
        int l = layer.layer();
        int t = cell.position();
        Spot spot = new Spot(asked.choice(), l, t);
        require(isResidual(cell.residual()), spot + ": the residual is out of bounds");
        require(
                leaves.residual(cell.residual()).equals(layer.residuals().get(t)),
                spot + ": the residual-in is not what the trace commits to");
        if (l == 0) {
            embedding(spot, cell);
        }
        Cell.Product[] products = Cell.Product.values();
        require(cell.sums().size() == products.length, spot + ": sums are missing");
        for (int i = 0; i < products.length; i++) {
            Matrix matrix = products[i].matrix(program, l);
            require(
                    Freivalds.inBounds(matrix, cell.sums().get(i)),
                    spot + ": sums of " + matrix.name() + " are out of bounds");
        }
        Cell.Layer computed;
        try {
            computed = Cell.layer(
                    program, l, t, cell.residual(), layer.keys(), layer.values(), freivalds.claimed(spot, cell.sums()));
        } catch (MalformedException e) {
            throw new AssertionError("claimed sums are at hand", e);
        }
        require(
                Arrays.equals(computed.key(), layer.keys()[t]) && Arrays.equals(computed.value(), layer.values()[t]),
                spot + ": K or V, recomputed, is not what the trace commits to");
        next(spot, shown, cell, leaves.residual(computed.residual()), asked.steps());
    }

    private void embedding(Spot spot, Opening.OfCell cell) throws Fault {
        int[] prompt = transcript.promptIds();
        int id = spot.position() < prompt.length
                ? prompt[spot.position()]
                : transcript.choices().get(spot.choice()).ids().get(spot.position() - prompt.length);
        require(id >= 0 && id < program.shape().vocabulary(), spot + ": id " + id + " is not in the vocabulary");
        long[] row = cell.embedding();
        require(
                row.length == program.shape().width()
                        && Arrays.stream(row).allMatch(w -> w > -1L << 40 && w < 1L << 40)
                        && key.isEmbedding(id, row),
                spot + ": this is not the row of id " + id + " of the embedding");
        require(
                Arrays.equals(Cell.embedding(row), cell.residual()),
                spot + ": the residual-in is not the embedding of id " + id);
    }

    /** Whether the residual-out is the next layer's residual-in, or the last one. */
    private void next(Spot spot, Opening.OfChoice shown, Opening.OfCell cell, Hash residual, int steps) throws Fault {
        int next = spot.layer() + 1;
        boolean isLast = next == program.shape().layers();
        Optional<Hash> keysValues = cell.next();
        require(isLast == keysValues.isEmpty(), spot + ": the next layer's K and V are missing");
        Hash leaf = keysValues.isEmpty()
                ? leaves.last(spot.position(), residual)
                : leaves.cell(next, spot.position(), residual, keysValues.get());
        require(
                Merkle.checkInclusion(
                        cell.path(), spot.position(), leaf, steps, shown.trees().get(next)),
                spot + ": the residual-out, recomputed, is not what "
                        + (isLast ? "the trace commits to" : "the next layer begins with"));
    }

    private boolean isResidual(int[] residual) {
        if (residual.length != program.shape().width()) {
            return false;
        }
        for (int x : residual) {
            if (x > Fixed.SAT || x < -Fixed.SAT) {
                return false;
            }
        }
        return true;
    }

    private boolean isKeyValue(short[] elements) {
        if (elements.length != program.shape().kvWidth()) {
            return false;
        }
        for (short v : elements) {
            if (v != Fixed.clamp(v, 14)) {
                return false;
            }
        }
        return true;
    }
}
