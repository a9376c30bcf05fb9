package assay.core.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTest {
    private static final int LIMIT = 100;

    /** RFC 6962, section 2.1, word for word: the oracle. */
    private static Hash definition(List<Hash> leaves) {
        int n = leaves.size();
        if (n == 0) {
            return Hash.sha256();
        }
        if (n == 1) {
            return leaves.getFirst();
        }
        int k = 1;
        while (2 * k < n) {
            k *= 2;
        }
        return Hash.sha256(
                new byte[] {1},
                definition(leaves.subList(0, k)).bytes(),
                definition(leaves.subList(k, n)).bytes());
    }

    private static List<Hash> leaves(int n) {
        List<Hash> leaves = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            leaves.add(Merkle.leaf(new byte[] {(byte) i, (byte) (i >> 8)}));
        }
        return leaves;
    }

    @Test
    void everyRootUpToAHundredLeavesIsTheDefinitions() throws Exception {
        Frontier frontier = new Frontier();
        MerkleTree tree = new MerkleTree();
        for (int n = 0; n <= LIMIT; n++) {
            Hash expect = definition(leaves(n));
            assertEquals(expect, frontier.root());
            assertEquals(expect, tree.root());
            assertEquals(expect, Merkle.root(leaves(n)));
            assertEquals(expect, Frontier.of(n, frontier.peaks()).root());
            Hash next = Merkle.leaf(new byte[] {(byte) n, (byte) (n >> 8)});
            frontier.append(next);
            assertEquals(n, tree.append(next));
        }
        for (int n = 0; n <= LIMIT; n++) {
            assertEquals(definition(leaves(n)), Merkle.root(tree, n));
        }
    }

    @Test
    void everyInclusionUpToAHundredLeavesHoldsAndNoOther() {
        MerkleTree tree = MerkleTree.of(leaves(LIMIT));
        List<Hash> leaves = leaves(LIMIT);
        for (int size = 1; size <= LIMIT; size++) {
            Hash root = Merkle.root(tree, size);
            int total = size;
            for (int i = 0; i < size; i++) {
                int index = i;
                Hash leaf = leaves.get(index);
                List<Hash> path = Merkle.proveInclusion(tree, index, size);
                assertTrue(Merkle.checkInclusion(path, index, leaf, size, root), index + " of " + size);
                for (int other = 0; other < size; other++) {
                    assertEquals(other == index, Merkle.checkInclusion(path, other, leaf, size, root));
                    assertEquals(other == index, Merkle.checkInclusion(path, index, leaves.get(other), size, root));
                }
                refuseAltered(path, p -> Merkle.checkInclusion(p, index, leaf, total, root));
                assertFalse(Merkle.checkInclusion(path, index, leaf, index, root));
                assertFalse(Merkle.checkInclusion(path, -1, leaf, size, root));
                assertFalse(Merkle.checkInclusion(path, index, leaf, Long.MAX_VALUE, root));
                assertFalse(Merkle.checkInclusion(path, index, flip(leaf, index), size, root));
                assertFalse(Merkle.checkInclusion(path, index, leaf, size, flip(root, size)));
            }
        }
    }

    @Test
    void everyConsistencyUpToAHundredLeavesHoldsAndNoOther() {
        MerkleTree tree = MerkleTree.of(leaves(LIMIT));
        List<Hash> roots = new ArrayList<>();
        for (int size = 0; size <= LIMIT; size++) {
            roots.add(Merkle.root(tree, size));
        }
        for (int now = 0; now <= LIMIT; now++) {
            for (int old = 0; old <= now; old++) {
                Hash oldRoot = roots.get(old);
                Hash newRoot = roots.get(now);
                int before = old;
                int after = now;
                List<Hash> path = Merkle.proveConsistency(tree, old, now);
                assertTrue(Merkle.checkConsistency(path, old, oldRoot, now, newRoot), old + " in " + now);
                refuseAltered(path, p -> Merkle.checkConsistency(p, before, oldRoot, after, newRoot));
                if (old > 0) {
                    assertFalse(Merkle.checkConsistency(path, old, flip(oldRoot, now), now, newRoot));
                    assertFalse(Merkle.checkConsistency(path, old, oldRoot, now, flip(newRoot, old)));
                    assertFalse(Merkle.checkConsistency(path, old - 1, oldRoot, now, newRoot));
                }
                assertFalse(Merkle.checkConsistency(path, now + 1, newRoot, now, newRoot));
            }
        }
    }

    @Test
    void anotherSizeWithTheSameRootIsRefused() {
        MerkleTree tree = MerkleTree.of(leaves(LIMIT));
        for (int size = 1; size < LIMIT; size++) {
            List<Hash> path = Merkle.proveInclusion(tree, 0, size);
            Hash leaf = leaves(1).getFirst();
            Hash root = Merkle.root(tree, size);
            int depth = 64 - Long.numberOfLeadingZeros(size - 1);
            for (int other = 1; other <= LIMIT; other++) {
                // Leaf 0's path has one step a level, so only sizes of the same depth could pass.
                boolean sameDepth = 64 - Long.numberOfLeadingZeros(other - 1) == depth;
                assertEquals(sameDepth, Merkle.checkInclusion(path, 0, leaf, other, root));
            }
        }
    }

    /** The eight inputs and roots of the Certificate Transparency reference implementation. */
    @Test
    void theRootsOfCertificateTransparencyAreReached() throws Exception {
        String[] inputs = {
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
        };
        String[] roots = {
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        };
        Frontier frontier = new Frontier();
        for (int i = 0; i < inputs.length; i++) {
            frontier.append(Merkle.leaf(HexFormat.of().parseHex(inputs[i])));
            assertEquals(Hash.ofHex(roots[i]), frontier.root());
        }
    }

    @Test
    void proofsOfWhatIsNotThereAreTheCallersMistake() {
        MerkleTree tree = MerkleTree.of(leaves(3));
        assertThrows(IllegalArgumentException.class, () -> Merkle.proveInclusion(tree, 3, 3));
        assertThrows(IllegalArgumentException.class, () -> Merkle.proveInclusion(tree, -1, 3));
        assertThrows(IllegalArgumentException.class, () -> Merkle.proveConsistency(tree, 4, 3));
        assertThrows(MalformedException.class, () -> Frontier.of(3, leaves(1)));
        assertThrows(MalformedException.class, () -> Frontier.of(-1, leaves(64)));
    }

    @Test
    void aCopiedFrontierGrowsOnItsOwn() {
        Frontier a = new Frontier();
        leaves(5).forEach(a::append);
        Frontier b = a.copy();
        b.append(Merkle.leaf(new byte[0]));
        assertEquals(definition(leaves(5)), a.root());
        assertEquals(5, a.size());
        assertEquals(6, b.size());
    }

    private interface Check {
        boolean holds(List<Hash> path);
    }

    /** One bit of each digest flipped, one digest dropped, added or swapped with its neighbour. */
    private static void refuseAltered(List<Hash> path, Check check) {
        for (int i = 0; i < path.size(); i++) {
            List<Hash> flipped = new ArrayList<>(path);
            flipped.set(i, flip(path.get(i), i * 37));
            assertFalse(check.holds(flipped));
            List<Hash> dropped = new ArrayList<>(path);
            dropped.remove(i);
            assertFalse(check.holds(dropped));
            List<Hash> doubled = new ArrayList<>(path);
            doubled.add(i, path.get(i));
            assertFalse(check.holds(doubled));
            if (i > 0) {
                List<Hash> swapped = new ArrayList<>(path);
                swapped.set(i, path.get(i - 1));
                swapped.set(i - 1, path.get(i));
                assertFalse(check.holds(swapped));
            }
        }
        List<Hash> longer = new ArrayList<>(path);
        longer.add(Merkle.EMPTY);
        assertFalse(check.holds(longer));
    }

    private static Hash flip(Hash hash, int bit) {
        byte[] bytes = hash.bytes();
        bytes[bit / 8 % 32] ^= (byte) (1 << bit % 8);
        return Hash.ofBytes(bytes);
    }
}
