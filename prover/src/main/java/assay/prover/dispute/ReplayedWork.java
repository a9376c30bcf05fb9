package assay.prover.dispute;

import assay.core.audit.Spot;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.dispute.Work;
import assay.core.kernel.Sampler;
import assay.core.kernel.Sampling;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.ProgramHeader;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.core.trace.Trace;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.PickedToken;
import assay.engine.infer.ReplayRequest;
import assay.engine.infer.Witness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A party's work in a dispute: the answer computed again by a replay. A leaf that the dispute reaches costs one more
 * replay, which keeps that leaf's residuals; nothing else is kept longer than the dispute.
 *
 * <p>Not thread-safe.
 */
public final class ReplayedWork implements Work {
    private static final Hash NO_STATE = Hash.ofBytes(new byte[Hash.SIZE_BYTES]);

    private final Engine engine;
    private final FileRows rows;
    private final Program program;
    private final ProgramHeader header;
    private final Map<String, byte[]> sections;
    private final Receipt receipt;
    private final Transcript transcript;
    private final boolean textWrong;
    private final ReplayRequest request;
    private final Sampling sampling;
    private final List<ChoiceWork> choices = new ArrayList<>();
    private Witness witness;

    /**
     * Replays.
     *
     * @param engine that this party computes with
     * @param rows of its model's file
     * @param program that the receipt names, as registered
     * @param textWrong whether text, bill or posting do not follow from the request
     * @throws MalformedException if the request is none
     */
    public ReplayedWork(
            Engine engine, FileRows rows, Program program, Receipt receipt, Transcript transcript, boolean textWrong)
            throws MalformedException, InterruptedException {
        this.engine = engine;
        this.rows = rows;
        this.program = program;
        this.header = program.header();
        this.sections = program.committed();
        this.receipt = receipt;
        this.transcript = transcript;
        this.textWrong = textWrong;
        this.sampling = ChatRequest.parse(transcript.body(), Transcript.BODY_MAX_BYTES)
                .sampling(receipt.request().sampling().maxTokens());
        int[] prompt = transcript.promptIds();
        int[][] answers =
                transcript.choices().stream().map(Transcript.Choice::idArray).toArray(int[][]::new);
        this.request = new ReplayRequest(
                new GenerationRequest(
                        prompt, Digests.ids(prompt), sampling, receipt.seed().value()),
                answers);
        this.witness = engine.witness(request, List.of());
        for (int c = 0; c < answers.length; c++) {
            choices.add(new Choice(c));
        }
    }

    /** Digest of all choices' trace roots, as this party computed them. */
    public Hash root() {
        return Digests.traces(
                witness.result().choices().stream().map(c -> c.traceRoot()).toList());
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public ProgramHeader header() {
        return header;
    }

    @Override
    public byte[] section(String name) {
        byte[] section = sections.get(name);
        if (section == null) {
            throw new IllegalArgumentException("no section " + name);
        }
        return section;
    }

    @Override
    public byte[] row(Matrix matrix, int row) {
        return rows.row(matrix, row);
    }

    /** From the engine's memory, as the answer was computed; what is shown of it comes from the file. */
    @Override
    public long[] weights(Matrix matrix, int row, int block) {
        long[] all = engine.model().row(matrix, row);
        int from = block * Matrix.BLOCK_COLS;
        return Arrays.copyOfRange(all, from, Math.min(all.length, from + Matrix.BLOCK_COLS));
    }

    @Override
    public Hash rows(Matrix matrix, int low, int high) {
        return rows.subtree(matrix, low, high);
    }

    @Override
    public byte[] statement() {
        return Statement.encode(receipt);
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
        return textWrong;
    }

    @Override
    public List<ChoiceWork> choices() {
        return choices;
    }

    /** One choice of the replay. */
    private final class Choice implements ChoiceWork {
        private final int index;

        Choice(int index) {
            this.index = index;
        }

        private Trace trace() {
            return witness.trace(index)
                    .orElseThrow(() -> new IllegalArgumentException("choice " + index + " committed to nothing"));
        }

        private List<PickedToken> picks() {
            return witness.result().choices().get(index).picks();
        }

        @Override
        public int steps() {
            return witness.result().choices().get(index).steps();
        }

        @Override
        public Hash leaf(int tree, int position) {
            return trace().leaf(tree, position);
        }

        @Override
        public int[] residual(int tree, int position) {
            Spot spot = new Spot(index, tree, position);
            try {
                return witness.residual(spot);
            } catch (IllegalArgumentException e) {
                keep(spot);
                return witness.residual(spot);
            }
        }

        private void keep(Spot spot) {
            try {
                List<Spot> both = spot.layer() == 0
                        ? List.of(spot)
                        : List.of(spot, new Spot(index, spot.layer() - 1, spot.position()));
                witness = engine.witness(request, both);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while replaying", e);
            }
        }

        @Override
        public Hash residualDigest(int tree, int position) {
            return trace().residual(tree, position);
        }

        @Override
        public short[] keysValues(int layer, int position) {
            short[] k = witness.key(index, layer, position);
            short[] v = witness.value(index, layer, position);
            short[] both = Arrays.copyOf(k, k.length + v.length);
            System.arraycopy(v, 0, both, k.length, v.length);
            return both;
        }

        private int firstPick() {
            return transcript.promptIds().length - 1;
        }

        @Override
        public Hash state(int position) {
            if (position < firstPick()) {
                return NO_STATE;
            }
            Hash state = Sampler.firstState(
                    receipt.seed().value(), Digests.ids(transcript.promptIds()), index, sampling.canonical());
            int[] answer = transcript.choices().get(index).idArray();
            for (int i = 0; i < position - firstPick(); i++) {
                state = Sampler.nextState(state, answer[i]);
            }
            return state;
        }

        @Override
        public int picked(int position) {
            return position < firstPick()
                    ? -1
                    : picks().get(position - firstPick()).id();
        }

        @Override
        public Optional<Integer> answeredOtherwise() {
            int first = witness.result().choices().get(index).firstDifference();
            return first < 0 ? Optional.empty() : Optional.of(firstPick() + first);
        }
    }
}
