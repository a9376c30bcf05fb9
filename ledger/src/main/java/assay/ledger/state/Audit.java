package assay.ledger.state;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Max;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An audit under way; its key in the map is that of its receipt, and it is removed with the verdict.
 *
 * @param phase whose move it is
 * @param round how often auditors were drawn again for silent ones
 * @param fee what the auditors share
 * @param deadline last height at which the phase's moves count
 * @param complainBy last height at which a drawn auditor of this round can say that the node did not deliver; a
 *     complaint gives the round's commitments more time
 * @param buyer who paid for it; all zero when it was drawn
 * @param slots every auditor drawn so far, silent ones included
 */
public record Audit(
        Phase phase,
        int round,
        Amount fee,
        long deadline,
        long complainBy,
        Address buyer,
        @Max(SLOTS_MAX) List<Slot> slots)
        implements Entry {
    /** The most that may dispute one receipt at once without having been drawn. */
    public static final int JOINED_MAX = 32;

    /** The most auditors ever drawn for one receipt, and who joined. */
    public static final int SLOTS_MAX = 64 + JOINED_MAX;

    /** Whose move it is. The order is its wire form: never changed. */
    public enum Phase {
        /** Drawn auditors bind themselves to their roots. */
        COMMIT,
        /** They open them. */
        REVEAL,
        /** The node opens its own. */
        NODE,
        /** Roots differ: see {@link Dispute}. */
        DISPUTE
    }

    /** How far a slot got. The order is its wire form: never changed. */
    public enum SlotStatus {
        /** Nothing yet. */
        DRAWN,
        /** Bound to a root. */
        COMMITTED,
        /** The root is known. */
        REVEALED,
        /** Missed a deadline. */
        SILENT,
        /** Was not drawn: disputes the receipt of its own accord, with its root. */
        JOINED
    }

    /**
     * One auditor of a receipt.
     *
     * @param commitment what it is bound to; all zero before
     * @param root what it found; all zero before it says so
     */
    public record Slot(Address auditor, SlotStatus status, Hash commitment, Hash root) {
        /** A fresh slot. */
        public static Slot of(Address auditor) {
            return new Slot(auditor, SlotStatus.DRAWN, Ids.NONE, Ids.NONE);
        }
    }

    /** Copies the list. */
    public Audit {
        slots = List.copyOf(slots);
    }

    @Override
    public long heldMicro() {
        return fee.micro();
    }

    /** The slot of this auditor. */
    public Optional<Slot> slot(Address auditor) {
        return slots.stream().filter(s -> s.auditor().equals(auditor)).findFirst();
    }

    /** The slots with this status. */
    public List<Slot> slots(SlotStatus status) {
        return slots.stream().filter(s -> s.status() == status).toList();
    }

    /** With this slot in the place of its auditor's. */
    public Audit with(Slot slot) {
        List<Slot> next = new ArrayList<>(slots);
        next.replaceAll(s -> s.auditor().equals(slot.auditor()) ? slot : s);
        return new Audit(phase, round, fee, deadline, complainBy, buyer, next);
    }

    /** With these slots. */
    public Audit among(List<Slot> next) {
        return new Audit(phase, round, fee, deadline, complainBy, buyer, next);
    }

    /** In this phase until this height. */
    public Audit in(Phase next, long until) {
        return new Audit(next, round, fee, until, complainBy, buyer, slots);
    }

    /** With these slots, drawn in the next round. */
    public Audit redrawn(List<Slot> next, long until) {
        return new Audit(Phase.COMMIT, round + 1, fee, until, until, buyer, next);
    }

    /** With all its deadlines so many blocks later. */
    public Audit later(long blocks) {
        return new Audit(phase, round, fee, deadline + blocks, complainBy + blocks, buyer, slots);
    }

    /** With more time to commit. */
    public Audit extended(long until) {
        return new Audit(phase, round, fee, until, complainBy, buyer, slots);
    }
}
