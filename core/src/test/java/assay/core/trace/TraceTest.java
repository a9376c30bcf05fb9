package assay.core.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.core.merkle.Frontier;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TraceTest {
    private static final int WIDTH = 5;

    /** The root, put together from the definition with the general Merkle tree. */
    @Test
    void rootIsThatOfTheDefinitionForEverySize() {
        for (int steps = 1; steps <= 70; steps++) {
            Trace trace = random(3, steps, 7);
            Writer out = new Writer().u32(steps).u32(3);
            for (int tree = 0; tree < 5; tree++) {
                Frontier frontier = new Frontier();
                SplittableRandom random = new SplittableRandom(7);
                for (int t = 0; t < steps; t++) {
                    frontier.append(leaf(random, tree, t));
                }
                out.hash(frontier.root());
            }
            assertEquals(Hash.tagged("assay/trace/1", out.toBytes()), trace.root(steps));
            assertEquals(trace.root(1), random(3, 1, 7).root(1));
        }
    }

    @Test
    void prefixKeepsCellsAndDropsTokens() {
        Trace whole = random(3, 40, 7);
        Trace prefix = Trace.prefix(whole, 17);
        assertEquals(17, prefix.positions());
        for (int tree = 0; tree <= 3; tree++) {
            assertEquals(whole.treeRoot(tree, 17), prefix.treeRoot(tree, 17));
        }
        assertNotEquals(whole.treeRoot(0, 17), whole.treeRoot(0, 18));
    }

    private static Trace random(int layers, int steps, long seed) {
        Trace trace = new Trace(layers);
        Trace.Hasher hasher = new Trace.Hasher();
        SplittableRandom random = new SplittableRandom(seed);
        for (int t = 0; t < steps; t++) {
            int[] residual = residual(random);
            short[] kv = {(short) random.nextInt(), (short) random.nextInt()};
            for (int l = 0; l < layers; l++) {
                trace.cell(hasher, l, residual, 0, WIDTH, kv, 0, 2);
            }
            trace.last(hasher, residual, 0, WIDTH);
            trace.token(hasher, t, new byte[32], -1);
        }
        return trace;
    }

    private static Hash leaf(SplittableRandom random, int tree, int t) {
        Writer residual = new Writer();
        for (int v : residual(random)) {
            residual.i32(v);
        }
        Writer kv = new Writer().u16(random.nextInt() & 0xffff).u16(random.nextInt() & 0xffff);
        Writer message = new Writer().u8(0);
        if (tree < 3) {
            message.bytes("cell".getBytes(StandardCharsets.US_ASCII)).u32(tree).u32(t);
            message.hash(Hash.sha256(residual.toBytes())).hash(Hash.sha256(kv.toBytes()));
        } else if (tree == 3) {
            message.bytes("last".getBytes(StandardCharsets.US_ASCII)).u32(t);
            message.hash(Hash.sha256(residual.toBytes()));
        } else {
            message.bytes("tok".getBytes(StandardCharsets.US_ASCII)).u32(t).u32(t);
            message.bytes(new byte[32]).i32(-1);
        }
        return Hash.sha256(message.toBytes());
    }

    private static int[] residual(SplittableRandom random) {
        int[] residual = new int[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            residual[i] = random.nextInt();
        }
        return residual;
    }
}
