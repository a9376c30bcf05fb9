package assay.core.dispute;

import assay.core.base.MalformedException;
import java.util.OptionalInt;

/** A dispute from its first move to its last, every position written down and read again in between. */
final class Play {
    static final Referee REFEREE = new Referee(program -> TinyText.find(program));

    int rounds;
    int largest;
    long total;

    /** Whether the node is right in the end. */
    static boolean nodeWins(TinyWork node, Work challenger) {
        return new Play().play(node.terms(), node, challenger);
    }

    boolean play(Terms terms, Work node, Work challenger) {
        try {
            Defender defender = new Defender(node);
            Challenger other = new Challenger(challenger);
            At at = new At.Start();
            for (int turn = 0; turn < 64; turn++) {
                At read = At.parse(at.encode());
                if (at.isNodesTurn()) {
                    byte[] move = defender.move(read);
                    largest = Math.max(largest, move.length);
                    total += move.length;
                    rounds++;
                    switch (REFEREE.show(terms, read, move)) {
                        case Ruling.Next(At next) -> at = next;
                        case Ruling.Settled(boolean right, String why) -> {
                            return right;
                        }
                        case Ruling.Refused(String why) -> {
                            return false; // and so it is silent
                        }
                        case Ruling.Undecided(String need) -> throw new AssertionError(need);
                    }
                } else {
                    OptionalInt part = other.choose(read);
                    if (part.isEmpty()) {
                        return true; // the challenger is silent
                    }
                    if (!(REFEREE.choose(read, part.getAsInt()) instanceof Ruling.Next(At next))) {
                        throw new AssertionError("a choice is refused: " + part);
                    }
                    at = next;
                }
            }
            throw new AssertionError("no end: " + at);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
