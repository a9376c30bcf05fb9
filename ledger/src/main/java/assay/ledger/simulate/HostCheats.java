package assay.ledger.simulate;

/** What a host can try. */
final class HostCheats {
    private HostCheats() {}

    /** Offers to host a model, and keeps nothing: no disk, no answers. */
    static final class Vanisher implements HostConduct {
        @Override
        public boolean keeps() {
            return false;
        }
    }
}
