package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.MalformedException;
import assay.ledger.state.State;
import assay.ledger.store.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Ten worlds of random accounts, each decided by its seed; {@link Laws} are added up entry by entry. Every thousand
 * steps the process is lost: what goes on is what a snapshot gives back. {@code -Dassay.worlds=91} is a million
 * transactions (docs/security.md).
 */
class LedgerPropertyTest {
    private static final int WORLDS = Integer.getInteger("assay.worlds", 10);
    private static final int STEPS = 11_000;

    @Test
    void aHundredThousandRandomTransactionsKeepTheLawsAndMeetEveryReason() {
        Map<Reason, Integer> met = new EnumMap<>(Reason.class);
        Map<String, Integer> events = new TreeMap<>();
        for (long seed = 1; seed <= WORLDS; seed++) {
            RandomWorld world = new RandomWorld(seed);
            for (int step = 0; step < STEPS; step++) {
                try {
                    switch (world.step()) {
                        case Outcome.Rejected(Reason reason) -> met.merge(reason, 1, Integer::sum);
                        case Outcome.Applied applied ->
                            applied.events().forEach(e -> {
                                events.merge(e.getClass().getSimpleName(), 1, Integer::sum);
                                if (e instanceof Event.ReceiptPosted posted) {
                                    posted.unpayable().ifPresent(reason -> met.merge(reason, 1, Integer::sum));
                                }
                            });
                    }
                    if (step % 1000 == 0 || step == STEPS - 1) {
                        Laws.hold(afterBlock(world));
                    }
                } catch (AssertionError | RuntimeException | IOException | MalformedException e) {
                    throw new AssertionError("seed " + seed + ", step " + step, e);
                }
            }
        }
        EnumSet<Reason> missed = EnumSet.allOf(Reason.class);
        missed.removeAll(met.keySet());
        missed.remove(Reason.CHECKPOINT_WEIGHT); // takes a log worth 2^63: LedgerAttackTest
        int transactions = WORLDS * STEPS;
        System.out.println(transactions + " random steps: "
                + met.values().stream().mapToInt(i -> i).sum() + " refusals for " + met.size() + " reasons, events of "
                + events.size() + " kinds");
        missed.remove(Reason.DISPUTE_BOND_USED); // takes two disputes at once: ContestAttackTest
        missed.remove(Reason.DISPUTE_NO_PART); // takes a real computation: DisputeSettledTest
        missed.removeAll(EnumSet.of( // take a model's real tokenizer: TextDisputeAttackTest
                Reason.DISPUTE_TEXT_MISSING, Reason.TEXT_TOO_LONG, Reason.TEXT_WRONG, Reason.TEXT_KNOWN));
        events.putIfAbsent("TextPosted", 0); // likewise
        events.putIfAbsent("TextRepaid", 0); // likewise
        events.putIfAbsent("DisputeEnded", 0); // takes an auditor who gives up in time: ContestAttackTest
        events.putIfAbsent("DisputeSettled", 0); // takes a real computation
        events.putIfAbsent("AuditorSlashed", 0); // likewise: SimulationTest has auditors who lose theirs
        assertEquals(EnumSet.noneOf(Reason.class), missed, () -> "met " + met + "\nevents " + events);
        assertEquals(Event.class.getPermittedSubclasses().length, events.size(), () -> "events " + events);
    }

    private static State afterBlock(RandomWorld world) throws IOException, MalformedException {
        BlockContext block = world.w.block();
        State s = Ledger.settle(world.w.state, block).next();
        List<byte[]> chunks = new ArrayList<>();
        Snapshot.write(new Snapshot.Tip(s, block), chunks::add);
        Snapshot.Restoring restoring = new Snapshot.Restoring(s.genesis(), chunks.getFirst());
        for (byte[] chunk : chunks.subList(1, chunks.size())) {
            restoring.accept(chunk);
        }
        world.w.state = restoring.finish().state();
        assertEquals(s.root(), world.w.state.root());
        return world.w.state;
    }
}
