package assay.ledger;

import assay.core.base.Checks;
import assay.ledger.state.State;
import assay.ledger.state.StateMap;

/**
 * What holds after every transition, in every build. A broken one stops the program.
 *
 * <p>Each map carries the sum of the money in it, so conservation costs a few additions: no money
 * appears or vanishes, what is burned included. That nothing is negative, that a channel pays no more
 * than it has and that a stake backs what may have to be given back, is held by the records themselves
 * and by {@link Draft#put}.
 */
final class Invariants {
    private Invariants() {}

    static void check(State s) {
        long sum = s.totals().sumMicro();
        for (StateMap<?> map : s.maps()) {
            sum = Math.addExact(sum, map.heldMicro());
        }
        long supply = s.supply().micro();
        Checks.that(sum == supply, "the supply is conserved: " + supply + " at genesis, " + sum + " now");
    }
}
