package assay.ledger;

import assay.core.base.Hash;

/**
 * What a transition may know of the block that it is in.
 *
 * @param height counts from 1
 * @param timeMillis the block's time, milliseconds since 1970 (UTC)
 * @param beacon the block's random value, from which auditors are drawn
 */
public record BlockContext(long height, long timeMillis, Hash beacon) {
    /** Refuses a height below 1. */
    public BlockContext {
        if (height < 1) {
            throw new IllegalArgumentException("heights count from 1, got " + height);
        }
    }
}
