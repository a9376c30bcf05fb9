package assay.ledger.state;

import assay.core.base.Amount;
import assay.ledger.crypto.Address;

/**
 * An open payment channel or a one-off escrow; its key in the map is its id.
 *
 * @param form how it is paid from
 * @param payer pays
 * @param authorizer signs its vouchers: the payer, unless a batch-settlement channel names another
 * @param operator is paid
 * @param deposit all that was put in
 * @param posted sum of the posted receipts that name it, at most the deposit
 * @param redeemed sum of those that were paid, at most what was posted
 * @param closesAt height at which it closes; 0 while nobody asked for it
 */
public record Channel(
        Form form,
        Address payer,
        Address authorizer,
        Address operator,
        Amount deposit,
        Amount posted,
        Amount redeemed,
        long closesAt)
        implements Entry {
    /** How a channel is paid from. The order is its wire form: never changed. */
    public enum Form {
        /** By vouchers in this ledger's words. */
        VOUCHERS,
        /** By vouchers in x402's words. */
        CLAIMS,
        /** By one posted receipt; the rest goes back. */
        ESCROW
    }

    /** Refuses a channel that pays more than it has. */
    public Channel {
        if (deposit.isBelow(posted) || posted.isBelow(redeemed)) {
            throw new IllegalArgumentException("deposit " + deposit + ", posted " + posted + ", redeemed " + redeemed);
        }
    }

    /** A new one with nothing posted. */
    public static Channel of(Form form, Address payer, Address authorizer, Address operator, Amount deposit) {
        return new Channel(form, payer, authorizer, operator, deposit, Amount.ZERO, Amount.ZERO, 0);
    }

    @Override
    public long heldMicro() {
        return deposit.minus(redeemed).micro();
    }

    /** With more money in it. */
    public Channel toppedUp(Amount amount) {
        return new Channel(form, payer, authorizer, operator, deposit.plus(amount), posted, redeemed, closesAt);
    }

    /** With one more receipt posted. */
    public Channel posted(Amount amount) {
        return new Channel(form, payer, authorizer, operator, deposit, posted.plus(amount), redeemed, closesAt);
    }

    /** With one more receipt paid. */
    public Channel redeemed(Amount amount) {
        return new Channel(form, payer, authorizer, operator, deposit, posted, redeemed.plus(amount), closesAt);
    }

    /** Closing at this height. */
    public Channel closing(long height) {
        return new Channel(form, payer, authorizer, operator, deposit, posted, redeemed, height);
    }
}
