package assay.ledger.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.ledger.Reason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the simulation is what it says, in a small network; the table of all strategies is {@code assay simulate}. */
class SimulationTest {
    private static final Setup SMALL = Setup.shared(1_000)
            .with(new Setup.People(3, 8, 40, 4))
            .with(new Setup.Demand(1_000, 4_000, 2_000, 1_000, Amount.ofUnits(1)));

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

    @Test
    void whereAllAuditorsAreItsFriendsTheCheatIsSeenToWin() throws Exception {
        Party all = PartyCheats.colludingAuditors(SMALL.people().auditors(), Amount.MILLION);
        List<Strategy> one = List.of(new Strategy("all auditors", Strategy.Family.PARTY, "", all));
        Comparison c =
                new Tournament(5, 1, 2).play(SMALL, one, done -> {}).table().getFirst();
        assertTrue(c.gained().low() > 0, c.toString());
    }

    @Test
    void anEstimateIsStudents() {
        // Five samples 1 to 5: mean 3, s = 1.5811, t(4) = 2.776, half = 2.776 * 1.5811 / sqrt(5) = 1.963.
        Estimate e = Estimate.of(new long[] {1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000});
        assertEquals(3_000_000, e.mean());
        assertEquals(1_963_000, e.half(), 10_000);
        assertEquals(new Estimate(7, 0), Estimate.of(new long[] {7, 7, 7, 7, 7}));
        for (long[] known : new long[][] {{4, 2_776}, {9, 2_262}, {19, 2_093}, {29, 2_045}, {99, 1_984}}) {
            assertEquals(known[1], Estimate.studentThousandths((int) known[0]), 6, "t of " + known[0]);
        }
    }
}
