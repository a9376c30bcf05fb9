package assay.client;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a receipt got on the ledger, as the node that gave it tells.
 *
 * @param status SIGNED while it is not posted, then the ledger's word: POSTED, DUE, DRAWN, CONFIRMED,
 *     UNAUDITED, FAULT, WITHHELD or UNPAID
 * @param last whether nothing changes any more
 * @param replay what the auditor on the same machine found, if it is done
 */
public record Standing(String status, boolean last, Optional<Replay> replay) {
    private static final int FAULTS_MAX = 1000;

    /**
     * A replay.
     *
     * @param tokens positions replayed
     * @param nanos time that it took
     * @param faults what does not follow from the request, in words
     */
    public record Replay(int tokens, long nanos, List<String> faults) {
        /** Copies the list. */
        public Replay {
            faults = List.copyOf(faults);
        }
    }

    /** Whether an auditor was asked and everything was as the node had signed it. */
    public boolean confirmed() {
        return status.equals("CONFIRMED")
                && replay.map(r -> r.faults().isEmpty()).orElse(true);
    }

    /** Whether the node was caught. */
    public boolean failed() {
        return status.equals("FAULT")
                || status.equals("WITHHELD")
                || replay.map(r -> !r.faults().isEmpty()).orElse(false);
    }

    static Standing of(Field json) throws MalformedException {
        Optional<Field> replay = json.find("replay");
        return new Standing(
                json.at("status").string(32),
                json.at("final").bool(),
                replay.isPresent() ? Optional.of(replay(replay.get())) : Optional.empty());
    }

    private static Replay replay(Field json) throws MalformedException {
        List<String> faults = new ArrayList<>();
        for (Field fault : json.at("faults").items(FAULTS_MAX)) {
            faults.add(fault.string());
        }
        return new Replay(
                json.at("tokens").int32(0, Integer.MAX_VALUE), json.at("nanos").integer(0, Long.MAX_VALUE), faults);
    }
}
