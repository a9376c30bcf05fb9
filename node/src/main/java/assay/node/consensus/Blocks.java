package assay.node.consensus;

import assay.ledger.BlockContext;
import assay.ledger.state.State;
import java.util.List;

/** What the state machine makes of a decided block: the same for a validator and for who only follows. */
public final class Blocks {
    private Blocks() {}

    /**
     * A block for the state machine.
     *
     * @param context what its transitions may know
     * @param transactions without what the validators showed, which is in the context
     */
    public record Input(BlockContext context, List<byte[]> transactions) {}

    /**
     * The input of a decided block.
     *
     * @param s the state before it
     * @param blockHash of its header
     * @param transactions as decided
     */
    public static Input input(State s, long height, long timeMillis, byte[] blockHash, List<byte[]> transactions) {
        return new Input(
                AbciApplication.context(s, height, timeMillis, blockHash, transactions),
                BeaconVotes.others(transactions));
    }
}
