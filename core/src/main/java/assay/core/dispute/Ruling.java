package assay.core.dispute;

/** What the referee says of a move. */
public sealed interface Ruling {
    /** It counts, and this is what follows. */
    record Next(At at) implements Ruling {}

    /** It ends the dispute. */
    record Settled(boolean nodeIsRight, String why) implements Ruling {}

    /** It is no move: nothing changes, and the clock goes on. */
    record Refused(String why) implements Ruling {}

    /** Nobody can be judged with what is at hand. */
    record Undecided(String need) implements Ruling {}
}
