package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.state.Beacon;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.state.Setting;
import assay.ledger.state.State;
import assay.ledger.state.Validator;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Approve;
import assay.ledger.tx.Transaction.BondValidator;
import assay.ledger.tx.Transaction.ProposeSetting;
import assay.ledger.tx.Transaction.ProposeValidator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Attacks on the rules themselves and on the beacon, by validators and by outsiders. */
class GovernanceAttackTest {
    private final World w = new World(World.sampled(2, 2), List.of("v1", "v2", "v3"), "v1", "v2", "v3", "v4", "payer");

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private void refused(Reason reason, String from, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send(from, body));
    }

    private Hash next(String validator) {
        return Ids.proposal(
                w.address(validator), w.state.account(w.address(validator)).nonce());
    }

    private static Hash beacon(State s) {
        return s.beacons().get(Key.BEACON).map(Beacon::value).orElseThrow();
    }

    @Test
    void governanceBeyondBounds() {
        long slash = Setting.SLASH.of(w.state.params());
        refused(Reason.SETTING_OUT_OF_BOUNDS, "v1", new ProposeSetting(Setting.SLASH.wire(), 2 * slash + 1));
        refused(Reason.SETTING_OUT_OF_BOUNDS, "v1", new ProposeSetting(Setting.SLASH.wire(), slash / 2 - 1));
        refused(Reason.SETTING_OUT_OF_BOUNDS, "v1", new ProposeSetting(Setting.KAPPA.wire(), 1));
        refused(Reason.SETTING_OUT_OF_BOUNDS, "v1", new ProposeSetting(999, 1));
        for (Setting setting : Setting.values()) {
            refused(Reason.SETTING_OUT_OF_BOUNDS, "v1", new ProposeSetting(setting.wire(), Long.MAX_VALUE));
        }
        refused(Reason.NOT_A_VALIDATOR, "payer", new ProposeSetting(Setting.SLASH.wire(), slash));
    }

    @Test
    void anAuditNeverOutgrowsTheUnbondingDelay() {
        for (Setting setting : List.of(Setting.COMMIT, Setting.REVEAL, Setting.NODE, Setting.ANSWER, Setting.MOVE)) {
            Params now = w.state.params();
            int steps = 0;
            while (Governance.isWithinBounds(now, setting, 2 * setting.of(now))) {
                now = setting.in(now, 2 * setting.of(now));
                assertTrue(now.auditMax() < now.windows().unbond());
                assertTrue(++steps < 20, "it grows without end");
            }
        }
    }

    @Test
    void everySettingChangesItsOwnNumberAndNoOther() {
        Params before = w.state.params();
        for (Setting setting : Setting.values()) {
            Params after = setting.in(before, setting.of(before) == 0 ? 1 : setting.of(before) - 1 + 2);
            for (Setting other : Setting.values()) {
                assertEquals(other == setting, other.of(before) != other.of(after), setting + " and " + other);
            }
        }
    }

    @Test
    void twoOfThreeAreNotEnough() {
        Hash p = next("v1");
        ok("v1", new ProposeSetting(Setting.SLASH.wire(), 150_000));
        refused(Reason.PROPOSAL_APPROVED, "v1", new Approve(p));
        refused(Reason.NOT_A_VALIDATOR, "payer", new Approve(p));
        ok("v2", new Approve(p));
        w.settle(5);
        assertEquals(100_000, w.state.params().audits().slash());
        refused(Reason.PROPOSAL_UNKNOWN, "v3", new Approve(p));
    }

    @Test
    void nothingChangesBeforeTheDelay() {
        Hash p = next("v1");
        ok("v1", new ProposeSetting(Setting.SLASH.wire(), 150_000));
        ok("v2", new Approve(p));
        ok("v3", new Approve(p));
        refused(Reason.PROPOSAL_APPROVED, "v3", new Approve(p));
        w.settle(3);
        assertEquals(100_000, w.state.params().audits().slash());
        w.settle(1);
        assertEquals(150_000, w.state.params().audits().slash());
    }

    @Test
    void validatorsComeAndGoWithTheirBondAndTheLastOneStays() {
        change(new ProposeValidator(w.address("v4"), World.hash("v4"), 5, w.chain("v4")), "v1", "v2", "v3");
        ok("v1", new BondValidator(Amount.ofUnits(7)));
        refused(Reason.NOT_A_VALIDATOR, "payer", new BondValidator(Amount.ofUnits(7)));
        refused(Reason.AMOUNT_IS_ZERO, "v4", new BondValidator(Amount.ZERO));
        refused(Reason.BALANCE_TOO_SMALL, "v4", new BondValidator(Amount.ofUnits(1_001)));
        // v4 has 5 of 8: not enough alone; with v1 it has 6, which is more than two thirds.
        change(new ProposeValidator(w.address("v2"), World.hash("v2"), 0, Ids.NONE), "v4", "v1");
        change(new ProposeValidator(w.address("v3"), World.hash("v3"), 0, Ids.NONE), "v4");
        change(new ProposeValidator(w.address("v1"), World.hash("v1"), 0, Ids.NONE), "v4");
        change(new ProposeValidator(w.address("v4"), World.hash("v4"), 0, Ids.NONE), "v4");
        assertEquals(1, w.state.validators().count());
        assertEquals(World.START, w.state.balance(w.address("v1")), "its bond is back");
    }

    private void change(Transaction proposal, String... approvals) {
        Hash p = next(approvals[0]);
        ok(approvals[0], proposal);
        for (int i = 1; i < approvals.length; i++) {
            ok(approvals[i], new Approve(p));
        }
        w.settle(4);
    }

    @Test
    void aProposerCannotGrindTheBeacon() {
        BlockContext honest = w.block();
        Set<Hash> beacons = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            BlockContext ground = new BlockContext(honest.height(), i, World.hash("grind " + i), honest.preimages());
            beacons.add(beacon(Ledger.settle(w.state, ground).next()));
        }
        assertEquals(1, beacons.size(), "time and the block's own value change nothing");
    }

    @Test
    void aValidatorCanOnlyHoldBackItsLinkAndPays() {
        ok("v1", new BondValidator(Amount.ofMicro(1_200)));
        BlockContext honest = w.block();
        Set<Hash> beacons = new TreeSet<>();
        for (Hash lie : List.of(Ids.NONE, World.hash("x"), w.chain("v1"), w.chain("v2"))) {
            List<BlockContext.Preimage> shown = new ArrayList<>(honest.preimages());
            shown.replaceAll(
                    p -> p.validator().equals(w.address("v1")) ? new BlockContext.Preimage(p.validator(), lie) : p);
            BlockContext bent = new BlockContext(honest.height(), 1, honest.beacon(), shown);
            Outcome.Applied applied = Ledger.settle(w.state, bent);
            beacons.add(beacon(applied.next()));
            assertTrue(applied.events().contains(new Event.BeaconMissed(w.address("v1"), Amount.ofMicro(500))));
        }
        assertEquals(1, beacons.size(), "all lies are one: nothing shown");
        Hash atOnce = beacon(Ledger.settle(w.state, honest).next());
        assertNotEquals(beacons, Set.of(atOnce));
        w.silent.add("v1");
        w.settle(3);
        assertEquals(Amount.ofMicro(1_200), w.state.totals().burned(), "three fines, as far as the bond goes");
        assertEquals(3, validator("v1").missed());
        w.silent.clear();
        w.settle(1);
        assertEquals(atOnce, beacon(w.state), "it won time, and no other beacon");
        assertEquals(0, validator("v1").missed());
    }

    @Test
    void nothingFallsDueWhileALinkIsHeldBack() {
        w.settle(1);
        Hash before = beacon(w.state);
        Hash p = next("v1");
        ok("v1", new ProposeSetting(Setting.SLASH.wire(), 150_000));
        ok("v2", new Approve(p));
        ok("v3", new Approve(p));
        w.silent.add("v1");
        w.settle(5);
        assertEquals(before, beacon(w.state));
        assertEquals(100_000, w.state.params().audits().slash(), "it was due by now");
        w.silent.clear();
        w.settle(1);
        assertEquals(150_000, w.state.params().audits().slash());
    }

    @Test
    void whoHoldsBackTooLongLosesItsBondAndCountsNoMore() {
        ok("v1", new BondValidator(Amount.ofUnits(7)));
        w.settle(1);
        Hash before = beacon(w.state);
        BlockContext seen = w.block();
        w.silent.add("v1");
        w.settle(Validator.MISSES_MAX);
        assertEquals(Amount.ofUnits(7), w.state.totals().burned());
        assertEquals(before, beacon(w.state));
        w.settle(1);
        assertNotEquals(before, beacon(w.state), "the beacon goes on without it");
        // It saw the others' links of the last round, but those are used up: it could not know the new value.
        assertEquals(
                2,
                w.block().preimages().stream()
                        .filter(p -> seen.preimages().stream()
                                .noneMatch(q -> q.preimage().equals(p.preimage())))
                        .count());
        w.silent.clear();
        Hash without = beacon(Ledger.settle(w.state, w.block()).next());
        ok("v1", new BondValidator(Amount.ofUnits(100)));
        assertEquals(without, beacon(Ledger.settle(w.state, w.block()).next()), "money does not bring it back");
        change(
                new ProposeValidator(
                        w.address("v1"), World.hash("v1"), 1, validator("v1").beaconTip()),
                "v2",
                "v3",
                "v1");
        assertTrue(validator("v1").counts(), "the others do");
    }

    private Validator validator(String name) {
        return w.state.validators().get(Key.of(w.address(name))).orElseThrow();
    }

    @Test
    void aLinkCountsOnce() {
        BlockContext first = w.block();
        w.settle(1);
        BlockContext again = new BlockContext(first.height() + 1, 1, first.beacon(), first.preimages());
        Outcome.Applied applied = Ledger.settle(w.state, again);
        assertEquals(
                3,
                applied.events().stream()
                        .filter(e -> e instanceof Event.BeaconMissed)
                        .count());
    }

    @Test
    void aStrangersLinkIsNotHeard() {
        BlockContext honest = w.block();
        List<BlockContext.Preimage> more = new ArrayList<>(honest.preimages());
        more.add(new BlockContext.Preimage(w.address("payer"), World.hash("mine")));
        BlockContext bent = new BlockContext(honest.height(), 1, honest.beacon(), more);
        assertEquals(
                beacon(Ledger.settle(w.state, honest).next()),
                beacon(Ledger.settle(w.state, bent).next()));
    }

    @Test
    void spamCostsItsSender() {
        World dear = new World(World.charging(World.params(1), 7), "payer", "node");
        for (int i = 0; i < 10; i++) {
            assertInstanceOf(
                    Outcome.Applied.class,
                    dear.send("payer", new Transaction.Transfer(dear.address("poor"), Amount.ofMicro(1))));
        }
        assertEquals(Amount.ofMicro(70), dear.state.totals().reserve());
        Transaction back = new Transaction.Transfer(dear.address("payer"), Amount.ofMicro(4));
        assertEquals(
                new Outcome.Rejected(Reason.BALANCE_TOO_SMALL), dear.send("poor", back), "3 are left after the fee");
        assertEquals(new Outcome.Rejected(Reason.FEE_UNPAID), dear.send("nobody", back));
    }

    /** Full blocks stop everybody's clocks, so to fill one costs what as many small transactions do. */
    @Test
    void whoFillsABlockWithLongTransactionsPaysByTheByte() {
        long fee = 7;
        Params p = World.charging(World.params(1), fee);
        Transaction small = new Transaction.Transfer(w.address("v1"), Amount.ofMicro(1));
        assertEquals(Amount.ofMicro(fee), Ledger.fee(small, p));
        Hash h = World.hash("h");
        String text = "x".repeat(60_000);
        Bytes bytes = Bytes.of(new byte[60_000]);
        for (Transaction full : List.of(
                new Transaction.ShowDispute(h, bytes),
                new Transaction.AnswerDemand(h, text),
                new Transaction.ProveDelivery(h, text, h),
                new Transaction.ChallengeCheckpoint(h, text),
                new Transaction.ReportReceipt(text),
                new Transaction.ReportTwoReceipts(text, ""),
                new Transaction.ReportTwoCheckpoints(h, "", text),
                new Transaction.ReportTranscript(w.address("v1"), Bytes.of(new byte[0]), bytes))) {
            assertEquals(
                    Amount.ofMicro(fee * 118),
                    Ledger.fee(full, p),
                    full.getClass().toString());
        }
        assertEquals(
                Amount.ofMicro(fee * 118),
                Ledger.fee(new Transaction.AnswerDemand(h, "\u20ac".repeat(20_000)), p),
                "by the bytes that a block holds, not by chars");
        long perBlock = Ledger.FULL_BYTES / 60_000 * 118;
        assertTrue(perBlock >= Ledger.FULL_BYTES / 600, "about as many fees as transfers would have");
    }
}
