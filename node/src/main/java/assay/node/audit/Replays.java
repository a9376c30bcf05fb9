package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.core.verify.ModelText;
import assay.core.verify.TranscriptCheck;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.PickedToken;
import assay.engine.infer.ReplayRequest;
import assay.engine.infer.ReplayResult;
import java.util.ArrayList;
import java.util.List;

/** Replays a transcript against its receipt with the weights, believing nothing that can be computed. */
public final class Replays {
    private Replays() {}

    /**
     * What a replay found.
     *
     * @param root the trace root that this machine computed, over all choices
     * @param faults what does not follow from the request, in words; empty if everything does
     * @param tokens positions replayed
     * @param nanos time that the engine took
     */
    public record Report(Hash root, List<String> faults, int tokens, long nanos) {
        /** Copies the list. */
        public Report {
            faults = List.copyOf(faults);
        }

        /** The same with more faults. */
        public Report with(List<String> more) {
            List<String> all = new ArrayList<>(more);
            all.addAll(faults);
            return new Report(root, all, tokens, nanos);
        }
    }

    /**
     * Replays every choice, samples for itself, and derives prompt ids, text, finish reasons and bill again.
     *
     * @param text of the engine's model
     */
    public static Report replay(Engine engine, ModelText text, Receipt receipt, Transcript transcript)
            throws InterruptedException {
        List<String> faults = new ArrayList<>();
        if (!engine.model().program().root().equals(receipt.model().program())) {
            faults.add("the receipt names program " + receipt.model().program() + ", replayed with "
                    + engine.model().program().root());
        }
        switch (TranscriptCheck.check(receipt, transcript, text)) {
            case Verdict.Valid v -> {}
            case Verdict.Invalid v -> faults.add(v.reason());
            case Verdict.Malformed v -> faults.add(v.reason());
            case Verdict.Undecided v -> faults.add("undecided: " + v.need());
        }
        Verifier.contradiction(receipt).ifPresent(faults::add);
        int[][] answers =
                transcript.choices().stream().map(Transcript.Choice::idArray).toArray(int[][]::new);
        if (answers.length != receipt.choices().size()) {
            faults.add("the receipt has " + receipt.choices().size() + " choices, the transcript " + answers.length);
            return new Report(Hash.sha256(), faults, 0, 0);
        }
        try {
            ReplayResult result = engine.replay(new ReplayRequest(request(receipt, transcript), answers));
            int tokens = 0;
            for (int i = 0; i < answers.length; i++) {
                compare(i, result.choices().get(i), receipt, transcript, faults);
                tokens += result.choices().get(i).steps();
            }
            List<Hash> roots = result.choices().stream()
                    .map(ReplayResult.Choice::traceRoot)
                    .toList();
            return new Report(Digests.traces(roots), faults, tokens, result.nanos());
        } catch (IllegalArgumentException e) {
            faults.add("it cannot be replayed: " + e.getMessage());
            return new Report(Hash.sha256(), faults, 0, 0);
        }
    }

    private static GenerationRequest request(Receipt receipt, Transcript transcript) {
        int[] prompt = transcript.promptIds();
        try {
            Sampling sampling = ChatRequest.parse(transcript.body(), Transcript.BODY_MAX_BYTES)
                    .sampling(receipt.request().sampling().maxTokens());
            return new GenerationRequest(
                    prompt, Digests.ids(prompt), sampling, receipt.seed().value());
        } catch (MalformedException e) {
            throw new IllegalArgumentException("the request is malformed: " + e.getMessage(), e);
        }
    }

    private static void compare(
            int i, ReplayResult.Choice choice, Receipt receipt, Transcript transcript, List<String> faults) {
        if (choice.firstDifference() >= 0) {
            faults.add("choice " + i + ": token " + choice.firstDifference() + " is "
                    + transcript.choices().get(i).idArray()[choice.firstDifference()] + ", the model and sampler give "
                    + choice.sampled());
        }
        if (choice.steps() != receipt.choices().get(i).steps()) {
            faults.add("choice " + i + ": " + receipt.choices().get(i).steps() + " steps stated, " + choice.steps()
                    + " replayed");
        }
        List<Transcript.Logprobs> told = transcript.choices().get(i).logprobs();
        for (int t = 0; t < told.size() && t < choice.picks().size(); t++) {
            if (!told.get(t).equals(logprobs(choice.picks().get(t)))) {
                faults.add("choice " + i + ": the log-probabilities of token " + t + " are not the model's");
                return;
            }
        }
    }

    /** A pick's log-probabilities as a transcript spells them. */
    public static Transcript.Logprobs logprobs(PickedToken token) {
        List<Transcript.Likely> top = new ArrayList<>();
        for (int i = 0; i < token.topIds().length; i++) {
            top.add(new Transcript.Likely(token.topIds()[i], token.topLogprobs()[i]));
        }
        return new Transcript.Logprobs(token.logprob(), top);
    }
}
