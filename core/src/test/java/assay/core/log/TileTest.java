package assay.core.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TileTest {
    /** Go's sumdb/tlog.NewTiles is the oracle: vectors/merkle/tlog.json. */
    @Test
    void aGrowingLogPublishesTheTilesThatGoPublishes() throws Exception {
        Field vectors =
                Field.root(JsonText.parse(Files.readAllBytes(Path.of("../vectors/merkle/tlog.json")), 8, 1 << 20));
        for (Field g : vectors.at("tiles").items(100)) {
            long old = g.at("old").integer(0, Long.MAX_VALUE);
            long now = g.at("new").integer(0, Long.MAX_VALUE);
            List<String> expect = new ArrayList<>();
            for (Field path : g.at("tiles").items(10_000)) {
                expect.add(path.string());
            }
            List<String> got = Tile.between(old, now).stream()
                    .filter(t -> now - old < 1000 ? t.level() >= 0 : t.level() > 0)
                    .map(Tile::path)
                    .toList();
            assertEquals(expect, got, old + " to " + now);
        }
    }

    @Test
    void pathsReadBackAndHaveOneSpelling() throws Exception {
        for (Tile t : List.of(
                new Tile(0, 0, 256),
                new Tile(3, 999, 1),
                new Tile(0, 1000, 255),
                new Tile(Tile.ENTRIES, 1_234_067, 8),
                new Tile(7, 1L << 50, 256))) {
            assertEquals(t, Tile.parse(t.path()));
        }
        assertEquals("tile/entries/x001/x234/067.p/8", new Tile(Tile.ENTRIES, 1_234_067, 8).path());
        for (String bad : List.of(
                "tile/0/x000/001",
                "tile/0/01",
                "tile/8/000",
                "tile/0/000.p/256",
                "tile/0/000.p/0",
                "tile/0/000.p/07",
                "tile/00/000",
                "tile/0/000/",
                "tile/-1/000",
                "tile/0/x001/x0001/000",
                "tile/0/1000",
                "tile/0/" + "x999/".repeat(9) + "999",
                "",
                "tile/0/٠٠٠")) {
            assertThrows(MalformedException.class, () -> Tile.parse(bad), bad);
        }
    }

    /** A client that has only tiles proves what the tree proves. */
    @Test
    void tilesAreEnoughToProveFrom() {
        MerkleTree tree = new MerkleTree();
        Map<String, byte[]> published = new TreeMap<>();
        long before = 0;
        for (long size : new long[] {1, 3, 255, 256, 257, 700, 66_000}) {
            while (tree.size() < size) {
                tree.append(Merkle.leaf(Long.toString(tree.size()).getBytes(StandardCharsets.UTF_8)));
            }
            for (Tile t : Tile.between(before, size)) {
                if (t.level() >= 0) {
                    published.put(t.path(), t.hashes(tree));
                }
            }
            before = size;
            TileTree client = new TileTree(size, t -> published.get(t.path()));
            assertEquals(tree.root(), Merkle.root(client, size));
            for (long index : new long[] {0, size / 2, size - 1}) {
                assertEquals(Merkle.proveInclusion(tree, index, size), Merkle.proveInclusion(client, index, size));
                assertEquals(Merkle.proveConsistency(tree, index, size), Merkle.proveConsistency(client, index, size));
            }
        }
    }

    @Test
    void anEntryBundleHoldsEachEntryBehindItsLength() {
        Leaf leaf = new Leaf(Hash.sha256(), 5);
        byte[] bundle = Tile.entries(List.of(leaf, leaf));
        assertEquals(84, bundle.length);
        assertEquals(0, bundle[42]);
        assertEquals(40, bundle[43]);
        assertEquals(5, bundle[2 + 32]);
    }
}
