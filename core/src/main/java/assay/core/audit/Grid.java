package assay.core.audit;

import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All cells of an answer: every layer at every position of each choice, and the head wherever an id was picked.
 *
 * @param layers of the program
 * @param runs one for each choice
 */
public record Grid(int layers, List<Run> runs) {
    /** Copies the list. */
    public Grid {
        runs = List.copyOf(runs);
        if (layers < 1) {
            throw new IllegalArgumentException("a program has layers, got " + layers);
        }
    }

    /**
     * One choice.
     *
     * @param steps positions fed: prompt and answer but for the last id; 0 if there are no ids
     * @param firstPick the position whose logits gave the first id
     */
    public record Run(int steps, int firstPick) {
        /** Checks the order. */
        public Run {
            if (firstPick < 0 || steps < 0 || (steps > 0 && firstPick >= steps)) {
                throw new IllegalArgumentException(steps + " steps, the first pick after position " + firstPick);
            }
        }

        /** Ids picked. */
        public int picks() {
            return steps == 0 ? 0 : steps - firstPick;
        }
    }

    /** The grid that a transcript spans. */
    public static Grid of(int layers, Transcript transcript) {
        int prompt = transcript.promptIds().length;
        List<Run> runs = new ArrayList<>();
        for (Transcript.Choice choice : transcript.choices()) {
            int ids = choice.ids().size();
            runs.add(new Run(ids == 0 ? 0 : prompt + ids - 1, Math.max(0, prompt - 1)));
        }
        return new Grid(layers, runs);
    }

    /** Why a receipt's choices do not span this grid; empty if they do. */
    public Optional<String> differsFrom(Receipt receipt) {
        if (receipt.choices().size() != runs.size()) {
            return Optional.of(receipt.choices().size() + " choices in the receipt, " + runs.size() + " answered");
        }
        for (int i = 0; i < runs.size(); i++) {
            int stated = receipt.choices().get(i).steps();
            if (stated != runs.get(i).steps()) {
                return Optional.of(
                        "choice " + i + " has " + runs.get(i).steps() + " steps, the receipt says " + stated);
            }
        }
        return Optional.empty();
    }

    /** Cells of all choices. */
    public long cells() {
        return runs.stream().mapToLong(this::cells).sum();
    }

    private long cells(Run run) {
        return (long) run.steps * layers + run.picks();
    }

    /** The cell with this number, from 0 to {@link #cells} - 1: choice by choice, layer by layer, the head last. */
    public Spot spot(long number) {
        long rest = number;
        for (int choice = 0; choice < runs.size(); choice++) {
            Run run = runs.get(choice);
            if (rest < cells(run)) {
                long body = (long) run.steps * layers;
                return rest < body
                        ? new Spot(choice, (int) (rest / run.steps), (int) (rest % run.steps))
                        : new Spot(choice, layers, run.firstPick + (int) (rest - body));
            }
            rest -= cells(run);
        }
        throw new IllegalArgumentException("cell " + number + " of " + cells());
    }
}
