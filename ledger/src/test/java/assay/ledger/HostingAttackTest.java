package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Host;
import assay.ledger.tx.Acknowledgment;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.AnswerStorage;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.ChallengeModel;
import assay.ledger.tx.Transaction.ClaimServed;
import assay.ledger.tx.Transaction.JudgeModel;
import assay.ledger.tx.Transaction.OfferHosting;
import assay.ledger.tx.Transaction.OpenChannel;
import assay.ledger.tx.Transaction.Redeem;
import assay.ledger.tx.Transaction.SetPrices;
import assay.ledger.tx.Transaction.StopHosting;
import assay.ledger.tx.TypedData;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attacks by hosts, by those who say that they were served, and around what a publisher claims. */
class HostingAttackTest {
    private static final String[] NAMES = {"payer", "node", "sybil", "author", "h1", "h2", "v1", "v2", "v3"};
    private final World w = new World(World.bonding(1), List.of("v1", "v2", "v3"), NAMES);
    private Hash smol = w.modelId("smol");

    /** The honest node sold for 100,000, so the hosts' pool holds 1,000. */
    @BeforeEach
    void aModelThatIsSold() {
        ok("author", w.model("smol", 0, Amount.ofUnits(10)));
        smol = w.modelId("smol");
        for (String operator : List.of("node", "sybil")) {
            ok(operator, w.registration(operator, operator, operator));
            ok(operator, new Bond(Amount.ofUnits(100)));
            ok(operator, new SetPrices(smol, Amount.ofMicro(1), Amount.ZERO, Amount.ofMicro(1)));
        }
        Hash channel = w.nextChannel("payer", "node");
        ok("payer", new OpenChannel(w.address("node"), Amount.ofUnits(5)));
        ok("node", w.checkpoint("node", w.posting("r1", channel, smol, 100_000, "x")));
        ok("node", new Redeem(channel, Amount.ofMicro(100_000), w.voucher("payer", channel, 100_000)));
        ok("h1", new OfferHosting(smol, "http://h1", Amount.ofUnits(10)));
        assertEquals(Amount.ofMicro(1_000), w.state.totals().hostsPool());
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private void refused(Reason reason, String from, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send(from, body));
    }

    @Test
    void aSybilThatSoldNothingDrainsNothing() {
        ok("h2", new OfferHosting(smol, "http://h2", Amount.ofUnits(1)));
        refused(Reason.HOSTS_SHARE_EMPTY, "h2", w.served(smol, "h2", "sybil", Long.MAX_VALUE, "sybil"));
        assertEquals(Amount.ofMicro(1_000), w.state.totals().hostsPool());
    }

    @Test
    void aFalseAcknowledgmentBringsBackAtMostTheShareOfItsOwnSales() {
        ok("h2", new OfferHosting(smol, "http://h2", Amount.ofUnits(1)));
        ok("h2", w.served(smol, "h2", "node", Long.MAX_VALUE, "node"));
        assertEquals(Amount.ZERO, w.state.totals().hostsPool());
        assertEquals(
                World.START.minus(Amount.ofUnits(1)).plus(Amount.ofMicro(1_000)), w.state.balance(w.address("h2")));
        refused(Reason.HOSTS_SHARE_EMPTY, "h1", w.served(smol, "h1", "node", 1L << 40, "node"));
    }

    @Test
    void anAcknowledgmentIsGoodForItsHostModelCountAndChainAlone() {
        ok("h2", new OfferHosting(smol, "http://h2", Amount.ofUnits(1)));
        ClaimServed mine = w.served(smol, "h1", "node", 500_000, "node");
        refused(Reason.ACKNOWLEDGMENT_NOT_BY_DOWNLOADER, "h2", mine);
        refused(
                Reason.ACKNOWLEDGMENT_NOT_BY_DOWNLOADER,
                "h1",
                new ClaimServed(smol, mine.downloader(), 500_001, mine.acknowledgment()));
        Acknowledgment said = new Acknowledgment(w.address("h1"), smol, 500_000);
        Signature elsewhere = w.keyOf("node").sign(TypedData.digest(w.genesis.chainId() + 1, said));
        refused(
                Reason.ACKNOWLEDGMENT_NOT_BY_DOWNLOADER,
                "h1",
                new ClaimServed(smol, mine.downloader(), 500_000, elsewhere));
        refused(
                Reason.ACKNOWLEDGMENT_NOT_BY_DOWNLOADER,
                "h1",
                new ClaimServed(
                        smol,
                        mine.downloader(),
                        500_000,
                        w.served(World.hash("other"), "h1", "node", 500_000, "node")
                                .acknowledgment()));
        ok("h1", mine);
        refused(Reason.ACKNOWLEDGMENT_PAID, "h1", mine);
    }

    @Test
    void manySmallClaimsBringNoMoreThanOne() {
        for (long bytes = 700; bytes <= 700_000; bytes += 700) {
            Outcome outcome = w.send("h1", w.served(smol, "h1", "node", bytes, "node"));
            assertTrue(outcome instanceof Outcome.Applied
                    || outcome.equals(new Outcome.Rejected(Reason.HOSTS_SHARE_EMPTY)));
        }
        Amount earned = w.state.balance(w.address("h1")).minus(World.START.minus(Amount.ofUnits(10)));
        assertTrue(earned.micro() <= 700, () -> "earned " + earned);
    }

    @Test
    void aRightChunkOfAnotherPlaceDoesNotAnswer() {
        w.settle(6);
        Host h = w.state.host(smol, w.address("h1")).orElseThrow();
        for (long other = 0; other < 3; other++) {
            if (other != h.chunk()) {
                refused(Reason.STORAGE_CHUNK_WRONG, "h1", w.chunk(smol, other));
            }
        }
        AnswerStorage right = w.chunk(smol, h.chunk());
        refused(Reason.STORAGE_CHUNK_WRONG, "h1", new AnswerStorage(smol, right.chunk(), List.of()));
        refused(Reason.STORAGE_CHUNK_WRONG, "h1", new AnswerStorage(smol, "AAAA", right.path()));
        refused(Reason.STORAGE_CHUNK_WRONG, "h1", new AnswerStorage(smol, "\u0000", right.path()));
        ok("h1", right);
    }

    @Test
    void leavingDoesNotEscapeAChallenge() {
        w.settle(6);
        Amount before =
                w.state.host(smol, w.address("h1")).orElseThrow().stake().total();
        ok("h1", new StopHosting(smol));
        w.settle(2);
        Amount after = w.state.host(smol, w.address("h1")).orElseThrow().stake().total();
        assertEquals(before.share(100_000), before.minus(after));
    }

    @Test
    void whatIsAskedFollowsTheBeaconAndNotTheHost() {
        Set<Long> asked = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            w.settle(6);
            Host h = w.state.host(smol, w.address("h1")).orElseThrow();
            if (h.asked()) {
                asked.add(h.chunk());
                ok("h1", w.chunk(smol, h.chunk()));
            }
        }
        assertEquals(Set.of(0L, 1L, 2L), asked);
    }

    @Test
    void aPublisherThatRefutesItselfGainsNothing() {
        Amount before = w.state.balance(w.address("author")).plus(Amount.ofUnits(10));
        ok("author", new ChallengeModel(smol));
        List<Event> events = new ArrayList<>();
        for (String v : List.of("v1", "v2", "v3")) {
            if (w.send(v, new JudgeModel(smol, false)) instanceof Outcome.Applied applied) {
                events.addAll(applied.events());
            }
        }
        assertTrue(
                events.stream().anyMatch(e -> e instanceof Event.ClaimEnded c && c.end() == ModelClaims.End.REFUTED));
        assertEquals(before.minus(Amount.ofUnits(5)), w.state.balance(w.address("author")));
        assertEquals(Amount.ofUnits(5), w.state.totals().burned());
    }

    @Test
    void aGriefingChallengeOfAnHonestClaimCostsItsBond() {
        Amount before = w.state.balance(w.address("sybil"));
        ok("sybil", new ChallengeModel(smol));
        for (String v : List.of("v1", "v2", "v3")) {
            ok(v, new JudgeModel(smol, true));
        }
        assertEquals(before.minus(Amount.ofUnits(10)), w.state.balance(w.address("sybil")));
    }
}
