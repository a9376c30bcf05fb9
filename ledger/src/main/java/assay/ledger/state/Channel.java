package assay.ledger.state;

import assay.core.base.Amount;
import assay.ledger.crypto.Address;

/**
 * An open payment channel; its key in the map is its id.
 *
 * @param payer pays
 * @param operator is paid
 * @param deposit all that was put in
 * @param posted sum of the posted receipts that name it, at most the deposit
 * @param redeemed sum of those that were paid, at most what was posted
 * @param closesAt height at which it closes; 0 while nobody asked for it
 */
public record Channel(Address payer, Address operator, Amount deposit, Amount posted, Amount redeemed, long closesAt)
        implements Entry {
    /** Refuses a channel that pays more than it has. */
    public Channel {
        if (deposit.isBelow(posted) || posted.isBelow(redeemed)) {
            throw new IllegalArgumentException("deposit " + deposit + ", posted " + posted + ", redeemed " + redeemed);
        }
    }

    @Override
    public long heldMicro() {
        return deposit.minus(redeemed).micro();
    }

    /** With more money in it. */
    public Channel toppedUp(Amount amount) {
        return new Channel(payer, operator, deposit.plus(amount), posted, redeemed, closesAt);
    }

    /** With one more receipt posted. */
    public Channel posted(Amount amount) {
        return new Channel(payer, operator, deposit, posted.plus(amount), redeemed, closesAt);
    }

    /** With one more receipt paid. */
    public Channel redeemed(Amount amount) {
        return new Channel(payer, operator, deposit, posted, redeemed.plus(amount), closesAt);
    }

    /** Closing at this height. */
    public Channel closing(long height) {
        return new Channel(payer, operator, deposit, posted, redeemed, height);
    }
}
