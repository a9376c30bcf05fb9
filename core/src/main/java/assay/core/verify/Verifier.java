package assay.core.verify;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.log.Checkpoint;
import assay.core.log.LogProof;
import assay.core.log.NoteKey;
import assay.core.receipt.Bill;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Checks a receipt file, offline: a pure, total function of bytes and a {@link TrustPolicy}. Whatever
 * the bytes, it returns a {@link Verdict} and throws nothing.
 *
 * <p>docs/protocol/verify.md lists the checks in this order.
 */
public final class Verifier {
    private Verifier() {}

    /** The verdict on a receipt file alone. */
    public static Verdict verify(byte[] file, TrustPolicy policy) {
        return verify(file, policy, new SeenCheckpoints(1));
    }

    /**
     * The same for who verifies many: receipts under one checkpoint cost one signature each, and one for all of them.
     *
     * @param seen checkpoints that were verified before; this one is added
     */
    public static Verdict verify(byte[] file, TrustPolicy policy, SeenCheckpoints seen) {
        try {
            ReceiptFile parsed = ReceiptFile.parse(file);
            byte[] statement = parsed.envelope().payload();
            Receipt receipt = Statement.parse(statement);
            return verify(parsed, receipt, Statement.digest(statement), policy, seen);
        } catch (MalformedException e) {
            return new Verdict.Malformed(e.offset(), "receipt file: " + e.getMessage());
        }
    }

    /**
     * The verdict on a receipt file and the request and answer that it is about: re-derives prompt,
     * text, finish reasons and bill without the weights.
     */
    public static Verdict verify(byte[] file, byte[] transcript, TextRules rules, TrustPolicy policy) {
        Verdict alone = verify(file, policy);
        if (!(alone instanceof Verdict.Valid valid)) {
            return alone;
        }
        try {
            Receipt receipt = Statement.parse(ReceiptFile.parse(file).envelope().payload());
            Verdict about = TranscriptCheck.check(receipt, Transcript.parse(transcript), rules);
            return about instanceof Verdict.Valid text ? both(valid, text) : about;
        } catch (MalformedException e) {
            return new Verdict.Malformed(e.offset(), "transcript: " + e.getMessage());
        }
    }

    private static Verdict both(Verdict.Valid file, Verdict.Valid text) {
        List<String> open = new ArrayList<>(file.leavesOpen());
        open.remove(WITHOUT_TEXT);
        open.addAll(text.leavesOpen());
        return file.with(text.claims().getFirst(), open);
    }

    private static final String WITHOUT_TEXT =
            "what was asked and answered: request and answer are not here, only their digests";

    /** Cheap checks first: hashes and comparisons, then the two signatures. */
    private static Verdict verify(
            ReceiptFile file, Receipt receipt, Hash digest, TrustPolicy policy, SeenCheckpoints seen)
            throws MalformedException {
        if (!file.envelope().payloadType().equals(Statement.PAYLOAD_TYPE)) {
            return new Verdict.Invalid(
                    "the envelope is typed " + file.envelope().payloadType() + ", expected " + Statement.PAYLOAD_TYPE);
        }
        Optional<String> fault = contradiction(receipt).or(() -> againstPolicy(receipt, policy));
        for (LogProof proof : file.proofs()) {
            Checkpoint checkpoint = Checkpoint.parse(proof.checkpoint().text());
            fault = fault.or(() -> logFault(receipt, digest, proof, checkpoint));
        }
        if (fault.isPresent()) {
            return new Verdict.Invalid(fault.get());
        }
        if (!file.envelope().signedBy(receipt.node().key())) {
            return new Verdict.Invalid("the signature is not that of the key that the receipt names");
        }
        if (file.proofs().isEmpty()) {
            return new Verdict.Undecided(
                    "the receipt's place in the node's log: ask the node for it once a checkpoint is out");
        }
        LogProof proof = file.proofs().getFirst();
        if (!seen.signedBy(
                proof.checkpoint(),
                new NoteKey(receipt.node().log(), receipt.node().key()))) {
            return new Verdict.Invalid("the checkpoint is not signed by the node's key");
        }
        return missing(receipt, policy)
                .<Verdict>map(Verdict.Undecided::new)
                .orElseGet(() -> signed(receipt, digest, proof, policy));
    }

    /** What the receipt says that cannot be true whoever says it: counts and bill that contradict each other. */
    public static Optional<String> contradiction(Receipt r) {
        long completion = r.choices().stream().mapToLong(Receipt.Choice::tokens).sum();
        if (r.request().sampling().n() != r.choices().size()) {
            return fault("choices", r.request().sampling().n(), r.choices().size());
        }
        if (r.usage().completion() != completion) {
            return fault(
                    "completion tokens of all choices", completion, r.usage().completion());
        }
        for (Receipt.Choice c : r.choices()) {
            if (c.tokens() > r.request().sampling().maxTokens()) {
                return fault("at most max_tokens tokens", r.request().sampling().maxTokens(), c.tokens());
            }
            int least = c.finish() == Receipt.Finish.ABORTED ? 0 : r.usage().prompt();
            if (c.steps() < least || c.steps() > (long) r.usage().prompt() + c.tokens()) {
                return fault("steps from prompt to prompt and answer", least, c.steps());
            }
        }
        if (r.usage().cached() > 0 && r.parents().isEmpty()) {
            return Optional.of("cached tokens are billed and no earlier receipt is named");
        }
        if (r.payment().amount() != Bill.of(r.price(), r.usage())) {
            return fault("amount", Bill.of(r.price(), r.usage()), r.payment().amount());
        }
        if (r.payment().cumulative() < r.payment().amount()) {
            return fault(
                    "cumulative amount of at least",
                    r.payment().amount(),
                    r.payment().cumulative());
        }
        if (!r.trace().format().equals(Receipt.Trace.FORMAT)) {
            return fault("trace format", Receipt.Trace.FORMAT, r.trace().format());
        }
        return Optional.empty();
    }

    /** What the receipt says against what the verifier knows. */
    private static Optional<String> againstPolicy(Receipt r, TrustPolicy policy) {
        if (policy.only().isPresent() && !policy.only().get().equals(r.node().key())) {
            return fault("key", policy.only().get().hex(), r.node().key().hex());
        }
        String operator = policy.operators().get(r.node().key());
        if (operator != null && !operator.equals(r.node().operator())) {
            return fault("operator of this key", operator, r.node().operator());
        }
        Receipt.Model model = policy.models().get(r.request().model());
        if (model != null && !model.equals(r.model())) {
            return Optional.of("the registry says another model for \""
                    + r.request().model() + "\": " + difference(model, r.model()));
        }
        for (Receipt.Model other : policy.models().values()) {
            if (other.id().equals(r.model().id()) && !other.equals(r.model())) {
                return Optional.of(
                        "the registry says otherwise about model " + other.id() + ": " + difference(other, r.model()));
            }
        }
        if (policy.chain() != 0 && policy.chain() != r.ledger().chain()) {
            return fault("chain", policy.chain(), r.ledger().chain());
        }
        long height = r.ledger().height();
        if (policy.height() >= 0 && height < policy.height() - policy.lagMaxBlocks()) {
            return fault("height of at least", policy.height() - policy.lagMaxBlocks(), height);
        }
        return Optional.empty();
    }

    private static String difference(Receipt.Model expected, Receipt.Model got) {
        return !expected.id().equals(got.id())
                ? "expected id " + expected.id() + ", got " + got.id()
                : !expected.program().equals(got.program())
                        ? "expected program " + expected.program().hex() + ", got "
                                + got.program().hex()
                        : "its weights, tokenizer, template, Unicode tables or file have other digests";
    }

    private static Optional<String> missing(Receipt r, TrustPolicy policy) {
        if (policy.unknown() == TrustPolicy.Unknown.SAY) {
            return Optional.empty();
        }
        if (!policy.operators().containsKey(r.node().key())) {
            return Optional.of("who holds the key " + r.node().key().hex() + ": it is not among the keys known here");
        }
        if (!knowsModel(policy.models(), r)) {
            return Optional.of("what the registry says about \"" + r.request().model() + "\": it is not known here");
        }
        return Optional.empty();
    }

    private static boolean knowsModel(SortedMap<String, Receipt.Model> models, Receipt r) {
        return models.containsKey(r.request().model());
    }

    private static Optional<String> logFault(Receipt r, Hash digest, LogProof proof, Checkpoint checkpoint) {
        if (!checkpoint.origin().equals(r.node().log())) {
            return fault("checkpoint of log", r.node().log(), checkpoint.origin());
        }
        return proof.holds(digest, checkpoint)
                ? Optional.empty()
                : Optional.of("this receipt is not the leaf that the inclusion proof leads from: one of them was"
                        + " changed");
    }

    private static Verdict signed(Receipt r, Hash digest, LogProof proof, TrustPolicy policy) {
        return new Verdict.Valid(new Claim.Signed(r, digest, proof.index()), open(r, proof, policy));
    }

    private static List<String> open(Receipt r, LogProof proof, TrustPolicy policy) {
        List<String> open = new ArrayList<>();
        open.add("that the node ran this model: a signature binds the node to its word, only a replay tests it");
        open.add(WITHOUT_TEXT);
        if (!policy.operators().containsKey(r.node().key())) {
            open.add("that the key " + brief(r.node().key().hex()) + " belongs to this operator: "
                    + (policy.only().isPresent()
                            ? "it is the one you gave, and says so itself"
                            : "it was taken from the receipt itself"));
        }
        if (!knowsModel(policy.models(), r)) {
            open.add("that the registry lists these digests under \""
                    + r.request().model() + "\"");
        }
        if (!policy.posted().contains(proof.checkpoint().digest())) {
            open.add("that everybody sees the same log: this checkpoint is not known to be on a ledger");
        }
        open.add(
                r.payment().binding() == Receipt.Payment.Binding.NODE_ASSERTED
                        ? "that the payer's signature is about this request: only the node says so"
                        : "that the payer signed for this request: the node says so, and the signature is not here");
        if (r.sealed()) {
            open.add("anything more until its payer audits it: the request is sealed and never drawn");
        }
        for (Receipt.Evidence e : r.evidence()) {
            open.add("what its evidence \"" + e.kind() + "\" says: it is named by digest and not checked here");
        }
        if (!r.extra().members().isEmpty()) {
            open.add("its fields of a later version " + r.extra().members().keySet() + ": signed, not understood");
        }
        return open;
    }

    private static Optional<String> fault(String what, Object expected, Object got) {
        return Optional.of(what + ": expected " + expected + ", got " + got);
    }

    private static String brief(String hex) {
        return hex.substring(0, 8) + "\u2026";
    }
}
