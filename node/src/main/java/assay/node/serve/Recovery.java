package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.Transcript;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.ReplayRequest;
import assay.engine.infer.ReplayResult;
import assay.node.audit.Replays;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finishes requests that a killed process left behind: what was sent is computed again and receipted. */
final class Recovery {
    private final Chats chats;
    private final Engine engine;

    Recovery(Chats chats, Engine engine) {
        this.chats = chats;
        this.engine = engine;
    }

    void finish(Book.Unfinished u) throws InterruptedException, IOException {
        Accepted a = u.accepted();
        if (u.sent().stream().allMatch(List::isEmpty)) {
            chats.droppedBefore(a);
            return;
        }
        Optional<List<Answering.Sent>> found = again(u);
        if (found.isEmpty()) {
            return;
        }
        List<Answering.Sent> choices = found.get();
        Signing.Draft draft = Signing.draft(chats, a, Signing.question(chats, a), 0, choices);
        Amount amount = Amount.ofMicro(Bill.of(a.price(), draft.usage()));
        Hash traces = Digests.traces(choices.stream().map(Answering.Sent::root).toList());
        synchronized (chats.till().order()) {
            Amount owed = chats.till().oweAgain(a.cover(), amount);
            chats.book()
                    .sign(
                            a.id(),
                            draft.receipt(amount, owed, Digests.blind(traces, a.traceSalt())),
                            draft.transcript(),
                            chats.ledgerModel(),
                            traces,
                            a.traceSalt())
                    .join();
        }
    }

    /**
     * Computes again what was sent. Empty if this model does not give it, as when the node was started with
     * another: a receipt would say what is not so, and the journal keeps the request for a later start.
     *
     * @throws IllegalStateException if the engine is closed or fails
     */
    Optional<List<Answering.Sent>> again(Book.Unfinished u) throws InterruptedException {
        Accepted a = u.accepted();
        int[][] ids = u.sent().stream()
                .map(sent -> sent.stream().mapToInt(id -> id).toArray())
                .toArray(int[][]::new);
        GenerationRequest request = new GenerationRequest(
                a.promptIds(),
                Digests.ids(a.promptIds()),
                a.sampling(),
                a.seed().value());
        List<ReplayResult.Choice> found;
        try {
            found = engine.replay(new ReplayRequest(request, ids)).choices();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an id is none of this vocabulary
        }
        List<Answering.Sent> choices = new ArrayList<>();
        for (ReplayResult.Choice replayed : found) {
            if (replayed.firstDifference() >= 0) {
                return Optional.empty();
            }
            List<Transcript.Logprobs> logprobs = a.sampling().logprobs()
                    ? replayed.picks().stream().map(Replays::logprobs).toList()
                    : List.of();
            choices.add(new Answering.Sent(ids[choices.size()], replayed.steps(), replayed.traceRoot(), logprobs));
        }
        return Optional.of(choices);
    }
}
