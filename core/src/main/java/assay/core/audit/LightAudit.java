package assay.core.audit;

import assay.core.base.Counted;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampler;
import assay.core.kernel.Sampling;
import assay.core.program.Program;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.core.text.TokenType;
import assay.core.text.Vocabulary;
import assay.core.verify.Claim;
import assay.core.verify.ModelText;
import assay.core.verify.TranscriptCheck;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * The light audit: whether opened cells of an answer are what the model computes, decided without the weights.
 *
 * <p>A pure function of its arguments, total on hostile transcripts and openings. docs/protocol/light-audit.md.
 */
public final class LightAudit {
    private LightAudit() {}

    /**
     * What is audited.
     *
     * @param receipt whose signature somebody verified
     * @param transcript what it is about, in clear
     */
    public record Subject(Receipt receipt, Transcript transcript) {
        /** Digest of the receipt's statement: what a challenge names. */
        public Hash digest() {
            return Statement.digest(Statement.encode(receipt));
        }
    }

    /**
     * What an audit found.
     *
     * @param verdict valid at tier AUDITED, or why not
     * @param cells of the answer
     * @param drawn cells checked
     * @param heads those of them that are heads, with the sampler
     * @param equations tests of linear operations
     */
    public record Report(Verdict verdict, long cells, int drawn, int heads, int equations) {}

    /**
     * Audits one opening.
     *
     * @param key of the program that the receipt names
     * @param text of that program
     * @param challenge drawn after the receipt existed, for this receipt
     * @param opening bytes that the node gave for it
     * @param fresh a secure source
     */
    public static Report check(
            AuditKey key, ModelText text, Subject subject, Challenge challenge, byte[] opening, RandomGenerator fresh) {
        Optional<Verdict> refused = premises(key, text, subject, challenge);
        return refused.map(verdict -> new Report(verdict, 0, 0, 0, 0))
                .orElseGet(() -> opened(key, text, subject, challenge, opening, fresh));
    }

    /** What the audit stands on besides the opening: the right key, this receipt's transcript, its own sums. */
    public static Optional<Verdict> premises(AuditKey key, ModelText text, Subject subject, Challenge challenge) {
        Receipt receipt = subject.receipt;
        if (!key.programRoot().equals(receipt.model().program())) {
            return Optional.of(new Verdict.Undecided("an audit key of program "
                    + receipt.model().program() + ": the one at hand is of " + key.programRoot()));
        }
        if (!challenge.receipt().equals(subject.digest())) {
            return Optional.of(new Verdict.Undecided("a challenge for this receipt: the one at hand is for another"));
        }
        if (!receipt.trace().format().equals(Receipt.Trace.FORMAT)) {
            return Optional.of(new Verdict.Undecided(
                    "rules for traces of format " + receipt.trace().format()));
        }
        Verdict words = TranscriptCheck.check(receipt, subject.transcript, text);
        if (!(words instanceof Verdict.Valid)) {
            return Optional.of(words);
        }
        Program program = key.program();
        Optional<String> fault = Verifier.contradiction(receipt)
                .or(() -> Grid.of(program.shape().layers(), subject.transcript).differsFrom(receipt))
                .or(() -> fits(program, subject.transcript));
        return fault.map(Verdict.Invalid::new);
    }

    private static Optional<String> fits(Program program, Transcript transcript) {
        Grid grid = Grid.of(program.shape().layers(), transcript);
        for (Grid.Run run : grid.runs()) {
            if (run.steps() > program.shape().context()) {
                return Optional.of(run.steps() + " steps exceed the model's context of "
                        + program.shape().context());
            }
        }
        return grid.cells() > 0 ? Optional.empty() : Optional.of("nothing was answered: there are no cells");
    }

    /** The same without the premises, which hold. */
    static Report opened(
            AuditKey key, ModelText text, Subject subject, Challenge challenge, byte[] bytes, RandomGenerator fresh) {
        Grid grid = Grid.of(key.program().shape().layers(), subject.transcript);
        OpeningPlan plan = OpeningPlan.of(key.program(), grid, challenge);
        Freivalds freivalds = new Freivalds(key);
        Verdict verdict;
        try {
            Opening opening = OpeningFormat.parse(bytes, plan);
            IntFunction<Sampler> samplers = samplers(key.program(), text, subject);
            new CellCheck(key, freivalds, subject.transcript, samplers).check(opening, plan, subject.receipt);
            Optional<String> wrong = freivalds.test(fresh);
            verdict = wrong.<Verdict>map(Verdict.Invalid::new)
                    .orElseGet(() -> valid(key, subject.receipt, grid, plan, freivalds.equations()));
        } catch (MalformedException e) {
            verdict = new Verdict.Malformed(e.offset(), "the opening: " + e.getMessage());
        } catch (CellCheck.Fault e) {
            verdict = new Verdict.Invalid(String.valueOf(e.getMessage()));
        }
        return new Report(verdict, grid.cells(), plan.cells(), plan.heads(), freivalds.equations());
    }

    private static IntFunction<Sampler> samplers(Program program, ModelText text, Subject subject)
            throws MalformedException {
        Receipt receipt = subject.receipt;
        Sampling sampling = ChatRequest.parse(subject.transcript.body(), Transcript.BODY_MAX_BYTES)
                .sampling(receipt.request().sampling().maxTokens());
        Hash prompt = Digests.ids(subject.transcript.promptIds());
        BitSet masked = masked(program, text.tokenizerOf().vocabulary());
        return choice -> new Sampler(
                sampling,
                receipt.seed().value(),
                prompt,
                choice,
                program.shape().vocabulary(),
                masked,
                program.tables());
    }

    /** Rows without a token, which are never picked. */
    private static BitSet masked(Program program, Vocabulary vocabulary) {
        BitSet masked = new BitSet();
        for (int id = 0; id < program.shape().vocabulary(); id++) {
            masked.set(id, id >= vocabulary.size() || vocabulary.type(id) == TokenType.UNUSED);
        }
        return masked;
    }

    private static Verdict valid(AuditKey key, Receipt receipt, Grid grid, OpeningPlan plan, int equations) {
        Detection detection = new Detection(grid.cells(), plan.cells());
        int layers = grid.layers();
        long one = grid.runs().stream().mapToLong(Grid.Run::steps).sum();
        List<String> open = new ArrayList<>();
        open.add(
                "the cells that were not drawn. This audit finds a node that altered 1 % of all cells with probability "
                        + detection.percent(Math.ceilDiv(grid.cells(), 100)) + ", one that skipped one layer of "
                        + layers
                        + " with " + detection.percent(one)
                        + ", one that altered a single cell and computed all later ones from"
                        + " it with " + detection.percent(1));
        open.add("K and V of tokens that were not drawn: they are bound to the trace, not computed again");
        open.add("that a Freivalds test was not passed by luck: below " + (key.verdicts() + 1) + " · " + equations
                + " / 2^61, since this key gave " + Counted.of(key.verdicts(), "verdict")
                + " before, and only while nobody else knows it");
        open.add("more than deterrence: together with the node's stake it makes cheating a loss; certainty takes a"
                + " replay");
        return new Verdict.Valid(
                new Claim.Audited(receipt, layers, grid.cells(), plan.cells(), plan.heads(), equations), open);
    }
}
