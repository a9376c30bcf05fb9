package assay.prover.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.audit.AuditKey;
import assay.core.audit.Challenge;
import assay.core.audit.LightAudit;
import assay.core.audit.Opening;
import assay.core.audit.OpeningFormat;
import assay.core.audit.OpeningPlan;
import assay.core.audit.Spot;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.kernel.Attention;
import assay.core.kernel.Linear;
import assay.core.kernel.Quantised;
import assay.core.kernel.Sampler;
import assay.core.program.Cell;
import assay.core.program.Program;
import assay.core.verify.Verdict;
import assay.engine.gguf.GgmlType;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Attacks on the light audit, each by a node that does all else right. Every cell is drawn unless it says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LightAuditAttackTest {
    @TempDir
    static Path folder;

    private World world;
    private World.Question question;

    @BeforeAll
    void aWorld() throws Exception {
        world = World.of(folder, "llama", GgmlType.Q4_1, 21);
        question = world.ask("hi", 6, 1, "", 5);
    }

    private static Challenge all(Run run) {
        return new Challenge(run.subject().digest(), World.hash("seed"), Challenge.CELLS_MAX);
    }

    private Verdict verdict(LightAudit.Subject subject, Challenge challenge, byte[] opening) {
        return LightAudit.check(world.key(), world.text(), subject, challenge, opening, new SecureRandom())
                .verdict();
    }

    private Verdict verdict(Run run) {
        Challenge challenge = all(run);
        return verdict(run.subject(), challenge, run.open(challenge));
    }

    private void isFound(String why, Run.Cheat cheat) throws Exception {
        Verdict verdict = verdict(new Run(world, question, cheat));
        Verdict.Invalid invalid = assertInstanceOf(Verdict.Invalid.class, verdict, String.valueOf(verdict));
        assertTrue(invalid.reason().contains(why), invalid.reason());
    }

    /** An honest run whose opening somebody changes. */
    private Verdict opened(UnaryOperator<Opening> change) throws Exception {
        Run run = Run.honest(world, question);
        Challenge challenge = all(run);
        Opening honest = Openings.open(run, OpeningPlan.of(world.program(), run.grid(), challenge), World.TRACE_SALT);
        return verdict(run.subject(), challenge, OpeningFormat.encode(change.apply(honest)));
    }

    @Test
    void anHonestRunPasses() throws Exception {
        assertInstanceOf(Verdict.Valid.class, verdict(Run.honest(world, question)));
        assertInstanceOf(Verdict.Valid.class, opened(opening -> opening));
    }

    @Test
    void aFabricatedCellThatFitsItselfButNotItsNeighboursIsFound() throws Exception {
        // Everything in the cell follows from a residual that nobody gave it, and the trace commits to it.
        Spot where = new Spot(0, 1, 7);
        isFound("what the next layer begins with", new Run.Cheat() {
            @Override
            public Cell.Layer layer(Run run, Spot spot, int[] residual, Cell.Sums sums) throws MalformedException {
                if (spot.equals(where)) {
                    residual[3] += 1000;
                }
                return Run.Cheat.super.layer(run, spot, residual, sums);
            }
        });
    }

    @Test
    void aFabricatedCellThatIsOnlyShownIsFound() throws Exception {
        Verdict verdict = opened(opening -> withCell(opening, 1, cell -> {
            int[] residual = cell.residual().clone();
            residual[0]++;
            return new Opening.OfCell(
                    cell.position(), residual, cell.embedding(), cell.sums(), cell.next(), cell.path());
        }));
        assertInvalid("the residual-in is not what the trace commits to", verdict);
    }

    @Test
    void keysAndValuesAlteredInThePastAreFound() throws Exception {
        // Shown otherwise than committed:
        Verdict shown = opened(opening -> withLayer(opening, 1, layer -> {
            short[][] keys = layer.keys().clone();
            keys[2] = keys[2].clone();
            keys[2][5] ^= 1;
            return new Opening.OfLayer(
                    layer.layer(), layer.residuals(), keys, layer.values(), layer.rest(), layer.cells());
        }));
        assertInvalid("residuals, K and V are not what the trace commits to", shown);
        // Committed otherwise than computed, and attended to as committed ever after:
        isFound("K or V, recomputed", altering(new Spot(0, 0, 2), cell -> {
            short[] value = cell.value().clone();
            value[0] ^= 4;
            return with(cell, cell.key(), value, cell.residual());
        }));
    }

    @Test
    void attentionOverTooFewTokensIsFound() throws Exception {
        isFound("what the next layer begins with", new Run.Cheat() {
            @Override
            public Cell.Layer layer(Run run, Spot spot, int[] residual, Cell.Sums sums) throws MalformedException {
                Cell.Layer cell = Run.Cheat.super.layer(run, spot, residual, sums);
                return spot.layer() == 0 && spot.position() > 8 ? windowed(run, spot, residual, cell, sums) : cell;
            }
        });
    }

    /** A cell that attends to the last four tokens alone, all else as it should be. */
    private Cell.Layer windowed(Run run, Spot spot, int[] residual, Cell.Layer cell, Cell.Sums sums)
            throws MalformedException {
        Program program = world.program();
        int l = spot.layer();
        int t = spot.position();
        int hd = program.shape().headSize();
        short[][] keys = Arrays.copyOfRange(run.keys[l], t - 3, t + 1);
        short[][] values = Arrays.copyOfRange(run.values[l], t - 3, t + 1);
        keys[3] = cell.key();
        values[3] = cell.value();
        int[] attended = new int[program.shape().queryWidth()];
        for (int head = 0; head < program.shape().heads(); head++) {
            short[] q = Arrays.copyOfRange(cell.query(), head * hd, (head + 1) * hd);
            int offset = head / (program.shape().heads() / program.shape().kvHeads()) * hd;
            int[] o = Attention.head(
                    q,
                    keys,
                    values,
                    offset,
                    4,
                    program.layers().get(l).exponents(),
                    program.scoreScale(),
                    program.tables());
            System.arraycopy(o, 0, attended, head * hd, hd);
        }
        Quantised input = Quantised.of(attended, Linear.INPUT_BITS);
        long[] z = sums.of(Cell.Product.OUTPUT.matrix(program, l), input);
        int[] out = new int[z.length];
        for (int i = 0; i < z.length; i++) {
            out[i] = cell.residual()[i]
                    + Linear.output(z[i], 16, input.shift(), 14, 0)
                    - cell.output().out()[i];
        }
        return with(cell, cell.key(), cell.value(), out);
    }

    @Test
    void aWrongPositionIsFound() throws Exception {
        isFound("K or V, recomputed", new Run.Cheat() {
            @Override
            public Cell.Layer layer(Run run, Spot spot, int[] residual, Cell.Sums sums) throws MalformedException {
                if (spot.layer() == 0 && spot.position() == 9) {
                    short[][] keys = run.keys[0].clone();
                    short[][] values = run.values[0].clone();
                    keys[9] = keys[8];
                    values[9] = values[8];
                    return Cell.layer(run.world.program(), 0, 10, residual, keys, values, sums);
                }
                return Run.Cheat.super.layer(run, spot, residual, sums);
            }
        });
    }

    @Test
    void anotherTokensCellInThePlaceOfTheDrawnOneIsFound() throws Exception {
        Verdict verdict = opened(opening -> withLayer(opening, 1, layer -> {
            List<Opening.OfCell> cells = new ArrayList<>(layer.cells());
            Opening.OfCell a = cells.get(3);
            Opening.OfCell b = cells.get(4);
            cells.set(3, at(b, a.position(), a.path()));
            cells.set(4, at(a, b.position(), b.path()));
            return new Opening.OfLayer(
                    layer.layer(), layer.residuals(), layer.keys(), layer.values(), layer.rest(), cells);
        }));
        assertInvalid("the residual-in is not what the trace commits to", verdict);
    }

    private static Opening.OfCell at(Opening.OfCell cell, int position, List<assay.core.base.Hash> path) {
        return new Opening.OfCell(position, cell.residual(), cell.embedding(), cell.sums(), cell.next(), path);
    }

    @Test
    void anotherWordsEmbeddingIsFound() throws Exception {
        isFound("the residual-in is not the embedding of id", new Run.Cheat() {
            @Override
            public int[] embedding(Spot spot, int[] honest) {
                return spot.position() == 4 ? Cell.embedding(world.embedding(65)) : honest;
            }
        });
        Verdict shown = opened(opening -> withCell(opening, 0, cell -> {
            long[] row = cell.embedding().clone();
            row[1] += 1; // which the rounding to 14 bits hides
            return new Opening.OfCell(cell.position(), cell.residual(), row, cell.sums(), cell.next(), cell.path());
        }));
        assertInvalid("of the embedding", shown);
    }

    @Test
    void aChangedSamplerIsFound() throws Exception {
        isFound("the sampler picks", new Run.Cheat() {
            @Override
            public int pick(int pick, int honest) {
                return pick == 2 ? honest == 70 ? 71 : 70 : honest;
            }
        });
    }

    @Test
    void aChangedSeedIsFound() throws Exception {
        Sampler other = world.sampler(world.ask("hi", 6, 1, "", 6), 0);
        int[] generated = new int[1];
        isFound("the sampler picks", new Run.Cheat() {
            private int[] last = new int[0];

            @Override
            public int[] logits(Spot spot, int[] honest) {
                last = honest;
                return honest;
            }

            @Override
            public int pick(int pick, int honest) {
                int id = other.pick(last, 0, question.prompt().length + generated[0]++);
                other.accept(id);
                return id;
            }
        });
    }

    @Test
    void alteredLogitsAreFound() throws Exception {
        isFound("the sampler picks", new Run.Cheat() {
            @Override
            public int[] logits(Spot spot, int[] honest) {
                int[] logits = honest.clone();
                logits[80] = Integer.MAX_VALUE / 2;
                return logits;
            }
        });
    }

    @Test
    void accumulatorsOffByAMultipleOfTheModulusAreOutOfBounds() throws Exception {
        long p = (1L << 61) - 1;
        for (long off : new long[] {p, -p, 2 * p}) {
            Verdict verdict = opened(opening -> withSums(opening, z -> z[0] += off));
            assertInstanceOf(Verdict.Malformed.class, verdict, String.valueOf(verdict));
        }
        // In bounds, and hidden by the rounding that follows: Freivalds' test alone finds it.
        assertInvalid(
                "are not those of the model's weights",
                opened(opening -> withSums(opening, z -> {
                    z[0] += (z[0] & 3) == 0 ? 1 : -1;
                })));
        // In bounds, and the changes cancel each other in the sum of all.
        assertInvalid(
                "are not those of the model's weights",
                opened(opening -> withSums(opening, z -> {
                    z[0] += (z[0] & 3) == 0 ? 1 : -1;
                    z[1] += (z[1] & 3) == 0 ? 1 : -1;
                })));
    }

    @Test
    void aChallengePredictedBeforeTheCommitmentIsOfNoUse() throws Exception {
        // The node knows the seed, but the receipt goes into the draw, and the receipt commits to what it altered.
        Run honest = Run.honest(world, question);
        SplittableRandom random = new SplittableRandom(8);
        int drawnAfterAll = 0;
        for (int i = 0; i < 24; i++) {
            assay.core.base.Hash seed = World.hash("known " + i);
            Challenge predicted = new Challenge(honest.subject().digest(), seed, 16);
            var expected = predicted.spots(honest.grid());
            Spot where;
            do {
                where = new Spot(0, random.nextInt(2), random.nextInt(honest.steps()));
            } while (expected.contains(where));
            Run cheat = new Run(world, question, altering(where, LightAuditAttackTest::nudged));
            Challenge real = new Challenge(cheat.subject().digest(), seed, 16);
            assertNotEquals(expected, real.spots(cheat.grid()));
            boolean drawn = real.spots(cheat.grid()).contains(where);
            drawnAfterAll += drawn ? 1 : 0;
            Verdict verdict = verdict(cheat.subject(), real, cheat.open(real));
            assertEquals(drawn, verdict instanceof Verdict.Invalid, String.valueOf(verdict));
            // What it prepared for the predicted challenge answers no other.
            assertInstanceOf(Verdict.Undecided.class, verdict(cheat.subject(), predicted, honest.open(predicted)));
            assertInstanceOf(Verdict.Malformed.class, verdict(cheat.subject(), real, honest.open(predicted)));
        }
        assertTrue(drawnAfterAll > 0, "no altered cell was drawn in 24 trials");
    }

    @Test
    void aKeyCannotBeGuessedFromManyAnswers() throws Exception {
        // One accumulator after the other is changed a little, and each verdict is heard: every one is no.
        Run run = Run.honest(world, question);
        Challenge challenge = new Challenge(run.subject().digest(), World.hash("seed"), 4);
        Opening honest = Openings.open(run, OpeningPlan.of(world.program(), run.grid(), challenge), World.TRACE_SALT);
        SplittableRandom random = new SplittableRandom(77);
        for (int i = 0; i < 400; i++) {
            int row = i % 16;
            long off = i < 16 ? 1 : random.nextLong(1L << 20) + 1;
            Opening changed = withSums(honest, z -> z[row] += off);
            Verdict verdict = verdict(run.subject(), challenge, OpeningFormat.encode(changed));
            assertFalse(verdict instanceof Verdict.Valid, "probe " + i);
        }
    }

    @Test
    void whoeverHasTheKeyPassesSoItMustNeverLeaveItsOwner() throws Exception {
        String name = "blk.0.attn_k.weight"; // the first in the key's file
        long[] r = firstSecret(world.key());
        long[] d = kernel(r[0], r[1]);
        Run cheat = new Run(world, question, new Run.Cheat() {
            @Override
            public Cell.Layer layer(Run run, Spot spot, int[] residual, Cell.Sums sums) throws MalformedException {
                Cell.Sums off = (matrix, input) -> {
                    long[] z = sums.of(matrix, input);
                    if (matrix.name().equals(name)) {
                        z[0] += d[0];
                        z[1] += d[1];
                    }
                    return z;
                };
                return Run.Cheat.super.layer(run, spot, residual, off);
            }
        });
        Run honest = Run.honest(world, question);
        assertNotEquals(honest.root(), cheat.root());
        assertInstanceOf(Verdict.Valid.class, verdict(cheat), "the thief passes");
        AuditKey other = AuditKey.draw(
                world.program(),
                (matrix, row, out) -> System.arraycopy(world.model().row(matrix, row), 0, out, 0, out.length),
                new SplittableRandom(99));
        Challenge challenge = all(cheat);
        Verdict verdict = LightAudit.check(
                        other, world.text(), cheat.subject(), challenge, cheat.open(challenge), new SecureRandom())
                .verdict();
        assertInvalid("blk.0.attn_k.weight", verdict);
    }

    private static long[] firstSecret(AuditKey key) throws MalformedException {
        Reader in = new Reader(key.encode());
        in.bytes(AuditKey.VERDICTS_OFFSET + 8);
        in.blob(1 << 30);
        return new long[] {in.i64(), in.i64()};
    }

    /** Small d with {@code r0·d0 + r1·d1 = 0 (mod p)}: Euclid's algorithm, stopped half way. */
    private static long[] kernel(long r0, long r1) {
        BigInteger p = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);
        BigInteger ratio = BigInteger.valueOf(r1)
                .negate()
                .multiply(BigInteger.valueOf(r0).modInverse(p))
                .mod(p);
        BigInteger a = p;
        BigInteger b = ratio;
        BigInteger s = BigInteger.ZERO;
        BigInteger t = BigInteger.ONE;
        while (b.bitLength() > 31) {
            BigInteger[] q = a.divideAndRemainder(b);
            BigInteger next = s.subtract(q[0].multiply(t));
            a = b;
            b = q[1];
            s = t;
            t = next;
        }
        return new long[] {b.longValueExact(), t.longValueExact()};
    }

    @Test
    void hostileBytesGetAVerdictAndNeverValid() throws Exception {
        Run run = Run.honest(world, question);
        Challenge challenge = new Challenge(run.subject().digest(), World.hash("seed"), 12);
        byte[] honest = run.open(challenge);
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 600; i++) {
            byte[] bytes = honest.clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            assertFalse(verdict(run.subject(), challenge, bytes) instanceof Verdict.Valid, "flip " + i);
        }
        for (int i = 0; i < 100; i++) {
            byte[] cut = Arrays.copyOf(honest, random.nextInt(honest.length));
            assertInstanceOf(Verdict.Malformed.class, verdict(run.subject(), challenge, cut));
        }
        byte[] longer = Arrays.copyOf(honest, honest.length + 1);
        assertInstanceOf(Verdict.Malformed.class, verdict(run.subject(), challenge, longer));
        byte[] noise = new byte[honest.length];
        for (int i = 0; i < 50; i++) {
            random.nextBytes(noise);
            System.arraycopy(honest, 0, noise, 0, random.nextInt(2000));
            assertFalse(verdict(run.subject(), challenge, noise) instanceof Verdict.Valid, "noise " + i);
        }
    }

    private static void assertInvalid(String why, Verdict verdict) {
        Verdict.Invalid invalid = assertInstanceOf(Verdict.Invalid.class, verdict, String.valueOf(verdict));
        assertTrue(invalid.reason().contains(why), invalid.reason());
    }

    static Run.Cheat altering(Spot where, UnaryOperator<Cell.Layer> change) {
        return new Run.Cheat() {
            @Override
            public Cell.Layer layer(Run run, Spot spot, int[] residual, Cell.Sums sums) throws MalformedException {
                Cell.Layer honest = Run.Cheat.super.layer(run, spot, residual, sums);
                return spot.equals(where) ? change.apply(honest) : honest;
            }
        };
    }

    /** A residual-out that is one off in one element. */
    static Cell.Layer nudged(Cell.Layer cell) {
        int[] residual = cell.residual().clone();
        residual[5] += residual[5] > 0 ? -1 : 1;
        return with(cell, cell.key(), cell.value(), residual);
    }

    static Cell.Layer with(Cell.Layer c, short[] key, short[] value, int[] residual) {
        return new Cell.Layer(
                c.attentionNorm(),
                c.q(),
                c.k(),
                c.v(),
                c.query(),
                key,
                value,
                c.attended(),
                c.output(),
                c.middle(),
                c.feedForwardNorm(),
                c.gate(),
                c.up(),
                c.product(),
                c.down(),
                residual);
    }

    private static Opening withLayer(Opening opening, int layer, UnaryOperator<Opening.OfLayer> change) {
        Opening.OfChoice choice = opening.choices().getFirst();
        List<Opening.OfLayer> layers = choice.layers().stream()
                .map(l -> l.layer() == layer ? change.apply(l) : l)
                .toList();
        return new Opening(
                opening.challenge(),
                opening.salt(),
                opening.roots(),
                List.of(new Opening.OfChoice(choice.choice(), choice.trees(), layers, choice.heads())));
    }

    private static Opening withCell(Opening opening, int layer, UnaryOperator<Opening.OfCell> change) {
        return withLayer(opening, layer, l -> {
            List<Opening.OfCell> cells = new ArrayList<>(l.cells());
            cells.set(cells.size() / 2, change.apply(cells.get(cells.size() / 2)));
            return new Opening.OfLayer(l.layer(), l.residuals(), l.keys(), l.values(), l.rest(), cells);
        });
    }

    /** Changes the sums of the first linear operation of one cell. */
    private static Opening withSums(Opening opening, java.util.function.Consumer<long[]> change) {
        int layer = opening.choices().getFirst().layers().getFirst().layer();
        return withCell(opening, layer, cell -> {
            List<long[]> sums = new ArrayList<>(cell.sums());
            long[] z = sums.getFirst().clone();
            change.accept(z);
            sums.set(0, z);
            return new Opening.OfCell(
                    cell.position(), cell.residual(), cell.embedding(), sums, cell.next(), cell.path());
        });
    }
}
