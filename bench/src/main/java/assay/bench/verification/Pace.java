package assay.bench.verification;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Shares a span of time among the rungs of a ladder: each gets at least {@link #ROUNDS_MIN} rounds, and as many more as
 * its part of the time allows. Says on standard error how far it is.
 */
final class Pace {
    private static final int ROUNDS_MIN = 3;

    private static final int ROUNDS_MAX = 9;

    private final PrintStream out;
    private final long start = System.nanoTime();
    private final long total;
    private long weightLeft;
    private String name = "ledger";
    private long end;
    private long roundBegan;

    Pace(PrintStream out, Duration total, List<Rung> rungs) {
        this.out = out;
        this.total = total.toNanos();
        this.weightLeft = rungs.stream().mapToLong(Rung::weight).sum();
    }

    /** The next rung begins. */
    void begin(Rung rung) {
        name = rung.name();
        long left = Math.max(0, total - spent());
        end = spent() + (long) (left * (rung.weight() / (double) weightLeft));
        weightLeft -= rung.weight();
        say("with " + layers(rung) + " layers, weights are made");
    }

    private static String layers(Rung rung) {
        return String.join(
                ", ", rung.measured().stream().map(n -> Integer.toString(n)).toList());
    }

    /** Whether there is time for one more round after so many. */
    boolean hasRound(int done) {
        long now = spent();
        long last = now - roundBegan;
        roundBegan = now;
        int least = now > total + total / 10 ? 2 : ROUNDS_MIN; // late already: two still make a spread
        boolean more = done < least || done < ROUNDS_MAX && now + last < end;
        if (more) {
            say("round " + (done + 1));
        }
        return more;
    }

    /** A line about where it is. */
    void say(String what) {
        out.println("verification: " + name + ": " + what + "; " + clock(spent()) + " of about " + clock(total));
    }

    private long spent() {
        return System.nanoTime() - start;
    }

    private static String clock(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        return String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }
}
