package assay.ledger;

import assay.ledger.state.State;
import java.util.List;

/** What became of a transaction. */
public sealed interface Outcome {
    /**
     * It was applied.
     *
     * @param next the state after it
     * @param events what happened, in order
     */
    record Applied(State next, List<Event> events) implements Outcome {
        /** Copies the list. */
        public Applied {
            events = List.copyOf(events);
        }
    }

    /** It was refused, and nothing changed. */
    record Rejected(Reason reason) implements Outcome {}
}
