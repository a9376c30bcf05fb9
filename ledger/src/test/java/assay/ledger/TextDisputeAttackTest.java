package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.dispute.At;
import assay.core.dispute.Referee;
import assay.core.merkle.Merkle;
import assay.core.program.Program;
import assay.core.program.ProgramHeader;
import assay.core.program.SectionChunks;
import assay.core.receipt.Digests;
import assay.core.receipt.Statement;
import assay.ledger.state.Dispute;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt.Status;
import assay.ledger.state.State;
import assay.ledger.store.Snapshot;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.ChooseDispute;
import assay.ledger.tx.Transaction.OpenDispute;
import assay.ledger.tx.Transaction.PostText;
import assay.ledger.tx.Transaction.ReportTranscript;
import assay.ledger.tx.Transaction.RevealTrace;
import assay.ledger.tx.Transaction.ShowDispute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disputes about the text of an answer, which the ledger judges with the model's tokenizer and template. */
class TextDisputeAttackTest {
    private static final int FEE = 10;

    private World w = new World(World.params(1));
    private Hash channel = Ids.NONE;
    private List<PostText> posts = List.of();
    private String name = "smol";

    @BeforeEach
    void aModelThatCanChat() {
        w = new World(
                World.charging(World.sampled(2, 1), FEE),
                "payer",
                "node",
                "author",
                "honest",
                "liar",
                "stranger",
                "a1",
                "a2");
        ok("author", ToldWork.publication(w, "smol", ToldWork.PROGRAM.root()));
        ok("node", w.registration("node", "node", "node"));
        ok("node", new Transaction.Bond(Amount.ofUnits(100)));
        offered();
        channel = w.nextChannel("payer", "node");
        ok("payer", new Transaction.OpenChannel(w.address("node"), Amount.ofUnits(5)));
        posts = Texts.posts(model(), ToldWork.PROGRAM);
        assertEquals(5, posts.size(), "four of the tokenizer, one of the template");
    }

    /** The node sells it, and auditors are bonded for it. */
    private void offered() {
        ok("node", new Transaction.SetPrices(model(), Amount.ofUnits(1), Amount.ofUnits(1), Amount.ofUnits(1)));
        for (String auditor : List.of("honest", "liar", "a1", "a2")) {
            ok(auditor, new BondAuditor(model(), Amount.ofUnits(5)));
        }
    }

    private Hash model() {
        return w.modelId(name);
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body.getClass() + ": " + outcome);
    }

    private void refused(Reason reason, String from, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send(from, body));
    }

    private Hash digest(ToldWork work) {
        return Statement.digest(work.statement());
    }

    private Status status(ToldWork work) {
        return w.state.receipt(w.address("node"), digest(work)).orElseThrow().status();
    }

    private Optional<Dispute> dispute(ToldWork work) {
        return w.state.disputes().get(Key.of(w.address("node"), digest(work)));
    }

    private Amount balance(String who) {
        return w.state.balance(w.address(who));
    }

    private boolean isBonded(String who) {
        return w.state.auditor(model(), w.address(who)).isPresent();
    }

    private void post(ToldWork work) {
        Transaction.Posting posting = new Transaction.Posting(
                digest(work),
                channel,
                model(),
                Amount.ofMicro(work.receipt().payment().amount()),
                Amount.ZERO,
                work.receipt().usage().prompt() + work.receipt().usage().completion(),
                Digests.blind(work.root(), World.hash("trace salt")));
        ok("node", w.checkpoint("node", posting));
        w.settle(5);
        assertEquals(Status.PASSED, status(work), "a small receipt is hardly ever drawn");
    }

    /** The dispute is where the challenger chooses what it is about. */
    private void opened(ToldWork work, String challenger) {
        post(work);
        ok(challenger, new OpenDispute(w.address("node"), digest(work), World.hash("another root")));
        ok("node", new RevealTrace(digest(work), work.root(), World.hash("trace salt")));
        show(work);
    }

    private void show(ToldWork work) {
        try {
            At at = At.parse(dispute(work).orElseThrow().at().toArray());
            if (at instanceof At.Text) {
                refused(Reason.DISPUTE_OTHER_MOVE, "node", new ShowDispute(digest(work), Bytes.of(new byte[3])));
                w.settle(1); // the ledger reads the model's text meanwhile
            }
            ok("node", new ShowDispute(digest(work), Bytes.of(work.defender().move(at))));
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private ChooseDispute chooseText(ToldWork work) {
        return new ChooseDispute(w.address("node"), digest(work), 0);
    }

    private ToldWork injected() throws Exception {
        return ToldWork.told(w, "node", channel, "hello", "hello, and buy", "ok", 0);
    }

    @Test
    void aNodeThatShowedTheModelSomethingElseLosesAndTheChallengersTextIsPaidBack() throws Exception {
        ToldWork lie = injected();
        opened(lie, "honest");
        refused(Reason.DISPUTE_TEXT_MISSING, "honest", chooseText(lie));
        Amount before = balance("honest");
        for (PostText post : posts) {
            refused(Reason.DISPUTE_TEXT_MISSING, "honest", chooseText(lie));
            ok("honest", post);
        }
        Amount paid = before.minus(balance("honest"));
        long bytes = ToldWork.PROGRAM.tokenizer().length
                + ToldWork.PROGRAM.template().length();
        assertTrue(paid.micro() >= FEE * (bytes / 512), "by the byte: " + paid);
        ok("honest", chooseText(lie));
        Amount stake = w.state.operator(w.address("node")).orElseThrow().stake().total();
        Amount reserve = w.state.totals().reserve();
        before = balance("honest");
        show(lie);
        assertEquals(Status.FAULT, status(lie));
        Amount lost = stake.minus(
                w.state.operator(w.address("node")).orElseThrow().stake().total());
        assertEquals(Amount.ofUnits(10), lost);
        assertEquals(before.plus(Amount.ofUnits(1)).plus(paid), balance("honest"), "a tenth, and what the text cost");
        assertEquals(
                reserve.plus(Amount.ofMicro(FEE)).minus(paid), w.state.totals().reserve());
        assertTrue(dispute(lie).isEmpty());
        assertTrue(isBonded("honest"));
    }

    @Test
    void aNodeThatSaysAnotherTextThanItsTokensLoses() throws Exception {
        ToldWork lie = ToldWork.told(w, "node", channel, "hello", "hello", "no", 0);
        posts.forEach(post -> ok("author", post));
        opened(lie, "honest");
        ok("honest", chooseText(lie));
        show(lie);
        assertEquals(Status.FAULT, status(lie));
    }

    @Test
    void whoCallsARightTextWrongLosesItsBondAndTheTextStays() throws Exception {
        ToldWork right = ToldWork.honest(w, "node", channel, "hello");
        opened(right, "liar");
        posts.forEach(post -> ok("liar", post));
        ok("liar", chooseText(right));
        Amount before = balance("node");
        show(right);
        assertFalse(isBonded("liar"));
        assertEquals(
                before.plus(Amount.ofUnits(5).share(500_000)).minus(Amount.ofMicro(FEE)),
                balance("node"),
                "half of the bond is the node's");
        assertEquals(Status.PASSED, status(right), "where it was");
        refused(Reason.TEXT_KNOWN, "author", posts.getFirst());

        ToldWork lie = injected();
        opened(lie, "honest");
        ok("honest", chooseText(lie));
        before = balance("honest");
        show(lie);
        assertEquals(before.plus(Amount.ofUnits(1)), balance("honest"), "others' text costs and brings it nothing");
    }

    @Test
    void aNodeThatShowsNoTranscriptLoses() throws Exception {
        ToldWork right = ToldWork.honest(w, "node", channel, "hello");
        posts.forEach(post -> ok("author", post));
        opened(right, "honest");
        ok("honest", chooseText(right));
        w.settle(1);
        refused(Reason.DISPUTE_MOVE_WRONG, "node", new ShowDispute(digest(right), Bytes.of(new byte[0])));
        refused(Reason.DISPUTE_MOVE_WRONG, "node", new ShowDispute(digest(right), Bytes.of(new byte[65_000])));
        w.settle(3);
        assertEquals(Status.FAULT, status(right));
    }

    @Test
    void whoPostsNoTextInTimeLosesItsBond() throws Exception {
        ToldWork lie = injected();
        opened(lie, "honest");
        long move = w.genesis.params().disputes().move();
        assertEquals(
                w.state.height() + 1 + move + posts.size(),
                dispute(lie).orElseThrow().deadline(),
                "a block for each chunk that is missing");
        ok("honest", posts.get(0));
        w.settle((int) move + posts.size());
        assertTrue(dispute(lie).isPresent());
        w.settle(1);
        assertTrue(dispute(lie).isEmpty());
        assertFalse(isBonded("honest"));
    }

    @Test
    void onlyTheModelsOwnTextIsTakenAndOnlyFromWhoHasToDoWithIt() {
        PostText first = posts.getFirst();
        refused(Reason.BOND_TOO_SMALL, "stranger", first);
        refused(
                Reason.MODEL_UNKNOWN,
                "author",
                new PostText(World.hash("none"), first.header(), 0, 0, first.bytes(), first.path()));
        byte[] changed = first.bytes().toArray();
        changed[100]++;
        byte[] header = first.header().toArray();
        header[30]++;
        PostText second = posts.get(1);
        for (PostText wrong : List.of(
                new PostText(model(), first.header(), 0, 0, Bytes.of(changed), first.path()),
                new PostText(model(), first.header(), 0, 1, first.bytes(), first.path()),
                new PostText(model(), first.header(), 0, 0, second.bytes(), second.path()),
                new PostText(model(), first.header(), 1, 0, first.bytes(), first.path()),
                new PostText(model(), first.header(), 2, 0, first.bytes(), first.path()),
                new PostText(model(), first.header(), 0, 99, first.bytes(), first.path()),
                new PostText(model(), first.header(), 0, 0, first.bytes(), List.of()),
                new PostText(model(), Bytes.of(header), 0, 0, first.bytes(), first.path()),
                new PostText(model(), Bytes.of(new byte[7]), 0, 0, first.bytes(), first.path()))) {
            refused(Reason.TEXT_WRONG, "author", wrong);
        }
        ok("author", first);
        refused(Reason.TEXT_KNOWN, "honest", first);
    }

    /**
     * Under another size the same root is that of other chunks: a publisher that says so puts the end of another model's
     * tokenizer in the place of its middle. Whoever is disputed then has a tokenizer that cannot be read.
     */
    @Test
    void aMadeUpSizeUnderAnothersRootTakesNoPlaceOfItsText() throws Exception {
        byte[] tokenizer = new byte[4 * SectionChunks.CHUNK_BYTES + 700];
        for (int i = 0; i < tokenizer.length; i++) {
            tokenizer[i] = (byte) (i * 31 + i / 251);
        }
        Hash root = Merkle.root(ProgramHeader.leaves(tokenizer));
        ProgramHeader honest = withTokenizer(tokenizer.length, root);
        ProgramHeader madeUp = withTokenizer(2 * SectionChunks.CHUNK_BYTES + 700, root);
        ok("author", ToldWork.publication(w, "honest", honest.root()));
        ok("liar", ToldWork.publication(w, "made up", madeUp.root()));

        byte[] end = SectionChunks.chunk(tokenizer, 4);
        w.send("liar", posted("made up", madeUp, 2, end, SectionChunks.path(tokenizer, 4)));
        for (int i = 0; i < 5; i++) {
            ok(
                    "author",
                    posted("honest", honest, i, SectionChunks.chunk(tokenizer, i), SectionChunks.path(tokenizer, i)));
        }
        assertEquals(
                Bytes.of(SectionChunks.chunk(tokenizer, 2)),
                w.state
                        .texts()
                        .get(Key.text(honest.section("tokenizer"), 2))
                        .orElseThrow()
                        .bytes());
    }

    private static ProgramHeader withTokenizer(int size, Hash root) {
        List<ProgramHeader.Section> sections =
                new ArrayList<>(ToldWork.PROGRAM.header().sections());
        sections.replaceAll(s -> s.name().equals("tokenizer") ? new ProgramHeader.Section(s.name(), size, root) : s);
        return new ProgramHeader(sections);
    }

    private PostText posted(String model, ProgramHeader header, int chunk, byte[] bytes, List<Hash> path) {
        assay.core.codec.Writer out = new assay.core.codec.Writer();
        header.write(out);
        return new PostText(w.modelId(model), Bytes.of(out.toBytes()), 0, chunk, Bytes.of(bytes), path);
    }

    @Test
    void aTextThatIsTooLongForTheLedgerIsLeftUndecided() throws Exception {
        ProgramHeader real = ToldWork.PROGRAM.header();
        ProgramHeader large =
                withTokenizer((8 << 20) + 1, real.section("tokenizer").root());
        ok("author", ToldWork.publication(w, "large", large.root()));
        assay.core.codec.Writer out = new assay.core.codec.Writer();
        large.write(out);
        PostText first = posts.getFirst();
        refused(
                Reason.TEXT_TOO_LONG,
                "author",
                new PostText(w.modelId("large"), Bytes.of(out.toBytes()), 0, 0, first.bytes(), first.path()));
    }

    @Test
    void aDisputeThatComesToATextTooLongForTheLedgerEndsThereAndNobodyLosesAnything() throws Exception {
        Program large = ToldWork.withTemplateOf(8 << 20);
        ok("author", ToldWork.publication(w, "large", large.root()));
        name = "large";
        offered();
        ToldWork lie = ToldWork.told(w, "node", channel, "hello", "hello, and buy", "ok", 0, large);
        opened(lie, "honest");
        assertEquals(
                w.state.height() + 1 + w.genesis.params().disputes().move(),
                dispute(lie).orElseThrow().deadline(),
                "nothing of it can be posted, so there is no time for it");
        Amount stake = w.state.operator(w.address("node")).orElseThrow().stake().total();
        Amount before = balance("honest");
        ok("honest", chooseText(lie));
        assertEquals(before.minus(Amount.ofMicro(FEE)), balance("honest"));
        assertTrue(isBonded("honest"));
        assertTrue(dispute(lie).isEmpty());
        assertEquals(Status.PASSED, status(lie), "where it was");
        assertEquals(
                stake, w.state.operator(w.address("node")).orElseThrow().stake().total());
        w.settle(20);
        assertEquals(Status.UNDRAWN, status(lie), "and its time ends as if nobody had disputed it");
    }

    @Test
    void aTranscriptThatIsSaidToBeTooLongCostsNobodyAnything() throws Exception {
        ToldWork said = ToldWork.told(w, "node", channel, "hello", "hello", "ok", Referee.TRANSCRIPT_MAX_BYTES);
        opened(said, "honest");
        ok("honest", chooseText(said));
        assertTrue(isBonded("honest"));
        assertTrue(dispute(said).isEmpty());
        assertEquals(Status.PASSED, status(said), "where it was");
    }

    @Test
    void aNodeThatCallsAShortTranscriptTooLongIsPunishedByTheTranscript() throws Exception {
        ToldWork said =
                ToldWork.told(w, "node", channel, "hello", "hello, and buy", "ok", Referee.TRANSCRIPT_MAX_BYTES);
        ToldWork right = ToldWork.honest(w, "node", channel, "hello");
        post(right);
        opened(said, "honest");
        refused(Reason.EVIDENCE_PROVES_NOTHING, "honest", report(right, right));
        refused(Reason.EVIDENCE_PROVES_NOTHING, "honest", report(said, ToldWork.honest(w, "node", channel, "other")));
        refused(
                Reason.EVIDENCE_MALFORMED,
                "honest",
                new ReportTranscript(w.address("node"), Bytes.of(said.statement()), Bytes.of(new byte[3])));
        Amount before = balance("honest");
        ok("honest", report(said, said));
        assertEquals(Status.FAULT, status(said));
        assertTrue(dispute(said).isEmpty());
        Amount paid = Ledger.fee(report(said, said), w.genesis.params());
        assertEquals(before.plus(Amount.ofUnits(1)).minus(paid), balance("honest"));
        refused(Reason.EVIDENCE_USED, "stranger", report(said, said));
        w.settle(20);
        assertEquals(Status.FAULT, status(said), "and nobody's clock goes on");
        assertTrue(isBonded("honest"));
    }

    private ReportTranscript report(ToldWork of, ToldWork told) {
        return new ReportTranscript(
                w.address("node"),
                Bytes.of(of.statement()),
                Bytes.of(told.transcript().withoutPrompt().encode()));
    }

    @Test
    void aSnapshotHasTheText() throws Exception {
        posts.forEach(post -> ok("author", post));
        State before = w.state;
        w.settle(1);
        List<byte[]> chunks = new ArrayList<>();
        Snapshot.write(new Snapshot.Tip(w.state, new BlockContext(w.state.height(), 1, World.hash("b"))), chunks::add);
        Snapshot.Restoring restoring = new Snapshot.Restoring(w.genesis, chunks.getFirst());
        for (byte[] chunk : chunks.subList(1, chunks.size())) {
            restoring.accept(chunk);
        }
        State read = restoring.finish().state();
        assertEquals(w.state.root(), read.root());
        assertEquals(posts.size(), read.texts().count());
        assertEquals(before.texts().root(), read.texts().root());
        assertTrue(Texts.missing(read, model(), ToldWork.PROGRAM).isEmpty());
    }

    @Test
    void theLongestDisputeFitsTheTimeToUnbond() {
        Params p = Params.shared();
        assertTrue(p.windows().unbond() > p.auditMax());
        assertTrue(p.disputeMax() > p.disputes().move() * 21, "with the time to post a model's text");
    }
}
