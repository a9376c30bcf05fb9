package assay.ledger;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import java.util.List;

/**
 * What a transition may know of the block that it is in.
 *
 * @param height counts from 1
 * @param timeMillis the block's time, milliseconds since 1970 (UTC)
 * @param beacon the block's random value in a network without validators; with them it means nothing
 * @param preimages what validators showed of their hash chains, from their votes; by account in ascending order
 */
public record BlockContext(long height, long timeMillis, Hash beacon, List<Preimage> preimages) {
    /**
     * The next link of a validator's hash chain.
     *
     * @param preimage its digest is the chain's tip
     */
    public record Preimage(Address validator, Hash preimage) {}

    /** Refuses a height below 1; copies the list. */
    public BlockContext {
        preimages = List.copyOf(preimages);
        if (height < 1) {
            throw new IllegalArgumentException("heights count from 1, got " + height);
        }
    }

    /** A block of a network without validators. */
    public BlockContext(long height, long timeMillis, Hash beacon) {
        this(height, timeMillis, beacon, List.of());
    }
}
