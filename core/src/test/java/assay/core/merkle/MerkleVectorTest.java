package assay.core.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against Go's sumdb/tlog: vectors/merkle/tlog.json. */
class MerkleVectorTest {
    private static final MerkleTree TREE = new MerkleTree();
    private static Field vectors;

    @BeforeAll
    static void read() throws Exception {
        vectors = Field.root(JsonText.parse(Files.readAllBytes(Path.of("../vectors/merkle/tlog.json")), 8, 1 << 20));
        for (int i = 0; i < 1000; i++) {
            TREE.append(leaf(i));
        }
    }

    private static Hash leaf(long i) {
        return Merkle.leaf(Long.toString(i).getBytes(StandardCharsets.UTF_8));
    }

    private static List<Hash> path(Field proof) throws MalformedException {
        List<Hash> path = new ArrayList<>();
        for (Field item : proof.at("path").items(64)) {
            path.add(item.hash());
        }
        return path;
    }

    @Test
    void rootsAreTheSame() throws Exception {
        Field roots = vectors.at("roots");
        for (String size : roots.object().members().keySet()) {
            assertEquals(roots.at(size).hash(), Merkle.root(TREE, Long.parseLong(size)), size);
        }
    }

    @Test
    void inclusionProofsAreTheSameAndHold() throws Exception {
        for (Field proof : vectors.at("inclusion").items(1000)) {
            long index = proof.at("index").integer(0, 1000);
            long size = proof.at("size").integer(0, 1000);
            assertEquals(path(proof), Merkle.proveInclusion(TREE, index, size));
            assertTrue(Merkle.checkInclusion(path(proof), index, leaf(index), size, Merkle.root(TREE, size)));
        }
    }

    @Test
    void consistencyProofsAreTheSameAndHold() throws Exception {
        for (Field proof : vectors.at("consistency").items(1000)) {
            long old = proof.at("old").integer(0, 1000);
            long now = proof.at("new").integer(0, 1000);
            assertEquals(path(proof), Merkle.proveConsistency(TREE, old, now));
            assertTrue(Merkle.checkConsistency(path(proof), old, Merkle.root(TREE, old), now, Merkle.root(TREE, now)));
        }
    }
}
