package assay.ledger.simulate;

import assay.ledger.crypto.Address;
import java.util.Map;
import java.util.TreeMap;

/** What the agents spent outside the ledger, in nano-units. */
final class Books {
    private final Map<Address, Long> spent = new TreeMap<>();
    private long inference;
    private long checks;

    /** A node computed an answer. */
    void answered(Address node, long nano) {
        inference += nano;
        spent.merge(node, nano, Long::sum);
    }

    /** An auditor replayed one, or a node regenerated one for a dispute. */
    void checked(Address by, long nano) {
        checks += nano;
        spent.merge(by, nano, Long::sum);
    }

    /** A host kept a file. */
    void stored(Address host, long nano) {
        spent.merge(host, nano, Long::sum);
    }

    long spent(Address account) {
        return spent.getOrDefault(account, 0L);
    }

    /** Of all nodes. */
    long inference() {
        return inference;
    }

    /** Of all checks. */
    long checks() {
        return checks;
    }
}
