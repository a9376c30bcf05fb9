package assay.ledger.light;

import assay.core.codec.ProtoWriter;
import java.time.Instant;
import java.util.List;

/**
 * The signatures that decided a block.
 *
 * @param height the block's
 * @param round of its decision
 * @param block what was decided
 * @param votes one for each validator of the set, in its order
 */
public record Commit(long height, int round, BlockId block, List<Vote> votes) {
    private static final int PRECOMMIT = 2;

    /** Copies the list. */
    public Commit {
        votes = List.copyOf(votes);
    }

    /**
     * One validator's part.
     *
     * @param forBlock whether it is for this block; else it is absent, or for none
     * @param validator its address: forty hex digits, empty if absent
     * @param time that it says
     * @param signature 64 bytes, empty if absent
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Vote(boolean forBlock, String validator, Instant time, byte[] signature) {}

    /** The bytes that a validator signs with its vote for the block (CanonicalVote, after its length). */
    public byte[] signed(String chain, Vote vote) {
        return new ProtoWriter()
                .number(1, PRECOMMIT)
                .fixed64(2, height)
                .fixed64(3, round)
                .message(4, block.encode())
                .message(5, Header.timestamp(vote.time))
                .text(6, chain)
                .delimited();
    }

    /** The bytes that a validator signs with what it adds to its vote (CanonicalVoteExtension, after its length). */
    public static byte[] signedExtension(String chain, long height, int round, byte[] extension) {
        return new ProtoWriter()
                .bytes(1, extension)
                .fixed64(2, height)
                .fixed64(3, round)
                .text(4, chain)
                .delimited();
    }
}
