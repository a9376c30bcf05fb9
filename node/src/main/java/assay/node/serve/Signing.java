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
     * What a receipt says about the question, which is known before the answer.
     *
     * @param request as in the receipt
     * @param prompt digest of the ids
     * @param contentTokens for the client: ids of the messages' own text
     */
    record Question(Receipt.Request request, Hash prompt, int contentTokens) {}

    static Question question(Chats chats, Accepted a) {
        return new Question(
                new Receipt.Request(
                        Digests.request(a.salt(), a.body()),
                        a.request().model(),
                        a.date(),
                        Receipt.Scalars.of(a.sampling()),
                        Digests.sampling(a.salt(), a.sampling())),
                Digests.prompt(a.salt(), a.promptIds()),
                chats.contentTokens(a.request()));
    }

    /**
     * A receipt before its price is settled.
     *
     * @param chats whose node signs
     * @param accepted what was asked
     * @param question what the receipt says about that
     * @param usage tokens
     * @param parent whose prefix was reused
     * @param choices how each ended
     * @param transcript for payer and auditor
     * @param file the transcript's
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    record Draft(
            Chats chats,
            Accepted accepted,
            Question question,
            Usage usage,
            Optional<Hash> parent,
            List<Receipt.Choice> choices,
            Transcript transcript,
            byte[] file) {
        Receipt receipt(Amount amount, Amount owed, Hash blinded) {
            Accepted a = accepted;
            return new Receipt(
                    question.request(),
                    question.prompt(),
                    transcript.answer(),
                    choices,
                    transcript.bareBytes(file.length),
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

    static Draft draft(Chats chats, Accepted a, Question question, int cached, List<Answering.Sent> sent) {
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
        Transcript transcript = new Transcript(a.salt(), a.body(), a.promptIds(), told);
        return new Draft(chats, a, question, usage, parent, choices, transcript, transcript.encode());
    }
}
