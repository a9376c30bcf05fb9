package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.core.verify.TextRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Puts a receipt together from what was accepted and what was answered. */
final class Signing {
    private Signing() {}

    /**
     * A receipt before its price is settled.
     *
     * @param chats whose node signs
     * @param accepted the question
     * @param usage tokens
     * @param parent whose prefix was reused
     * @param choices how each ended
     * @param transcript for payer and auditor
     */
    record Draft(
            Chats chats,
            Accepted accepted,
            Usage usage,
            Optional<Hash> parent,
            List<Receipt.Choice> choices,
            Transcript transcript) {
        Receipt receipt(Amount amount, Amount owed, Hash blinded) {
            Accepted a = accepted;
            return new Receipt(
                    new Receipt.Request(
                            Digests.request(a.salt(), a.body()),
                            a.request().model(),
                            a.date(),
                            Receipt.Scalars.of(a.sampling()),
                            Digests.sampling(a.salt(), a.sampling())),
                    Digests.prompt(a.salt(), a.promptIds()),
                    transcript.answer(),
                    choices,
                    transcript.bareBytes(),
                    a.nonce(),
                    chats.receiptModel(),
                    new Receipt.Trace(Receipt.Trace.FORMAT, blinded),
                    parent.stream().toList(),
                    a.seed(),
                    usage,
                    a.price(),
                    new Receipt.Payment(
                            a.cover().payer(),
                            a.cover().account(),
                            amount.micro(),
                            owed.micro(),
                            a.cover().authorisation(),
                            a.cover().binding(),
                            0),
                    chats.receiptNode(),
                    new Receipt.Ledger(chats.chainId(), chats.height()),
                    a.timeMillis(),
                    List.of(),
                    a.request().sealed(),
                    Json.object().build());
        }
    }

    static Draft draft(Chats chats, Accepted a, int cached, List<Answering.Sent> sent) {
        List<Receipt.Choice> choices = new ArrayList<>();
        List<Transcript.Choice> told = new ArrayList<>();
        int completion = 0;
        for (Answering.Sent s : sent) {
            TextRules.Reading reading = chats.text().read(s.ids(), a.sampling());
            choices.add(new Receipt.Choice(s.ids().length, reading.finish(), s.steps()));
            told.add(new Transcript.Choice(
                    reading.text(), Arrays.stream(s.ids()).boxed().toList(), reading.finish(), s.logprobs()));
            completion += s.ids().length;
        }
        Optional<Hash> parent = cached == 0 ? Optional.empty() : chats.parents().find(a.promptIds(), cached);
        Usage usage = new Usage(a.promptIds().length, parent.isPresent() ? cached : 0, completion);
        return new Draft(chats, a, usage, parent, choices, new Transcript(a.salt(), a.body(), a.promptIds(), told));
    }
}
