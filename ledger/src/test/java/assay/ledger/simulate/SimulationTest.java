package assay.ledger.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.ledger.Reason;
import assay.ledger.state.Setting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * That under the shared network's rules no strategy out-earns its honest twin, in a network so small that one operator has a
 * third of the demand; that cheats do win where a rule is weakened; and that the simulation is what it says. The table of all
 * strategies in full size is {@code assay simulate}.
 */
class SimulationTest {
    private static final int SEEDS = 16;
    private static final Setup SMALL = Setup.shared(800)
            .with(new Setup.People(3, 9, 40, 4))
            .with(new Setup.Bonds(Amount.ofUnits(6), Amount.ofUnits(1), Amount.ofUnits(5)))
            .with(new Setup.Demand(800, 6_000, 2_000, 1_000, Amount.ofUnits(1)));

    @Test
    void noStrategyOutEarnsItsHonestTwin() throws Exception {
        Standings standings = new Tournament(SEEDS, 1, 2).play(SMALL, Strategy.all(SMALL), done -> {});
        for (Comparison c : standings.table()) {
            assertTrue(c.holds(), c::toString);
            assertTrue(c.gained().high() <= 0, c::toString);
        }
    }

    @Test
    void whatAFalseReceiptCostsAndHowOftenItIsDrawnIsWhatTheRuleSays() throws Exception {
        Comparison c = one(SMALL, Party.node(new NodeCheats.ModelSwapper()));
        // Draws that were seen are Poisson-like: within four deviations of what the rule lets expect.
        double expected = c.fraud().seenPpm() / 1e6;
        assertTrue(expected > 10, c::toString);
        assertTrue(Math.abs(c.fraud().seen() - expected) < 4 * Math.sqrt(expected), c::toString);
        // Without the luck of the draws, what is left is saved work less the rule's loss: a fifth of six units each.
        double saved = 800 / 3.0 * 0.75 * (1_000 * 171 + 500 * 600) / 1e9;
        double lost = expected / SEEDS * 1.2;
        assertTrue(c.gained().mean() / 1e9 < saved - 0.9 * lost, c::toString);
        assertTrue(c.gained().half() < lost * 1e9, c::toString);
    }

    @Test
    void whereAllAuditorsAreItsFriendsTheCheatIsSeenToWin() throws Exception {
        Comparison c = one(
                SMALL,
                PartyCheats.colludingAuditors(
                        new NodeCheats.ModelSwapper(), SMALL.people().auditors(), Amount.MILLION));
        assertTrue(c.gained().low() > 0, c::toString);
        assertTrue(!c.holds(), c::toString);
    }

    @Test
    void whereAWrongAnswerIsWorthTenTimesWhatTheRulesAssumeTheCheatIsSeenToWin() throws Exception {
        // The same as drawing ten times less often than the rule: p·d·S_b is then below what the cheat gains.
        Comparison c = one(SMALL, Party.node(new NodeCheats.Bribed(new NodeCheats.ModelSwapper(), 100)));
        assertTrue(c.gained().low() > 0, c::toString);
        assertTrue(!c.holds(), c::toString);
    }

    @Test
    void aSafetyFactorOfNineStopsWhatTwoDoesNot() throws Exception {
        Party bribed = Party.node(new NodeCheats.Bribed(new NodeCheats.ModelSwapper(), 60));
        assertTrue(one(SMALL, bribed).gained().low() > 0);
        Comparison nine = one(SMALL.with(Setting.KAPPA.in(SMALL.params(), 9)), bribed);
        assertTrue(nine.gained().high() < 0, nine::toString);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        Party party = Party.node(new NodeCheats.ModelSwapper());
        Setup setup = SMALL.with(new Setup.Demand(200, 500, 2_000, 1_000, Amount.ofUnits(1)));
        Result one = Simulation.run(setup, party, 3);
        assertEquals(one, Simulation.run(setup, party, 3));
        assertNotEquals(one, Simulation.run(setup, party, 4));
    }

    @Test
    void honestAgentsAreRefusedNothing() {
        assertEquals(
                Map.of(),
                Simulation.run(SMALL, Party.node(NodeConduct.HONEST), 5).refusals());
    }

    @Test
    void copiesMeetTheGuardsOfTheLedger() {
        Result roots = Simulation.run(SMALL, Party.auditor(new AuditorCheats.RootCopier()), 5);
        Result commitments = Simulation.run(SMALL, Party.auditor(new AuditorCheats.CommitmentCopier()), 5);
        assertTrue(roots.refusals().getOrDefault(Reason.REVEAL_MISMATCH, 0) > 0, roots.toString());
        assertTrue(commitments.refusals().getOrDefault(Reason.REVEAL_MISMATCH, 0) > 0, commitments.toString());
    }

    private static Comparison one(Setup setup, Party cheat) throws InterruptedException {
        List<Strategy> only = List.of(new Strategy("one", Strategy.Family.PARTY, "", cheat));
        return new Tournament(SEEDS, 1, 2).play(setup, only, done -> {}).table().getFirst();
    }
}
