package assay.ledger.store;

import assay.ledger.BlockContext;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.State;
import assay.ledger.tx.SignedTransaction;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A ledger that goes on: its newest state, what happens in it, and the way to take part. It is {@linkplain
 * EmbeddedLedger in this process}, or others agree on its blocks and this process follows them.
 *
 * <p>Everything may be called from any thread.
 */
public interface LiveLedger extends AutoCloseable {
    /**
     * What happened in a block.
     *
     * @param height its height
     * @param timeMillis its time, milliseconds since 1970 (UTC)
     * @param events in order
     */
    record BlockEvents(long height, long timeMillis, List<Event> events) {
        /** Copies the list. */
        public BlockEvents {
            events = List.copyOf(events);
        }
    }

    /** The state after the last block that is on the disk. */
    State state();

    /** The last block's context: height, time and beacon. */
    BlockContext context();

    /**
     * Sends a transaction. The future completes when it is in a block that is on the disk, or refused; exceptionally
     * with an IOException when neither can be had.
     */
    CompletableFuture<Outcome> submit(SignedTransaction transaction);

    /** Calls back after every block that is on the disk, in order, from the writing thread: be quick. */
    void onBlock(Consumer<BlockEvents> listener);

    /** Why nothing can be written now; empty while all is well. */
    String refusing();

    /** Waits no longer for what may not come: what waits for it fails, and was never acknowledged. */
    void stopWaiting();

    @Override
    void close() throws IOException;

    /** The chain id that transactions and vouchers are signed for. */
    default long chainId() {
        return state().genesis().chainId();
    }

    /** The nonce of this account's next transaction, if none is on its way. */
    default long nonce(Address address) {
        return state().account(address).nonce();
    }
}
