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
 * @param heard height of its last heartbeat, or of its registration
 * @param busyUntil height until which what others asked it to compute again keeps it at work
 */
public record Operator(
        Hash nodeKey,
        @Max(256) String endpoint,
        long since,
        Stake stake,
        Amount pending,
        int faults,
        long heard,
        long busyUntil)
        implements Entry {
    @Override
    public long heldMicro() {
        return stake.total().micro();
    }

    /** With another stake. */
    public Operator with(Stake next) {
        return new Operator(nodeKey, endpoint, since, next, pending, faults, heard, busyUntil);
    }

    /** With another receipt key. */
    public Operator withKey(Hash next) {
        return new Operator(next, endpoint, since, stake, pending, faults, heard, busyUntil);
    }

    /** Reached elsewhere. */
    public Operator at(String next) {
        return new Operator(nodeKey, next, since, stake, pending, faults, heard, busyUntil);
    }

    /** After posting a receipt with which so much could be gained. */
    public Operator risked(Amount amount) {
        return new Operator(nodeKey, endpoint, since, stake, pending.plus(amount), faults, heard, busyUntil);
    }

    /** After such a receipt became final. */
    public Operator settled(Amount amount) {
        return new Operator(nodeKey, endpoint, since, stake, pending.minus(amount), faults, heard, busyUntil);
    }

    /** After a fault that left this stake. */
    public Operator faulted(Stake left) {
        return new Operator(nodeKey, endpoint, since, left, pending, faults + 1, heard, busyUntil);
    }

    /** After a heartbeat at this height. */
    public Operator heard(long height) {
        return new Operator(nodeKey, endpoint, since, stake, pending, faults, height, busyUntil);
    }

    /** At work until this height. */
    public Operator busy(long until) {
        return new Operator(nodeKey, endpoint, since, stake, pending, faults, heard, until);
    }
}
