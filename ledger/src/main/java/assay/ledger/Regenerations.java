package assay.ledger;

import assay.ledger.crypto.Address;
import assay.ledger.state.Operator;
import assay.ledger.state.Params;

/**
 * What others make an operator compute again: openings that are demanded, receipts that are disputed without having been
 * drawn. It has to do them one after another, so their clocks begin one after another; else who asks for many at once
 * would have an honest operator punished for silence. A clock begins late at most by a part of the time that a stake
 * takes to leave, so nobody gets out of reach by asking himself.
 */
final class Regenerations {
    /** So many are done in the time that there is for the answer of one. */
    static final long IN_AN_ANSWER = 4;

    /** The longest wait is this part of the time that a stake takes to leave. */
    static final long PART_OF_LEAVING = 16;

    private Regenerations() {}

    /** The longest time for which an answer may be waited for, blocks. */
    static long waitMax(Params params) {
        return params.windows().unbond() / PART_OF_LEAVING + params.disputes().answer();
    }

    /** Takes the operator's next turn for one, and says from which height its clock counts. */
    static long begin(Draft d, Address operator) {
        Operator o = d.knownOperator(operator);
        long now = d.block.height();
        long last = now + d.params().windows().unbond() / PART_OF_LEAVING;
        long from = Math.min(Math.max(now, o.busyUntil()), last);
        long turn = Math.max(1, d.params().disputes().answer() / IN_AN_ANSWER);
        d.put(operator, o.busy(Math.min(from + turn, last)));
        return from;
    }
}
