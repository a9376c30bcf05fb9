package assay.ledger.state;

import assay.core.base.Amount;
import assay.ledger.tx.Max;

/**
 * Who offers to keep a model's file and serve it; its key in the map is (model, host).
 *
 * @param endpoint where the file is served
 * @param since height of the offer
 * @param stake what missed challenges are taken from; it hosts while some is bonded
 * @param asked whether a chunk is to be shown now
 * @param chunk index of the chunk that was asked for last
 * @param dueAt height by which it is to be shown, or at which the next is asked for; 0 when neither comes
 * @param missed challenges that it missed one after another
 */
public record Host(
        @Max(256) String endpoint, long since, Stake stake, boolean asked, long chunk, long dueAt, int missed)
        implements Entry {
    @Override
    public long heldMicro() {
        return stake.total().micro();
    }

    /** Whether it hosts now. */
    public boolean isActive() {
        return !stake.bonded().isZero();
    }

    /** With more stake and another endpoint. */
    public Host offered(String where, Amount amount) {
        return new Host(where, since, stake.bond(amount), asked, chunk, dueAt, missed);
    }

    /** With another stake. */
    public Host with(Stake next) {
        return new Host(endpoint, since, next, asked, chunk, dueAt, missed);
    }

    /** With another height for what is due. */
    public Host until(long height) {
        return new Host(endpoint, since, stake, asked, chunk, height, missed);
    }

    /** Asked for a chunk, to be shown by this height. */
    public Host asked(long index, long by) {
        return new Host(endpoint, since, stake, true, index, by, missed);
    }

    /** With nothing asked until this height. */
    public Host waiting(long until, int missedNow) {
        return new Host(endpoint, since, stake, false, chunk, until, missedNow);
    }
}
