package assay.core.dispute;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.kernel.Rope;
import assay.core.program.Shape;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Every kind of operation as the last move on 8B and 70B shapes, at position 131,071: the move fits, the rounds are
 * few. Only what the element reads is built; all else is made-up hashes. Prints bytes, rounds and the referee's time.
 */
class DisputeShapesTest {
    private static final int CONTEXT = 1 << 17;
    private static final int RUNS = Integer.getInteger("dispute.runs", 5);

    private static final Shape EIGHT =
            new Shape("llama", 32, 4096, 32, 8, 128, 14336, 128256, CONTEXT, Rope.Pairing.ADJACENT);
    private static final Shape SEVENTY =
            new Shape("llama", 80, 8192, 64, 8, 128, 28672, 128256, CONTEXT, Rope.Pairing.HALVES);

    @Test
    void everyLastMoveFitsAndTheRoundsAreFew() throws MalformedException {
        TinyWork words = new TinyWork(
                TinyModel.of(1), ",\"temperature\":1.5,\"top_p\":0.8,\"top_k\":60", new int[] {17, 3, 99, 42}, 3);
        for (Shape shape : new Shape[] {EIGHT, SEVENTY}) {
            System.out.printf(
                    Locale.ROOT, "%d layers, width %d, %d positions%n", shape.layers(), shape.width(), CONTEXT);
            for (Fabricated.LastMove move : Fabricated.of(shape, CONTEXT, words.receipt(), words.transcript())) {
                System.out.printf(
                        Locale.ROOT,
                        "  %-16s last %6d bytes, all %6d in %2d moves  %7.0f us%n",
                        move.operation(),
                        move.sizesBytes().getLast(),
                        move.bytes(),
                        move.moves(),
                        micros(move));
                assertTrue(move.longestBytes() <= Referee.MOVE_MAX_BYTES, move.operation());
                assertTrue(move.moves() <= 10, move.operation());
            }
        }
    }

    /** The referee's median. */
    private static double micros(Fabricated.LastMove move) {
        double[] micros = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long begun = System.nanoTime();
            Ruling ruling = move.judge();
            micros[i] = (System.nanoTime() - begun) / 1e3;
            assertInstanceOf(Ruling.Settled.class, ruling, () -> move.operation() + ": " + ruling);
        }
        Arrays.sort(micros);
        return micros[RUNS / 2];
    }
}
