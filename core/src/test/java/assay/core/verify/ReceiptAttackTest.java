package assay.core.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.log.Checkpoint;
import assay.core.log.LogProof;
import assay.core.log.Note;
import assay.core.log.ReceiptLog;
import assay.core.receipt.Envelope;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Attacks on a signed, logged receipt. Each is named, and each must fail. */
class ReceiptAttackTest {
    private static final FakeRules RULES = new FakeRules();

    private static Verdict verify(ReceiptFile file) {
        return Verifier.verify(file.encode(), Samples.policy());
    }

    private static Verdict verify(ReceiptFile file, Transcript transcript) {
        return Verifier.verify(file.encode(), transcript.encode(), RULES, Samples.policy());
    }

    private static void refused(Verdict verdict, String attack) {
        assertTrue(verdict instanceof Verdict.Invalid || verdict instanceof Verdict.Malformed, attack + ": " + verdict);
    }

    @Test
    void theHonestReceiptIsValidAloneAndWithItsTranscript() {
        assertInstanceOf(Verdict.Valid.class, verify(Samples.file()));
        Verdict.Valid valid = assertInstanceOf(Verdict.Valid.class, verify(Samples.file(), Samples.transcript()));
        assertEquals(Tier.SIGNED, valid.tier());
        assertEquals(0, valid.exitCode());
        assertInstanceOf(Verdict.Valid.class, Verifier.verify(Samples.file().encode(), TrustPolicy.stranger()));
    }

    @Test
    void noFieldChangesUnderItsOldSignature() {
        ReceiptFile honest = Samples.file();
        int built = 0;
        for (Mutants.Mutant<Receipt> m : Mutants.of(Samples.receipt())) {
            if (m.value() != null && !m.value().equals(Samples.receipt())) {
                Envelope old = honest.envelope();
                Envelope tampered =
                        new Envelope(old.payloadType(), Statement.encode(m.value()), old.keyId(), old.signature());
                refused(verify(new ReceiptFile(tampered, honest.proofs())), m.path());
                refused(
                        Verifier.verify(new ReceiptFile(tampered, honest.proofs()).encode(), TrustPolicy.stranger()),
                        m.path());
                built++;
            }
        }
        assertTrue(built > 150, "mutants: " + built);
    }

    /**
     * What a cheating node can state under its own signature and log without a checker that lacks the
     * weights noticing: exactly these fields. Each says who notices (docs/protocol/threats.md).
     */
    @Test
    void whatANodeCanMisstateWithoutAReplayIsExactlyThis() {
        TreeSet<String> unnoticed = new TreeSet<>();
        for (Mutants.Mutant<Receipt> m : Mutants.of(Samples.receipt())) {
            if (m.value() != null && !m.value().equals(Samples.receipt())) {
                ReceiptFile file =
                        Samples.file(m.value(), Samples.NODE, m.value().node().log());
                if (verify(file, Samples.transcript()) instanceof Verdict.Valid) {
                    unnoticed.add(m.path());
                }
            }
        }
        assertEquals(
                new TreeSet<>(List.of(
                        "choices[0].steps", // replay
                        "choices[1].steps",
                        "evidence", // named, not checked: the verdict says so
                        "evidence[0].digest",
                        "evidence[0].kind",
                        "extra", // never trusted
                        "ledger.height", // within the accepted lag
                        "node.log", // the ledger knows one log a node
                        "parents[0]", // ledger: the parent must be a receipt of the payer
                        "payment.authorisation", // ledger: the voucher
                        "payment.binding",
                        "payment.channel",
                        "payment.cumulative",
                        "payment.insured",
                        "payment.payer",
                        "price.cached", // ledger: the price list of this version; here within rounding
                        "price.completion",
                        "price.prompt",
                        "price.version",
                        "timeMillis", // only the height counts
                        "trace.root", // replay
                        "usage.cached")), // the parent's transcript; here within rounding
                unnoticed);
    }

    @Test
    void noPartOfALogProofChanges() {
        ReceiptFile honest = Samples.file();
        LogProof proof = honest.proofs().getFirst();
        for (Mutants.Mutant<LogProof> m : Mutants.of(proof)) {
            if (m.value() != null && !m.value().equals(proof) && encodes(m.value())) {
                refused(verify(ReceiptFile.logged(honest.envelope(), m.value())), m.path());
            }
        }
    }

    /** A note's fields can hold what no note's bytes do. */
    private static boolean encodes(LogProof proof) {
        try {
            proof.json();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void everyBitOfTheFileCounts() {
        byte[] file = Samples.file().encode();
        for (int bit = 0; bit < 8 * file.length; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            refused(Verifier.verify(flipped, TrustPolicy.stranger()), "bit " + bit);
        }
    }

    @Test
    void everyPrefixOfTheFileIsMalformed() {
        byte[] file = Samples.file().encode();
        for (int length = 0; length < file.length - 1; length++) {
            assertInstanceOf(
                    Verdict.Malformed.class, Verifier.verify(java.util.Arrays.copyOf(file, length), Samples.policy()));
        }
    }

    @Test
    void aKeyThatTheReceiptDoesNotNameSignsNothing() {
        refused(verify(Samples.file(Samples.receipt(), Samples.STRANGER, Samples.ORIGIN)), "another key");
    }

    @Test
    void aStrangersKeyUnderAKnownOperatorIsNotTakenForHis() {
        Receipt r = Samples.receipt();
        Receipt imposter =
                replaceNode(r, new Receipt.Node(r.node().operator(), Samples.STRANGER.key(), Samples.ORIGIN));
        ReceiptFile file = Samples.file(imposter, Samples.STRANGER, Samples.ORIGIN);
        assertInstanceOf(Verdict.Undecided.class, verify(file));
        Verdict.Valid valid =
                assertInstanceOf(Verdict.Valid.class, Verifier.verify(file.encode(), TrustPolicy.stranger()));
        assertTrue(valid.leavesOpen().toString().contains("belongs to this operator"));
        Receipt other = replaceNode(r, new Receipt.Node("0xother", Samples.NODE.key(), Samples.ORIGIN));
        refused(verify(Samples.file(other, Samples.NODE, Samples.ORIGIN)), "another operator under a known key");
    }

    /** What the receipt says of the payer's consent is the node's word either way: no signature of his is in it. */
    @Test
    void aPayerWhoNeverSignedIsNotTakenForOneWhoDid() {
        assertEquals(
                Receipt.Payment.Binding.PAYER_SIGNED,
                Samples.receipt().payment().binding());
        Verdict.Valid valid = assertInstanceOf(Verdict.Valid.class, verify(Samples.file()));
        assertTrue(valid.leavesOpen().toString().contains("that the payer signed for this request"));
    }

    /** The key id is a hint: one that belongs to another key is refused even with a true signature. */
    @Test
    void aBorrowedKeyIdIsRefused() {
        Envelope e = Samples.file().envelope();
        Envelope borrowed =
                new Envelope(e.payloadType(), e.payload(), Envelope.keyId(Samples.STRANGER.key()), e.signature());
        refused(verify(new ReceiptFile(borrowed, Samples.file().proofs())), "borrowed key id");
        Envelope forged = Envelope.sign(e.payloadType(), e.payload(), Samples.STRANGER);
        Envelope colliding = new Envelope(e.payloadType(), e.payload(), e.keyId(), forged.signature());
        refused(verify(new ReceiptFile(colliding, Samples.file().proofs())), "colliding key id");
    }

    /** Known mistake in the field: the signer fails, a constant goes out in its place, and settles. */
    @Test
    void aSignatureReplacedByAConstantIsRefused() {
        Envelope e = Samples.file().envelope();
        for (byte[] constant : List.of(new byte[64], "0".repeat(64).getBytes(StandardCharsets.UTF_8))) {
            Envelope hollow = new Envelope(e.payloadType(), e.payload(), e.keyId(), constant);
            refused(verify(new ReceiptFile(hollow, Samples.file().proofs())), "constant signature");
        }
    }

    @Test
    void aSignatureUnderAnotherPayloadTypeIsRefused() {
        Envelope e = Samples.file().envelope();
        Envelope retyped = new Envelope("application/json", e.payload(), e.keyId(), e.signature());
        refused(verify(new ReceiptFile(retyped, Samples.file().proofs())), "type changed");
        Envelope resigned = Envelope.sign("application/json", e.payload(), Samples.NODE);
        refused(verify(new ReceiptFile(resigned, Samples.file().proofs())), "type changed and signed");
    }

    @Test
    void aCheckpointOfAnotherLogIsRefused() {
        ReceiptFile elsewhere = Samples.file(Samples.receipt(), Samples.NODE, "assay.log/other");
        refused(verify(elsewhere), "another origin");
        ReceiptLog log = new ReceiptLog(Samples.ORIGIN);
        log.append(Samples.hash("somebody else's receipt"), 1);
        Checkpoint c = log.checkpoint(1);
        refused(
                verify(ReceiptFile.logged(Samples.file().envelope(), log.prove(0, c, c.sign(Samples.NODE)))),
                "a log without it");
        LogProof proof = Samples.file().proofs().getFirst();
        Note strangers = Note.sign(proof.checkpoint().text(), Samples.ORIGIN, Samples.STRANGER);
        refused(
                verify(ReceiptFile.logged(
                        Samples.file().envelope(),
                        new LogProof(proof.index(), proof.weight(), proof.path(), strangers))),
                "a checkpoint that a stranger signed");
    }

    @Test
    void theProofOfAnotherLeafIsRefused() {
        Hash digest = Statement.digest(Samples.file().envelope().payload());
        ReceiptLog log = new ReceiptLog(Samples.ORIGIN);
        for (int i = 0; i < 60; i++) {
            log.append(i == 40 ? digest : Samples.hash("leaf " + i), i + 1);
        }
        Checkpoint c = log.checkpoint(60);
        for (int i = 0; i < 60; i++) {
            Verdict verdict =
                    verify(ReceiptFile.logged(Samples.file().envelope(), log.prove(i, c, c.sign(Samples.NODE))));
            assertEquals(i == 40, verdict instanceof Verdict.Valid, "leaf " + i);
        }
    }

    @Test
    void aReceiptOutsideTheLogIsUndecidedAndNotValid() {
        assertInstanceOf(
                Verdict.Undecided.class,
                verify(ReceiptFile.unlogged(Samples.file().envelope())));
        assertEquals(3, verify(ReceiptFile.unlogged(Samples.file().envelope())).exitCode());
    }

    @Test
    void anotherModelUnderAKnownNameIsRefused() {
        TreeMap<String, Receipt.Model> models = new TreeMap<>();
        Receipt.Model m = Samples.model();
        models.put(
                "smollm2-135m",
                new Receipt.Model(
                        m.id(),
                        Samples.hash("the real program"),
                        m.weights(),
                        m.tokenizer(),
                        m.template(),
                        m.unicode(),
                        m.file()));
        TrustPolicy registry = with(models, 1050);
        assertInstanceOf(Verdict.Invalid.class, Verifier.verify(Samples.file().encode(), registry));
        models.clear();
        models.put(
                "another-name",
                new Receipt.Model(
                        m.id(),
                        m.program(),
                        Samples.hash("other weights"),
                        m.tokenizer(),
                        m.template(),
                        m.unicode(),
                        m.file()));
        assertInstanceOf(Verdict.Invalid.class, Verifier.verify(Samples.file().encode(), with(models, 1050)));
    }

    @Test
    void aReceiptFromFarBehindTheLedgerIsRefused() {
        TrustPolicy known = Samples.policy();
        assertInstanceOf(Verdict.Valid.class, Verifier.verify(Samples.file().encode(), with(known.models(), 1061)));
        assertInstanceOf(Verdict.Invalid.class, Verifier.verify(Samples.file().encode(), with(known.models(), 1062)));
    }

    private static TrustPolicy with(java.util.SortedMap<String, Receipt.Model> models, long height) {
        TrustPolicy p = Samples.policy();
        return new TrustPolicy(
                p.only(), p.operators(), models, p.posted(), p.chain(), height, p.lagMaxBlocks(), p.unknown());
    }

    @Test
    void aPostedCheckpointIsNoLongerLeftOpen() {
        TrustPolicy p = Samples.policy();
        TreeSet<Hash> posted = new TreeSet<>(
                List.of(Samples.file().proofs().getFirst().checkpoint().digest()));
        TrustPolicy knows = new TrustPolicy(
                Optional.empty(),
                p.operators(),
                p.models(),
                posted,
                p.chain(),
                p.height(),
                p.lagMaxBlocks(),
                p.unknown());
        List<String> before = ((Verdict.Valid) verify(Samples.file())).leavesOpen();
        List<String> after = ((Verdict.Valid) Verifier.verify(Samples.file().encode(), knows)).leavesOpen();
        List<String> gone = new ArrayList<>(before);
        gone.removeAll(after);
        assertEquals(1, gone.size());
        assertTrue(gone.getFirst().contains("on a ledger"));
    }

    private static Receipt replaceNode(Receipt r, Receipt.Node node) {
        return new Receipt(
                r.request(),
                r.prompt(),
                r.answer(),
                r.choices(),
                r.transcriptBytes(),
                r.nonce(),
                r.model(),
                r.trace(),
                r.parents(),
                r.seed(),
                r.usage(),
                r.price(),
                r.payment(),
                node,
                r.ledger(),
                r.timeMillis(),
                r.evidence(),
                r.sealed(),
                r.extra());
    }
}
