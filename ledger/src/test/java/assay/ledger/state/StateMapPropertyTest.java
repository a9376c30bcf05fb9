package assay.ledger.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.World;
import assay.ledger.state.StateProof.Shown;
import assay.ledger.tx.RecordCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StateMapPropertyTest {
    private static final int KEY = 4;
    private static final State.Part ACCOUNTS = State.Part.ACCOUNTS;

    /** Keys are drawn from few, so that puts replace and removes hit; the oracle is a TreeMap. */
    @Test
    void itBehavesAsASortedMapWhateverTheOrder() {
        for (long seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TreeMap<byte[], Account> oracle = new TreeMap<>(Arrays::compareUnsigned);
            StateMap<Account> map = StateMap.empty(KEY);
            StateMap<Account> kept = map;
            Hash keptRoot = map.root();
            int keys = 1 << random.nextInt(1, 9);
            for (int step = 0; step < 400; step++) {
                byte[] key = key(random.nextInt(keys));
                if (random.nextInt(3) == 0) {
                    oracle.remove(key);
                    map = map.remove(key);
                } else {
                    Account value = new Account(Amount.ofMicro(random.nextLong(1000)), step);
                    oracle.put(key, value);
                    map = map.put(key, value);
                }
                // Digests that were computed before a change must not outlive it, and old maps must not change.
                switch (random.nextInt(16)) {
                    case 0 -> {
                        List<Map.Entry<byte[], Account>> now = new ArrayList<>(oracle.entrySet());
                        assertEquals(recomputed(now, 0), map.root(), "seed " + seed + ", step " + step);
                    }
                    case 1 -> {
                        kept = map;
                        keptRoot = recomputed(new ArrayList<>(oracle.entrySet()), 0);
                    }
                    case 2 -> assertEquals(keptRoot, kept.root(), "seed " + seed + ", step " + step);
                    default -> {}
                }
            }
            agree(oracle, map, random);
            assertEquals(recomputed(new ArrayList<>(oracle.entrySet()), 0), map.root(), "seed " + seed);
            StateMap<Account> shuffled = StateMap.empty(KEY);
            List<Map.Entry<byte[], Account>> entries = new ArrayList<>(oracle.entrySet());
            Collections.shuffle(entries, new Random(seed));
            for (Map.Entry<byte[], Account> e : entries) {
                shuffled = shuffled.put(e.getKey(), e.getValue());
            }
            assertEquals(shuffled.root(), map.root(), "the root depends on the content alone, seed " + seed);
        }
    }

    @Test
    void proofsShowWhatIsThereAndWhatIsNot() throws Exception {
        World w = new World(World.params(1), "a", "b", "c", "d", "e");
        State s = w.state;
        Hash root = s.root();
        for (String name : new String[] {"a", "e", "nobody", "no one"}) {
            byte[] key = Key.of(w.address(name));
            StateProof proof =
                    StateProof.parse(StateProof.prove(s, ACCOUNTS, key).encode());
            Optional<Account> account = s.accounts().get(key);
            if (account.isPresent()) {
                Shown.Present shown = assertInstanceOf(Shown.Present.class, proof.check(root, key));
                assertArrayEquals(RecordCodec.encode(account.get()), shown.value());
            } else {
                assertEquals(new Shown.Absent(), proof.check(root, key));
            }
        }
        byte[] key = Key.of(World.hash("a channel"));
        assertEquals(
                new Shown.Absent(),
                StateProof.prove(s, State.Part.CHANNELS, key).check(root, key),
                "an empty map has nothing");
    }

    @Test
    void aBentProofShowsNothing() {
        World w = new World(World.params(1), "a", "b", "c", "d", "e", "f", "g");
        State s = w.state;
        Hash root = s.root();
        byte[] key = Key.of(w.address("a"));
        byte[] other = Key.of(w.address("b"));
        StateProof p = StateProof.prove(s, ACCOUNTS, key);
        List<StateProof> bent = new ArrayList<>();
        for (int bit = 0; bit < 8 * p.header().length; bit += 5) {
            bent.add(new StateProof(
                    flip(p.header(), bit), ACCOUNTS, p.leafKey(), p.leafValue(), p.leafMicro(), p.path()));
        }
        for (int bit = 0; bit < 8 * p.leafValue().length; bit++) {
            bent.add(new StateProof(
                    p.header(), ACCOUNTS, p.leafKey(), flip(p.leafValue(), bit), p.leafMicro(), p.path()));
        }
        for (int bit = 0; bit < 8 * p.leafKey().length; bit++) {
            bent.add(new StateProof(
                    p.header(), ACCOUNTS, flip(p.leafKey(), bit), p.leafValue(), p.leafMicro(), p.path()));
        }
        for (State.Part part : State.Part.values()) {
            if (part != ACCOUNTS) {
                bent.add(new StateProof(p.header(), part, p.leafKey(), p.leafValue(), p.leafMicro(), p.path()));
            }
        }
        bent.add(new StateProof(p.header(), ACCOUNTS, p.leafKey(), p.leafValue(), p.leafMicro() + 1, p.path()));
        bent.add(new StateProof(p.header(), ACCOUNTS, Key.ANY, Key.ANY, 0, List.of()));
        for (int i = 0; i < p.path().size(); i++) {
            StateMap.Step step = p.path().get(i);
            bent.add(with(p, i, new StateMap.Step(step.bit() ^ 1, step.otherMicro(), step.other())));
            bent.add(with(p, i, new StateMap.Step(step.bit(), step.otherMicro() + 1, step.other())));
            bent.add(with(p, i, new StateMap.Step(step.bit(), step.otherMicro(), root)));
            List<StateMap.Step> shorter = new ArrayList<>(p.path());
            shorter.remove(i);
            bent.add(new StateProof(p.header(), ACCOUNTS, p.leafKey(), p.leafValue(), p.leafMicro(), shorter));
        }
        for (StateProof proof : bent) {
            assertInstanceOf(Shown.Nothing.class, proof.check(root, key), proof::toString);
        }
        assertInstanceOf(Shown.Nothing.class, p.check(World.hash("another root"), key));
        assertInstanceOf(Shown.Nothing.class, p.check(root, Key.ANY));
        // The leaf of a shows nothing of b, unless b's bits lead there, which b's presence excludes.
        assertInstanceOf(Shown.Nothing.class, p.check(root, other));
    }

    private static void agree(TreeMap<byte[], Account> oracle, StateMap<Account> map, SplittableRandom random) {
        assertEquals(oracle.size(), map.count());
        assertEquals(oracle.values().stream().mapToLong(Account::heldMicro).sum(), map.heldMicro());
        List<String> expected = new ArrayList<>();
        oracle.forEach((k, v) -> expected.add(Arrays.toString(k) + v));
        List<String> found = new ArrayList<>();
        map.forEach(Key.ANY, (k, v) -> found.add(Arrays.toString(k) + v));
        assertEquals(expected, found);
        for (int i = 0; i < 50; i++) {
            byte[] key = key(random.nextInt(300));
            assertEquals(Optional.ofNullable(oracle.get(key)), map.get(key));
            byte[] prefix = Arrays.copyOf(key, random.nextInt(KEY + 1));
            assertEquals(
                    oracle.entrySet().stream()
                            .filter(e -> Arrays.equals(Arrays.copyOf(e.getKey(), prefix.length), prefix))
                            .map(Map.Entry::getValue)
                            .toList(),
                    map.values(prefix));
        }
    }

    /** The root by its definition, from the sorted entries: the first bit in which two keys differ parts them. */
    private static Hash recomputed(List<Map.Entry<byte[], Account>> entries, int bit) {
        if (entries.isEmpty()) {
            return Hash.sha256(new byte[] {2});
        }
        if (entries.size() == 1) {
            Account a = entries.getFirst().getValue();
            byte[] value = new Writer().i64(a.balance().micro()).i64(a.nonce()).toBytes();
            return Hash.sha256(new byte[] {0}, entries.getFirst().getKey(), value);
        }
        int split = 0;
        while (split < entries.size() && (entries.get(split).getKey()[bit / 8] >> 7 - bit % 8 & 1) == 0) {
            split++;
        }
        if (split == 0 || split == entries.size()) {
            return recomputed(entries, bit + 1);
        }
        List<Map.Entry<byte[], Account>> left = entries.subList(0, split);
        List<Map.Entry<byte[], Account>> right = entries.subList(split, entries.size());
        Writer out = new Writer().u8(1).u32(bit);
        out.i64(held(left)).hash(recomputed(left, bit + 1));
        out.i64(held(right)).hash(recomputed(right, bit + 1));
        return Hash.sha256(out.toBytes());
    }

    private static long held(List<Map.Entry<byte[], Account>> entries) {
        return entries.stream().mapToLong(e -> e.getValue().balance().micro()).sum();
    }

    private static StateProof with(StateProof p, int i, StateMap.Step step) {
        List<StateMap.Step> path = new ArrayList<>(p.path());
        path.set(i, step);
        return new StateProof(p.header(), ACCOUNTS, p.leafKey(), p.leafValue(), p.leafMicro(), path);
    }

    private static byte[] flip(byte[] bytes, int bit) {
        byte[] out = bytes.clone();
        out[bit / 8] ^= (byte) (1 << bit % 8);
        return out;
    }

    /** Keys that share long prefixes and keys that do not. */
    private static byte[] key(int i) {
        return i % 2 == 0
                ? new byte[] {0, 0, (byte) (i >> 8), (byte) i}
                : Arrays.copyOf(
                        Hash.sha256(new byte[] {(byte) i, (byte) (i >> 8)}).bytes(), KEY);
    }
}
