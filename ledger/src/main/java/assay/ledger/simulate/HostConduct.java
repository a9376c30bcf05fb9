package assay.ledger.simulate;

/** How a host behaves. */
interface HostConduct {
    /** An honest host. */
    HostConduct HONEST = new HostConduct() {};

    /** Whether it keeps the file that it offers: only then can it show chunks and serve. */
    default boolean keeps() {
        return true;
    }
}
