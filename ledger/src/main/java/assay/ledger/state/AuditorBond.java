package assay.ledger.state;

/**
 * What an auditor put at stake for a model; its key in the map is (model, auditor).
 *
 * @param stake the stake
 */
public record AuditorBond(Stake stake) implements Entry {
    @Override
    public long heldMicro() {
        return stake.total().micro();
    }
}
