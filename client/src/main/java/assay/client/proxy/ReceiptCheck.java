package assay.client.proxy;

import assay.core.base.MalformedException;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whether a receipt holds, and is about exactly what was asked, paid and answered here. Pure. */
final class ReceiptCheck {
    private ReceiptCheck() {}

    static Verdict check(byte[] file, Receipt receipt, Transcript transcript, Deal deal, List<String> texts)
            throws MalformedException {
        Verdict alone = Verifier.verify(file, TrustPolicy.stranger());
        if (alone instanceof Verdict.Invalid || alone instanceof Verdict.Malformed) {
            return alone;
        }
        Optional<String> fault = aboutPayment(receipt, deal);
        fault = fault.isPresent() ? fault : aboutText(receipt, transcript, deal, texts);
        return fault.<Verdict>map(Verdict.Invalid::new).orElse(alone);
    }

    private static Optional<String> aboutPayment(Receipt receipt, Deal deal) {
        Receipt.Payment p = receipt.payment();
        if (!p.payer().equalsIgnoreCase(deal.payer())) {
            return Optional.of("it says that " + p.payer() + " paid, and " + deal.payer() + " did");
        }
        if (!p.authorisation().equals(deal.authorisation()) || p.binding() != Receipt.Payment.Binding.PAYER_SIGNED) {
            return Optional.of("it is not about the payment that was made");
        }
        if (p.amount() > deal.most().micro()) {
            return Optional.of("it bills " + p.amount() + " micro-units, and at most "
                    + deal.most().micro() + " were agreed");
        }
        if (!receipt.node().operator().equalsIgnoreCase(deal.payee())) {
            return Optional.of("it is of " + receipt.node().operator() + ", and " + deal.payee() + " was paid");
        }
        return Optional.empty();
    }

    private static Optional<String> aboutText(Receipt receipt, Transcript transcript, Deal deal, List<String> texts)
            throws MalformedException {
        if (!receipt.nonce().equals(deal.nonce())) {
            return Optional.of("it has another nonce than this request: it is about another one");
        }
        if (!Arrays.equals(transcript.body(), deal.body())
                || !Digests.request(transcript.salt(), deal.body())
                        .equals(receipt.request().digest())) {
            return Optional.of("it is not about the request that was sent");
        }
        List<String> told =
                transcript.choices().stream().map(Transcript.Choice::text).toList();
        if (!transcript.answer().equals(receipt.answer()) || !told.equals(texts)) {
            return Optional.of("it is not about the answer that arrived");
        }
        if (!Digests.prompt(transcript.salt(), transcript.promptIds()).equals(receipt.prompt())) {
            return Optional.of("its prompt ids are not the transcript's");
        }
        Optional<String> counts = counts(receipt, transcript);
        return counts.isPresent() ? counts : seed(receipt, deal);
    }

    /** What is billed are the ids that the digests cover, no more. */
    private static Optional<String> counts(Receipt receipt, Transcript transcript) {
        List<Integer> signed =
                receipt.choices().stream().map(Receipt.Choice::tokens).toList();
        List<Integer> told =
                transcript.choices().stream().map(c -> c.ids().size()).toList();
        return signed.equals(told) && receipt.usage().prompt() == transcript.promptIds().length
                ? Optional.empty()
                : Optional.of("it bills other tokens than it is about");
    }

    /** The seed is the request's, or follows from it and the payment that was made. */
    private static Optional<String> seed(Receipt receipt, Deal deal) throws MalformedException {
        ChatRequest request = ChatRequest.parse(deal.body(), Transcript.BODY_MAX_BYTES);
        Receipt.Seed seed = request.seeded()
                ? new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT)
                : new Receipt.Seed(
                        Digests.seed(Digests.body(deal.body()), deal.authorisation()), Receipt.Seed.Source.DERIVED);
        return seed.equals(receipt.seed()) ? Optional.empty() : Optional.of("its seed is the node's own choice");
    }

    /** Reads a transcript, or says that there is none. */
    static Transcript transcript(byte[] bytes) throws MalformedException {
        return Transcript.parse(bytes);
    }
}
