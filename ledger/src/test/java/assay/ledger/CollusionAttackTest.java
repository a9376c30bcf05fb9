package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.dispute.At;
import assay.core.dispute.Referee;
import assay.core.receipt.Digests;
import assay.core.receipt.Statement;
import assay.ledger.state.Dispute;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt.Status;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.ChooseDispute;
import assay.ledger.tx.Transaction.CommitAudit;
import assay.ledger.tx.Transaction.OpenDispute;
import assay.ledger.tx.Transaction.Posting;
import assay.ledger.tx.Transaction.RevealAudit;
import assay.ledger.tx.Transaction.RevealTrace;
import assay.ledger.tx.Transaction.SetPrices;
import assay.ledger.tx.Transaction.ShowDispute;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A node and challengers or auditors of one owner, who play to each other. Where a dispute is played, it is one of
 * vectors/dispute, in which the node proves one number wrongly.
 */
class CollusionAttackTest {
    private static final Amount BOND = Amount.ofUnits(5);
    private static final Amount DRAWN = Amount.ofMicro(2_222_222);
    private static final Hash SALT = World.hash("salt");

    private static Hash recordedProgram = Ids.NONE;
    private static Hash recordedReceipt = Ids.NONE;
    private static Hash recordedRoot = Ids.NONE;
    private static List<Field> steps = List.of();

    private World w = new World(World.sampled(2, 1));
    private Hash receipt = Ids.NONE;
    private Hash root = Ids.NONE;

    @BeforeAll
    static void recorded() throws IOException, MalformedException {
        byte[] packed = Files.readAllBytes(Vectors.file("../dispute/moves.json.gz"));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            Field lie = Field.root(JsonText.parse(in.readAllBytes(), 8, 64 << 20))
                    .at("disputes")
                    .items(1000)
                    .get(1);
            assertEquals("0-0-1-0-lie", lie.at("id").string());
            recordedProgram = lie.at("program").hash();
            recordedReceipt = lie.at("receipt").hash();
            recordedRoot = lie.at("root").hash();
            steps = lie.at("steps").items(64);
        }
    }

    @BeforeEach
    void network() {
        network(World.sampled(2, 1));
    }

    private void network(Params params) {
        network(params, recordedProgram);
        receipt = recordedReceipt;
        root = recordedRoot;
    }

    /** A node with this model, and two auditors of it. */
    private void network(Params params, Hash program) {
        w = new World(params, "payer", "node", "author", "friend", "late", "honest", "a1", "a2");
        ok("author", ToldWork.publication(w, "smol", program));
        ok("node", w.registration("node", "node", "node"));
        ok("node", new Bond(Amount.ofUnits(100)));
        ok("node", new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ofUnits(1), Amount.ofUnits(1)));
        bond("a1");
        bond("a2");
    }

    private void bond(String who) {
        ok(who, new BondAuditor(w.modelId("smol"), BOND));
    }

    /** Posts the recorded receipt at this price; it passes if it is small, and is drawn if it is {@link #DRAWN}. */
    private void post(Amount price) {
        Hash channel = w.nextChannel("payer", "node");
        ok("payer", new Transaction.OpenChannel(w.address("node"), Amount.ofUnits(5)));
        Posting posting =
                new Posting(receipt, channel, w.modelId("smol"), price, Amount.ZERO, 1_000, Digests.blind(root, SALT));
        ok("node", w.checkpoint("node", posting));
        w.settle(5);
    }

    /** Both drawn auditors find this root. */
    private void auditorsFind(Hash found) {
        for (String auditor : List.of("a1", "a2")) {
            Hash salt = World.hash(auditor);
            Hash commitment = Ids.commitment(w.genesis.chainId(), receipt, w.address(auditor), found, salt);
            ok(auditor, new CommitAudit(w.address("node"), receipt, commitment));
        }
        for (String auditor : List.of("a1", "a2")) {
            ok(auditor, new RevealAudit(w.address("node"), receipt, found, World.hash(auditor)));
        }
    }

    private OpenDispute dispute(String another) {
        return new OpenDispute(w.address("node"), receipt, World.hash(another));
    }

    private RevealTrace reveal() {
        return new RevealTrace(receipt, root, SALT);
    }

    /** The recorded dispute, move by move; the node's last is wrong. */
    private void play(String challenger) throws MalformedException {
        for (Field step : steps) {
            if (step.find("node").isPresent()) {
                byte[] move = HexFormat.of().parseHex(step.at("node").string(1 << 18));
                ok("node", new ShowDispute(receipt, Bytes.of(move)));
            } else {
                ok(challenger, choice(step.at("part").int32(0, 4096)));
            }
        }
    }

    private ChooseDispute choice(int part) {
        return new ChooseDispute(w.address("node"), receipt, part);
    }

    private Status status() {
        return w.state.receipt(w.address("node"), receipt).orElseThrow().status();
    }

    private Amount bonded(String auditor) {
        return w.state
                .auditor(w.modelId("smol"), w.address(auditor))
                .map(b -> b.stake().total())
                .orElse(Amount.ZERO);
    }

    private Amount balance(String who) {
        return w.state.balance(w.address(who));
    }

    private Amount stake() {
        return w.state.operator(w.address("node")).orElseThrow().stake().total();
    }

    @Test
    void honestAuditorsKeepTheirBondsWhenAThrowAwayNodeLosesOnPurpose() throws Exception {
        post(DRAWN);
        auditorsFind(root);
        bond("friend");
        ok("friend", dispute("another root"));
        ok("node", reveal());
        play("friend");
        assertEquals(Status.FAULT, status(), "the node moved wrongly");
        assertEquals(BOND, bonded("a1"), "which does not prove the root wrong that the auditors found, too");
        assertEquals(BOND, bonded("a2"));
    }

    @Test
    void whoJoinsADisputeLateGetsNothingOfItsBounty() {
        post(Amount.ofMicro(1));
        bond("honest");
        bond("late");
        ok("honest", dispute("what honest computed"));
        ok("node", reveal());
        ok("late", dispute("anything"));
        Amount honest = balance("honest");
        Amount late = balance("late");
        w.settle(3);
        assertEquals(Status.FAULT, status(), "the node cannot show anything");
        assertEquals(late, balance("late"), "who was not playing found nothing");
        assertEquals(honest.plus(Amount.ofUnits(1)), balance("honest"), "a tenth of ten units");
    }

    @Test
    void whoWasDrawnSharesTheBountyOnlyWithWhoIsPlaying() {
        post(DRAWN);
        auditorsFind(World.hash("what both computed"));
        bond("late");
        ok("late", dispute("anything"));
        ok("node", reveal());
        Amount late = balance("late");
        w.settle(3);
        assertEquals(Status.FAULT, status());
        assertEquals(late, balance("late"));
    }

    @Test
    void aFriendOfTheLiarWhoseWordCannotBeDecidedEndsNoContest() throws Exception {
        ToldWork said = tooLong();
        post(Amount.ofMicro(1));
        bond("friend");
        bond("honest");
        ok("friend", dispute("another root"));
        ok("honest", dispute("what honest computed"));
        ok("node", reveal());
        assertEquals(w.address("friend"), playing().challenger(), "who came first of equal bonds plays first");
        undecided(said, "friend");
        assertEquals(w.address("honest"), playing().challenger(), "the next is heard");
        assertEquals(BOND, bonded("friend"), "it may have meant it");
        w.settle(3);
        assertEquals(Status.FAULT, status(), "and the node cannot show anything");
    }

    @Test
    void aFriendOfTheLiarWhoseWordCannotBeDecidedEndsNoAudit() throws Exception {
        ToldWork said = tooLong();
        post(DRAWN);
        Hash salt = World.hash("a1");
        Hash found = World.hash("what a1 computed");
        for (String auditor : List.of("a1", "a2")) { // a2 is the liar's, and stands for its root
            Hash its = auditor.equals("a1") ? found : root;
            Hash commitment = Ids.commitment(w.genesis.chainId(), receipt, w.address(auditor), its, salt);
            ok(auditor, new CommitAudit(w.address("node"), receipt, commitment));
        }
        ok("a1", new RevealAudit(w.address("node"), receipt, found, salt));
        ok("a2", new RevealAudit(w.address("node"), receipt, root, salt));
        bond("honest");
        ok("honest", dispute("what honest computed"));
        ok("node", reveal());
        undecided(said, "a1");
        assertEquals(w.address("honest"), playing().challenger(), "as many for as against: the next is heard");
    }

    /** The node answers with a transcript that, says its receipt, is too long for a move. */
    private ToldWork tooLong() throws MalformedException {
        network(World.sampled(2, 1), ToldWork.PROGRAM.root());
        Hash channel = w.nextChannel("payer", "node");
        ToldWork said = ToldWork.told(w, "node", channel, "hello", "hello", "ok", Referee.TRANSCRIPT_MAX_BYTES);
        receipt = Statement.digest(said.statement());
        root = said.root();
        return said;
    }

    /** The challenger disputes that text. */
    private void undecided(ToldWork said, String challenger) throws MalformedException {
        At at = At.parse(playing().at().toArray());
        ok("node", new ShowDispute(receipt, Bytes.of(said.defender().move(at))));
        ok(challenger, choice(0));
    }

    private Dispute playing() {
        return w.state.disputes().get(Key.of(w.address("node"), receipt)).orElseThrow();
    }

    @Test
    void stakeDoesNotLeaveAsAFeeToTheNodesOwnAuditors() {
        Amount before = stake();
        Amount auditors = balance("a1").plus(balance("a2"));
        post(DRAWN);
        Amount left = before.minus(stake());
        assertTrue(!left.isZero(), "the receipt was not paid, so its audit takes from stake");
        auditorsFind(root);
        ok("node", reveal());
        assertEquals(Status.CONFIRMED, status());
        Amount out = balance("a1").plus(balance("a2")).minus(auditors);
        assertEquals(left, out.plus(out), "as much is burned as the auditors get");
        assertEquals(out, w.state.totals().burned());
    }

    @Test
    void inANetworkOfOnesOwnNothingIsBurnedForAnAudit() {
        network(World.params(2));
        Amount before = stake();
        post(DRAWN);
        assertTrue(stake().isBelow(before), "the fee of what was not paid");
        assertEquals(Amount.ZERO, w.state.totals().burned());
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }
}
