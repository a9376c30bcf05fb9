package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.log.Checkpoint;
import assay.core.log.Note;
import assay.core.log.NoteKey;
import assay.core.receipt.Digests;
import assay.core.receipt.Envelope;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.TranscriptCheck;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Evidence;
import assay.ledger.state.Key;
import assay.ledger.state.KeyHolder;
import assay.ledger.state.ModelName;
import assay.ledger.state.State;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.ReportEarlyReveal;
import assay.ledger.tx.Transaction.ReportReceipt;
import assay.ledger.tx.Transaction.ReportTranscript;
import assay.ledger.tx.Transaction.ReportTwoCheckpoints;
import assay.ledger.tx.Transaction.ReportTwoReceipts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Rules of evidence: what an operator signed speaks for itself, whoever holds it. Each piece is punished once, as
 * a proven fault.
 */
final class Reports {
    private Reports() {}

    /** What was signed by whom, or why it is no evidence. */
    record Signed<T>(Optional<Reason> fault, Optional<T> value, Address operator) {
        T content() {
            return value.orElseThrow();
        }

        static <T> Signed<T> not(Reason reason) {
            return new Signed<>(Optional.of(reason), Optional.empty(), Address.NONE);
        }

        static <T> Signed<T> of(T value, KeyHolder holder) {
            return new Signed<>(Optional.empty(), Optional.of(value), holder.operator());
        }
    }

    static Outcome receipt(Draft d, Address from, ReportReceipt t) {
        Signed<Receipt> signed = receipt(d, t.envelope());
        if (signed.fault().isPresent()) {
            return refused(signed.fault().get());
        }
        Receipt r = signed.content();
        Hash digest = digest(r);
        Optional<assay.ledger.state.Receipt> posted = d.receipt(signed.operator(), digest);
        long made = Math.min(r.ledger().height(), 1L << 50);
        long until = Clocks.until(d, made, d.params().disputes().unposted());
        boolean isInTime = posted.isPresent() && (posted.get().postedAt() <= until || Clocks.isForgotten(d, made));
        if (isInTime && agrees(d, r, posted.get())) {
            return refused(Reason.EVIDENCE_PROVES_NOTHING);
        }
        if (posted.isEmpty() && d.block.height() <= until) {
            return refused(Reason.EVIDENCE_EARLY);
        }
        if (d.evidence.has(Key.of(signed.operator(), digest))) {
            return refused(Reason.EVIDENCE_USED);
        }

        punish(d, signed.operator(), digest, from);
        return d.applied();
    }

    static Outcome transcript(Draft d, Address from, ReportTranscript t) {
        byte[] statement = t.statement().toArray();
        Hash digest = Statement.digest(statement);
        Optional<assay.ledger.state.Receipt> posted = d.receipt(t.operator(), digest);
        if (posted.isEmpty()) {
            return refused(Reason.RECEIPT_UNKNOWN);
        }
        try {
            Receipt r = Statement.parse(statement);
            Transcript told = Transcript.parse(t.transcript().toArray());
            if (!TranscriptCheck.isAbout(r, told)
                    || TranscriptCheck.length(r, told).isEmpty()) {
                return refused(Reason.EVIDENCE_PROVES_NOTHING);
            }
        } catch (MalformedException e) {
            return refused(Reason.EVIDENCE_MALFORMED);
        }
        if (d.evidence.has(Key.of(t.operator(), digest))) {
            return refused(Reason.EVIDENCE_USED);
        }

        Disputes.stop(d, t.operator(), digest);
        d.audits.get(Key.of(t.operator(), digest)).ifPresent(audit -> Verdicts.drop(d, t.operator(), digest, audit));
        punish(d, t.operator(), digest, from);
        return d.applied();
    }

    static Outcome twoReceipts(Draft d, Address from, ReportTwoReceipts t) {
        Signed<Receipt> first = receipt(d, t.first());
        Signed<Receipt> second = receipt(d, t.second());
        Optional<Reason> fault = first.fault().or(second::fault);
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        boolean same = first.operator().equals(second.operator()) && onePayment(first.content(), second.content());
        if (!same || digest(first.content()).equals(digest(second.content()))) {
            return refused(Reason.EVIDENCE_PROVES_NOTHING);
        }
        Hash evidence = pair("assay/two-receipts/1", digest(first.content()), digest(second.content()));
        if (d.evidence.has(Key.of(first.operator(), evidence))) {
            return refused(Reason.EVIDENCE_USED);
        }

        punish(d, first.operator(), evidence, from);
        return d.applied();
    }

    static Outcome twoCheckpoints(Draft d, Address from, ReportTwoCheckpoints t) {
        Signed<Checkpoint> first = checkpoint(d, t.nodeKey(), t.first());
        Signed<Checkpoint> second = checkpoint(d, t.nodeKey(), t.second());
        Optional<Reason> fault = first.fault().or(second::fault);
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Checkpoint a = first.content();
        Checkpoint b = second.content();
        boolean one = a.origin().equals(b.origin()) && a.size() == b.size();
        if (!one || a.root().equals(b.root()) && a.weight() == b.weight()) {
            return refused(Reason.EVIDENCE_PROVES_NOTHING);
        }
        Hash evidence = pair("assay/two-checkpoints/1", text(a), text(b));
        if (d.evidence.has(Key.of(first.operator(), evidence))) {
            return refused(Reason.EVIDENCE_USED);
        }

        punish(d, first.operator(), evidence, from);
        return d.applied();
    }

    static Outcome earlyReveal(Draft d, Address from, ReportEarlyReveal t) {
        Optional<assay.ledger.state.Receipt> receipt = d.receipt(t.operator(), t.receipt());
        if (receipt.isEmpty()) {
            return refused(Reason.RECEIPT_UNKNOWN);
        }
        Optional<Audit> audit = d.audits.get(Key.of(t.operator(), t.receipt()));
        boolean early = receipt.get().status() == assay.ledger.state.Receipt.Status.POSTED
                || audit.filter(a -> a.phase() == Audit.Phase.COMMIT).isPresent();
        boolean matches = Digests.blind(t.root(), t.salt()).equals(receipt.get().blindedRoot());
        if (!early || !matches || from.equals(t.operator())) {
            return refused(Reason.EVIDENCE_PROVES_NOTHING);
        }

        Verdicts.leaked(d, t.operator(), t.receipt(), audit, from);
        d.tell(new Event.EvidenceTaken(t.operator(), t.receipt(), from));
        return d.applied();
    }

    /** Takes stake for something that is no posted receipt, or that was no longer open. */
    static void punish(Draft d, Address operator, Hash evidence, Address by) {
        d.evidence = d.evidence.put(Key.of(operator, evidence), new Evidence(d.block.height()));
        d.tell(new Event.EvidenceTaken(operator, evidence, by));
        Optional<assay.ledger.state.Receipt> posted = d.receipt(operator, evidence);
        List<Address> finders = by.equals(operator) ? List.of() : List.of(by);
        if (posted.isPresent()
                && !posted.get().status().isFinal()
                && d.audits.get(Key.of(operator, evidence)).isEmpty()) {
            Verdicts.punish(d, operator, evidence, finders, assay.ledger.state.Receipt.Status.FAULT);
        } else {
            Verdicts.slash(d, operator, evidence, Amount.ZERO, Amount.ZERO, Address.NONE, finders);
        }
    }

    /** The signed checkpoint in these words, under this key of an operator. */
    static Signed<Checkpoint> checkpoint(Draft d, Hash nodeKey, String text) {
        try {
            Note note = Note.parse(text.getBytes(StandardCharsets.UTF_8));
            Checkpoint c = Checkpoint.parse(note.text());
            Optional<KeyHolder> holder = d.nodeKeys.get(Key.of(nodeKey));
            if (holder.isEmpty() || !note.signedBy(new NoteKey(c.origin(), NodeKey.ofBytes(nodeKey.bytes())))) {
                return Signed.not(Reason.EVIDENCE_NOT_SIGNED);
            }
            return Signed.of(c, holder.get());
        } catch (MalformedException e) {
            return Signed.not(Reason.EVIDENCE_MALFORMED);
        }
    }

    private static Signed<Receipt> receipt(Draft d, String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            Field json = Field.root(JsonText.parse(bytes, 8, Transaction.ENVELOPE_MAX));
            Envelope envelope = Envelope.parse(json, Statement.SIZE_MAX_BYTES);
            Receipt r = Statement.parse(envelope.payload());
            boolean signed = envelope.payloadType().equals(Statement.PAYLOAD_TYPE)
                    && envelope.signedBy(r.node().key());
            Optional<KeyHolder> holder =
                    d.nodeKeys.get(Key.of(Hash.ofBytes(r.node().key().bytes())));
            if (!signed || holder.isEmpty()) {
                return Signed.not(Reason.EVIDENCE_NOT_SIGNED);
            }
            return r.ledger().chain() == d.chainId()
                    ? Signed.of(r, holder.get())
                    : Signed.not(Reason.EVIDENCE_PROVES_NOTHING);
        } catch (MalformedException e) {
            return Signed.not(Reason.EVIDENCE_MALFORMED);
        }
    }

    /** Whether a receipt says what was posted for it. */
    private static boolean agrees(Draft d, Receipt r, assay.ledger.state.Receipt posted) {
        Hash model = d.modelNames
                .get(State.nameKey(r.model().id()))
                .map(ModelName::model)
                .orElse(Ids.NONE);
        return r.payment().amount() == posted.amount().micro()
                && r.payment().insured() == posted.insured().micro()
                && (long) r.usage().prompt() + r.usage().completion() == posted.tokens()
                && r.trace().root().equals(posted.blindedRoot())
                && channel(r).equals(posted.channel())
                && model.equals(posted.model());
    }

    /** The channel on this ledger, or all zero. */
    private static Hash channel(Receipt r) {
        try {
            return Hash.ofHex(r.payment().channel());
        } catch (MalformedException e) {
            return Ids.NONE;
        }
    }

    /** Whether two receipts claim the same money. */
    private static boolean onePayment(Receipt a, Receipt b) {
        return a.payment().amount() > 0
                && b.payment().amount() > 0
                && !channel(a).equals(Ids.NONE)
                && channel(a).equals(channel(b))
                && a.payment().cumulative() == b.payment().cumulative();
    }

    private static Hash digest(Receipt r) {
        return Statement.digest(Statement.encode(r));
    }

    private static Hash text(Checkpoint c) {
        return Hash.sha256(c.text().getBytes(StandardCharsets.UTF_8));
    }

    /** The same for both orders. */
    private static Hash pair(String tag, Hash a, Hash b) {
        boolean sorted = a.compareTo(b) < 0;
        return Hash.tagged(tag, (sorted ? a : b).bytes(), (sorted ? b : a).bytes());
    }
}
