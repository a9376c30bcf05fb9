package assay.ledger.state;

/**
 * What an auditor put at stake for a model; its key in the map is (model, auditor).
 *
 * @param stake the stake
 * @param disputes whether it backs a dispute that the auditor opened of its own accord: one at a time
 */
public record AuditorBond(Stake stake, boolean disputes) implements Entry {
    @Override
    public long heldMicro() {
        return stake.total().micro();
    }

    /** With another stake. */
    public AuditorBond with(Stake next) {
        return new AuditorBond(next, disputes);
    }

    /** Backing a dispute from now on, or no more. */
    public AuditorBond disputing(boolean now) {
        return new AuditorBond(stake, now);
    }
}
