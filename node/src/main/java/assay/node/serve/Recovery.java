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
            chats.book().drop(a.id()).join();
            return;
        }
        List<Answering.Sent> choices = new ArrayList<>();
        for (int i = 0; i < u.sent().size(); i++) {
            choices.add(again(a, u.sent().get(i).stream().mapToInt(id -> id).toArray()));
        }
        Signing.Draft draft = Signing.draft(chats, a, 0, choices);
        Amount amount = Amount.ofMicro(Bill.of(a.price(), draft.usage()));
        Hash traces = Digests.traces(choices.stream().map(Answering.Sent::root).toList());
        synchronized (chats.payer()) {
            Amount owed = chats.payer().settle(Amount.ZERO, amount);
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

    private Answering.Sent again(Accepted a, int[] ids) throws InterruptedException {
        if (ids.length == 0) {
            return new Answering.Sent(ids, 0, Hash.sha256(), List.of());
        }
        GenerationRequest request = new GenerationRequest(
                a.promptIds(),
                Digests.ids(a.promptIds()),
                a.sampling(),
                a.seed().value());
        ReplayResult.Choice replayed = engine.replay(new ReplayRequest(request, new int[][] {ids}))
                .choices()
                .getFirst();
        List<Transcript.Logprobs> logprobs = a.sampling().logprobs()
                ? replayed.picks().stream().map(Replays::logprobs).toList()
                : List.of();
        return new Answering.Sent(ids, replayed.steps(), replayed.traceRoot(), logprobs);
    }
}
