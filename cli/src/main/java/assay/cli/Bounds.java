package assay.cli;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Numbers on the command line that have to lie in a range; a mistake names the option. */
final class Bounds {
    private static final int THREADS_MAX = 64;

    private Bounds() {}

    /** The number, if it is in the range. */
    static int within(String option, int got, int least, int most) throws Mistake {
        if (got < least || got > most) {
            String range = most == Integer.MAX_VALUE ? "at least " + least : least + " to " + most;
            throw new Mistake(option + " is " + range + ", got " + got, "", Exit.USAGE);
        }
        return got;
    }

    /** Threads of an engine. */
    static OptionalInt threads(@Nullable Integer got) throws Mistake {
        return got == null ? OptionalInt.empty() : OptionalInt.of(within("--threads", got, 1, THREADS_MAX));
    }

    /** Room for question and answer. */
    static OptionalInt contextTokens(@Nullable Integer got) throws Mistake {
        return got == null ? OptionalInt.empty() : OptionalInt.of(within("--ctx", got, 1, Integer.MAX_VALUE));
    }
}
