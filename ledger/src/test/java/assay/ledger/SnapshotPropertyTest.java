package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.ledger.state.Genesis;
import assay.ledger.state.State;
import assay.ledger.store.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SnapshotPropertyTest {
    /** Height (8), time (8) and beacon (32) come after the genesis digest and are not under the state root. */
    private static final int CONTEXT_FROM = 32;

    private static final int CONTEXT_TO = 32 + 48;

    @Test
    void aSnapshotIsTheStateThatItWasTakenOf() throws Exception {
        for (long seed = 1; seed <= 5; seed++) {
            RandomWorld world = world(seed, 2_000);
            State s = world.w.state;
            Snapshot.Tip tip = new Snapshot.Tip(s, new BlockContext(s.height(), 7, s.root()));
            List<byte[]> chunks = chunks(tip);
            Snapshot.Tip restored = restore(s.genesis(), chunks);
            assertEquals(s.root(), restored.state().root(), "seed " + seed);
            assertEquals(tip.context(), restored.context());
            Laws.hold(restored.state());
            // What is restored goes on as what was kept in memory.
            assertEquals(
                    Ledger.settle(s, world.w.block()).next().root(),
                    Ledger.settle(restored.state(), world.w.block()).next().root());
            List<byte[]> again = chunks(restored);
            for (int i = 0; i < chunks.size(); i++) {
                assertTrue(Arrays.equals(chunks.get(i), again.get(i)), "one form only");
            }
        }
    }

    @Test
    void whateverIsChangedInASnapshotIsNoticed() throws Exception {
        State s = world(9, 300).w.state;
        List<byte[]> chunks = chunks(new Snapshot.Tip(s, new BlockContext(s.height(), 7, s.root())));
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 3_000; i++) {
            List<byte[]> bent = new ArrayList<>(chunks);
            int at = random.nextInt(bent.size());
            byte[] chunk = bent.get(at).clone();
            int where = random.nextInt(chunk.length);
            if (at == 0 && where >= CONTEXT_FROM && where < CONTEXT_TO) {
                continue;
            }
            chunk[where] ^= (byte) (1 << random.nextInt(8));
            bent.set(at, i % 10 == 0 ? Arrays.copyOf(bent.get(at), where) : chunk);
            assertThrows(MalformedException.class, () -> restore(s.genesis(), bent), "chunk " + at + ", byte " + where);
        }
        for (int i = 0; i < chunks.size(); i++) {
            List<byte[]> fewer = new ArrayList<>(chunks);
            fewer.remove(i);
            assertThrows(MalformedException.class, () -> restore(s.genesis(), fewer));
            List<byte[]> twice = new ArrayList<>(chunks);
            twice.add(i, chunks.get(i));
            assertThrows(MalformedException.class, () -> restore(s.genesis(), twice));
        }
    }

    private static RandomWorld world(long seed, int steps) {
        RandomWorld world = new RandomWorld(seed);
        for (int i = 0; i < steps; i++) {
            world.step();
        }
        world.w.state = Ledger.settle(world.w.state, world.w.block()).next();
        return world;
    }

    private static List<byte[]> chunks(Snapshot.Tip tip) throws IOException {
        List<byte[]> out = new ArrayList<>();
        Snapshot.write(tip, out::add);
        return out;
    }

    private static Snapshot.Tip restore(Genesis genesis, List<byte[]> chunks) throws MalformedException {
        if (chunks.isEmpty()) {
            throw new MalformedException("no chunks", -1);
        }
        Snapshot.Restoring restoring = new Snapshot.Restoring(genesis, chunks.getFirst());
        for (byte[] chunk : chunks.subList(1, chunks.size())) {
            restoring.accept(chunk);
        }
        return restoring.finish();
    }
}
