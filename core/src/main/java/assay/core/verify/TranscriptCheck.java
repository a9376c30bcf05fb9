package assay.core.verify;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whether a transcript is the one that a receipt is about, and whether the node did the textual part
 * of the work right: everything but the choice of the ids. Needs no weights.
 *
 * <p>The receipt's signature is not looked at here; {@link Verifier} does both.
 */
public final class TranscriptCheck {
    private static final String REFUSABLE = "the node answered a request that it had to refuse: ";

    private TranscriptCheck() {}

    /**
     * Compares digests, then derives again sampling, seed, prompt ids, text, finish reasons and counts.
     *
     * @param rules of the model that the receipt names
     */
    public static Verdict check(Receipt receipt, Transcript transcript, TextRules rules) {
        Receipt.Model model = receipt.model();
        if (!rules.tokenizer().equals(model.tokenizer())
                || !rules.template().equals(model.template())
                || !rules.unicode().equals(model.unicode())) {
            return new Verdict.Undecided("tokenizer, template and Unicode tables of model " + model.id()
                    + ": those at hand have other digests");
        }
        Optional<String> fault = digests(receipt, transcript);
        if (fault.isPresent()) {
            return new Verdict.Invalid(fault.get());
        }
        try {
            ChatRequest request = ChatRequest.parse(transcript.body(), Transcript.BODY_MAX_BYTES);
            int[] promptIds = rules.promptIds(request, receipt.request().date());
            return derived(receipt, transcript, rules, request, promptIds);
        } catch (MalformedException e) {
            return new Verdict.Invalid(REFUSABLE + e.getMessage());
        }
    }

    private static Verdict derived(
            Receipt receipt, Transcript transcript, TextRules rules, ChatRequest request, int[] promptIds) {
        Optional<String> fault = length(receipt, transcript)
                .or(() -> request(receipt, transcript, request))
                .or(() -> prompt(receipt, transcript, promptIds))
                .or(() -> answers(receipt, transcript, request, rules));
        return fault.<Verdict>map(Verdict.Invalid::new).orElseGet(() -> valid(receipt, request));
    }

    /**
     * A derivation from a transcript without its prompt ids.
     *
     * @param whole the transcript with the prompt ids that follow from its request; as it came, if none do
     */
    public record Derivation(Verdict verdict, Transcript whole) {}

    /**
     * What a referee does: it derives prompt ids, too, and believes nothing that the receipt says of the model's text.
     *
     * @param bare the transcript without its prompt ids
     * @param rules of the program that the receipt names
     */
    public static Derivation derive(Receipt receipt, Transcript bare, TextRules rules) {
        Receipt.Model model = receipt.model();
        if (!rules.tokenizer().equals(model.tokenizer())
                || !rules.template().equals(model.template())
                || !rules.unicode().equals(model.unicode())) {
            return new Derivation(
                    new Verdict.Invalid(
                            "the receipt names another tokenizer, template or Unicode tables than its program"),
                    bare);
        }
        try {
            ChatRequest request = ChatRequest.parse(bare.body(), Transcript.BODY_MAX_BYTES);
            String date = receipt.request().date();
            List<int[]> answers =
                    bare.choices().stream().map(Transcript.Choice::idArray).toList();
            TextRules.Prompt prompt = rules.refereed(request, date, answers);
            if (prompt.tooMuch().isPresent()) {
                return new Derivation(new Verdict.Undecided(prompt.tooMuch().get()), bare);
            }
            int[] promptIds = prompt.ids();
            Transcript whole = bare.withPrompt(promptIds);
            Optional<String> fault = digests(receipt, whole);
            Verdict verdict = fault.isPresent()
                    ? new Verdict.Invalid(fault.get())
                    : derived(receipt, whole, rules, request, promptIds);
            return new Derivation(verdict, whole);
        } catch (MalformedException e) {
            return new Derivation(new Verdict.Invalid(REFUSABLE + e.getMessage()), bare);
        }
    }

    /** Whether request and answer, and why each choice ended, are those of the receipt; prompt ids are not looked at. */
    public static boolean isAbout(Receipt r, Transcript t) {
        boolean is = Digests.request(t.salt(), t.body()).equals(r.request().digest())
                && t.answer().equals(r.answer())
                && t.choices().size() == r.choices().size();
        // The answer's digest does not cover why each choice ended; the receipt says it, too.
        for (int i = 0; is && i < t.choices().size(); i++) {
            is = t.choices().get(i).finish() == r.choices().get(i).finish();
        }
        return is;
    }

    private static Optional<String> digests(Receipt r, Transcript t) {
        Hash salt = t.salt();
        if (!Digests.request(salt, t.body()).equals(r.request().digest())) {
            return Optional.of("the request is not the one that the receipt is about");
        }
        if (!Digests.prompt(salt, t.promptIds()).equals(r.prompt())) {
            return Optional.of("the prompt ids are not the ones that the receipt is about");
        }
        if (!t.answer().equals(r.answer()) || t.choices().size() != r.choices().size()) {
            return Optional.of("the answer is not the one that the receipt is about");
        }
        return Optional.empty();
    }

    /**
     * Whether the length that a receipt signs for is not this transcript's. Whoever has the transcript can show this, with
     * its prompt ids or without.
     */
    public static Optional<String> length(Receipt r, Transcript t) {
        if (t.bareBytes() != r.transcriptBytes()) {
            return fault("bytes of the transcript", t.bareBytes(), r.transcriptBytes());
        }
        return Optional.empty();
    }

    private static Optional<String> request(Receipt r, Transcript t, ChatRequest request) {
        if (!request.model().equals(r.request().model())) {
            return fault("model asked for", request.model(), r.request().model());
        }
        Sampling sampling = request.sampling(r.request().sampling().maxTokens());
        if (!Receipt.Scalars.of(sampling).equals(r.request().sampling())
                || !Digests.sampling(t.salt(), sampling).equals(r.request().samplingDigest())) {
            return Optional.of("the receipt states another sampling than the request asks for");
        }
        if (!request.nonce().isEmpty() && !request.nonce().equals(r.nonce())) {
            return fault("nonce", request.nonce(), r.nonce());
        }
        if (!request.date().isEmpty() && !request.date().equals(r.request().date())) {
            return fault("date", request.date(), r.request().date());
        }
        LocalDate signed = LocalDate.ofInstant(Instant.ofEpochMilli(r.timeMillis()), ZoneOffset.UTC);
        // The prompt is made before the payment is secured: a midnight may lie between.
        if (request.date().isEmpty()
                && !r.request().date().equals(signed.toString())
                && !r.request().date().equals(signed.minusDays(1).toString())) {
            return fault("date of the receipt's own time", signed, r.request().date());
        }
        if (request.sealed() != r.sealed()) {
            return fault("sealed", request.sealed(), r.sealed());
        }
        Receipt.Seed seed = request.seeded()
                ? new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT)
                : new Receipt.Seed(
                        Digests.seed(Digests.body(t.body()), r.payment().authorisation()), Receipt.Seed.Source.DERIVED);
        return seed.equals(r.seed()) ? Optional.empty() : fault("seed", seed, r.seed());
    }

    private static Optional<String> prompt(Receipt r, Transcript t, int[] derived) {
        int at = Arrays.mismatch(derived, t.promptIds());
        if (at >= 0) {
            return Optional.of("the prompt is not the request's: it differs at token " + at + " of " + derived.length);
        }
        return derived.length == r.usage().prompt()
                ? Optional.empty()
                : fault("prompt tokens", derived.length, r.usage().prompt());
    }

    private static Optional<String> answers(Receipt r, Transcript t, ChatRequest request, TextRules rules) {
        Sampling sampling = request.sampling(r.request().sampling().maxTokens());
        for (int i = 0; i < r.choices().size(); i++) {
            Transcript.Choice told = t.choices().get(i);
            Receipt.Choice signed = r.choices().get(i);
            TextRules.Reading read = rules.read(told.idArray(), sampling);
            String choice = "choice " + i + ": ";
            if (read.tokens() != told.ids().size()) {
                return fault(
                        choice + "ids until the answer ends",
                        read.tokens(),
                        told.ids().size());
            }
            if (read.tokens() != signed.tokens()) {
                return fault(choice + "tokens", read.tokens(), signed.tokens());
            }
            if (!read.finish().equals(told.finish()) || !read.finish().equals(signed.finish())) {
                return fault(choice + "finish reason", read.finish(), signed.finish());
            }
            if (!read.text().equals(told.text())) {
                return Optional.of(choice + "the text is not what its tokens say");
            }
            if (sampling.logprobs()
                    ? told.logprobs().size() != read.tokens()
                    : !told.logprobs().isEmpty()) {
                return Optional.of(choice + "log probabilities were asked for and not given, or the other way round");
            }
        }
        return Optional.empty();
    }

    private static Verdict valid(Receipt r, ChatRequest request) {
        List<String> open = new ArrayList<>();
        if (r.request().sampling().logprobs()) {
            open.add("the log probabilities: they need the weights");
        }
        if (request.sampling().maxTokens() == ChatRequest.UNSAID
                && r.choices().stream().anyMatch(c -> c.finish() == Receipt.Finish.LENGTH)) {
            open.add("that the answer had to end where it does: the request sets no limit, the node did");
        }
        if (r.choices().stream().anyMatch(c -> c.finish() == Receipt.Finish.ABORTED)) {
            open.add("that the answer was broken off by its reader: the node says so");
        }
        if (r.seed().source() == Receipt.Seed.Source.DERIVED) {
            open.add("that the node did not choose the seed: it follows from the request and the digest of a payment"
                    + " that is not here");
        }
        return new Verdict.Valid(new Claim.Derived(), open);
    }

    private static Optional<String> fault(String what, Object expected, Object got) {
        return Optional.of(what + ": expected " + expected + ", got " + got);
    }
}
