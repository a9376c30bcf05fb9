package assay.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * What a long measurement is doing, one line a step on standard error, with the time that is left: standard output
 * holds results alone.
 */
public final class Told {
    private final PrintStream out;
    private final String what;
    private final int steps;
    private final long start = System.nanoTime();
    private int done;

    /**
     * @param what is measured
     * @param steps how many there are, each about as long
     */
    public Told(String what, int steps) {
        this(System.err, what, steps);
    }

    Told(PrintStream out, String what, int steps) {
        this.out = out;
        this.what = what;
        this.steps = steps;
        out.println(what + ": " + steps + " steps, the first is for warming up");
    }

    /** A step has ended. */
    public void step() {
        done++;
        long left = (System.nanoTime() - start) / done * (steps - done);
        Duration time = Duration.ofNanos(left);
        out.println(String.format(
                Locale.ROOT, "%s: %d of %d, %d:%02d left", what, done, steps, time.toMinutes(), time.toSecondsPart()));
    }
}
