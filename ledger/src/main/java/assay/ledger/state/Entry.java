package assay.ledger.state;

/** A value in a {@link StateMap}: a record, with the money that it holds. */
public interface Entry {
    /** Micro-units that belong to this entry, 0 to 10^18; counted once, in the map's sum. */
    default long heldMicro() {
        return 0;
    }
}
