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
    private static final int SEEDS = 20;
    private static final int REQUESTS = 400;
    private static final Setup SMALL = small();

    /**
     * Two operators of 3 units and nine auditors; the time in which audits can be bought is ten minutes, so that requests
     * may come faster at these stakes.
     */
    private static Setup small() {
        Setup shared = Setup.shared(REQUESTS);
        return shared.with(Setting.CHALLENGE.in(shared.params(), 600))
                .with(new Setup.People(2, 9, 40, 4))
                .with(new Setup.Bonds(Amount.ofUnits(3), Amount.ofUnits(1), Amount.ofUnits(5)))
                .with(new Setup.Demand(REQUESTS, 2_000, 2_000, 1_000, Amount.ofUnits(1)));
    }

    @Test
    void noStrategyOutEarnsItsHonestTwin() throws Exception {
        Standings standings = new Tournament(SEEDS, 101, 2).play(SMALL, Strategy.all(SMALL), done -> {});
        for (Comparison c : standings.table()) {
            assertTrue(c.isKeptOut() || c.gained().high() <= 0, c::toString);
            // So few runs are too few for the bound without assumptions where a cheat loses little each time.
            boolean heavy = c.strategy().family() == Strategy.Family.NODE
                    && c.strategy().cheat().bribe() == 0;
            assertTrue(!heavy || c.holds(), c::toString);
        }
    }

    @Test
    void whatAFalseReceiptCostsAndHowOftenItIsDrawnIsWhatTheRuleSays() throws Exception {
        Comparison c = one(SMALL, Party.node(new NodeCheats.ModelSwapper()));
        // Draws that were seen are Poisson-like: within four deviations of what the rule lets expect.
        double expected = c.fraud().seenPpm() / 1e6;
        assertTrue(expected > 10, c::toString);
        assertTrue(Math.abs(c.fraud().seen() - expected) < 4 * Math.sqrt(expected), c::toString);
        // Without the luck of the draws, what is left is at most the saved work less a fifth of three units for each
        // draw.
        double saved = REQUESTS / 2.0 * 0.75 * (1_000 * 171 + 500 * 600) / 1e9;
        double lost = 0.6 * expected / SEEDS;
        assertTrue(c.gained().low() / 1e9 < saved - lost, c::toString);
        assertTrue(c.gained().high() / 1e9 > saved - 4 * lost, c::toString);
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
        Party bribed = Party.node(new NodeCheats.Bribed(new NodeCheats.ModelSwapper(), 100));
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
        assertTrue(refusals(new AuditorCheats.RootCopier()) > 0);
        assertTrue(refusals(new AuditorCheats.CommitmentCopier()) > 0);
    }

    /** How often an opening was refused that does not fit the commitment, in a few runs. */
    private static int refusals(AuditorConduct conduct) {
        int count = 0;
        for (int seed = 1; seed <= 8; seed++) {
            Result result = Simulation.run(SMALL, Party.auditor(conduct), seed);
            count += result.refusals().getOrDefault(Reason.REVEAL_MISMATCH, 0);
        }
        return count;
    }

    private static Comparison one(Setup setup, Party cheat) throws InterruptedException {
        List<Strategy> only = List.of(new Strategy("one", Strategy.Family.PARTY, "", cheat));
        return new Tournament(SEEDS, 101, 2)
                .play(setup, only, done -> {})
                .table()
                .getFirst();
    }
}
