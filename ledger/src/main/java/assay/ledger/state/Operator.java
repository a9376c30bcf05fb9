package assay.ledger.state;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.tx.Max;

/**
 * A registered operator; its key in the map is its account.
 *
 * @param nodeKey Ed25519 key that signs its receipts now
 * @param endpoint where clients reach it
 * @param since height of its registration
 * @param stake what a fault can cost it
 * @param pending what could be gained with its posted receipts that are not final: the stake is never below
 *     twice this
 * @param faults proven faults
 */
public record Operator(Hash nodeKey, @Max(256) String endpoint, long since, Stake stake, Amount pending, int faults)
        implements Entry {
    @Override
    public long heldMicro() {
        return stake.total().micro();
    }

    /** With another stake. */
    public Operator with(Stake next) {
        return new Operator(nodeKey, endpoint, since, next, pending, faults);
    }

    /** With another receipt key. */
    public Operator withKey(Hash next) {
        return new Operator(next, endpoint, since, stake, pending, faults);
    }

    /** After posting a receipt with which so much could be gained. */
    public Operator risked(Amount amount) {
        return new Operator(nodeKey, endpoint, since, stake, pending.plus(amount), faults);
    }

    /** After such a receipt became final. */
    public Operator settled(Amount amount) {
        return new Operator(nodeKey, endpoint, since, stake, pending.minus(amount), faults);
    }

    /** After a fault that left this stake. */
    public Operator faulted(Stake left) {
        return new Operator(nodeKey, endpoint, since, left, pending, faults + 1);
    }
}
