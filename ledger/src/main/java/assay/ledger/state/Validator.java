package assay.ledger.state;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.tx.Ids;

/**
 * A validator; its key in the map is its account.
 *
 * @param consensusKey Ed25519 key for the consensus engine
 * @param power of its votes, at least 1
 * @param beaconTip digest of the next preimage of its hash chain
 * @param pending the first link that it showed since the last beacon; all zero before
 * @param bond what is at risk for preimages that it does not show
 * @param missed preimages in a row that it did not show; from {@link #MISSES_MAX} on
 *     its chain does not count until the validators take it in again
 */
public record Validator(Hash consensusKey, long power, Hash beaconTip, Hash pending, Amount bond, long missed)
        implements Entry {
    /** The most power of one, so that sums fit. */
    public static final long POWER_MAX = 1L << 40;

    /**
     * After so many misses in a row a validator's bond is gone, and its chain counts no more until the validators take it in
     * again: who could come back for money would dodge a draw each time that the bond is less than what the draw costs.
     */
    public static final int MISSES_MAX = 10;

    /** Refuses power that is none. */
    public Validator {
        if (power < 1 || power > POWER_MAX) {
            throw new IllegalArgumentException("a validator's power is 1 to 2^40, got " + power);
        }
    }

    @Override
    public long heldMicro() {
        return bond.micro();
    }

    /** Whether the beacon waits for its link. */
    public boolean counts() {
        return missed < MISSES_MAX;
    }

    /** After showing this preimage: the first since the last beacon goes into the next one. */
    public Validator shown(Hash preimage) {
        Hash first = pending.equals(Ids.NONE) ? preimage : pending;
        return new Validator(consensusKey, power, preimage, first, bond, 0);
    }

    /** After missing one, and a fine. */
    public Validator missed(Amount fine) {
        return new Validator(consensusKey, power, beaconTip, pending, bond.minus(fine), missed + 1);
    }

    /** After a beacon was made, or given up. */
    public Validator afresh() {
        return new Validator(consensusKey, power, beaconTip, Ids.NONE, bond, missed);
    }

    /** With more at risk. */
    public Validator bonded(Amount amount) {
        return new Validator(consensusKey, power, beaconTip, pending, bond.plus(amount), missed);
    }
}
