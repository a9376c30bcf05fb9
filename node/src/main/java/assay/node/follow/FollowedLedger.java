package assay.node.follow;

import assay.core.base.Hash;
import assay.ledger.BlockContext;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.light.Broadcast;
import assay.ledger.light.LightClient;
import assay.ledger.light.LightLedger;
import assay.ledger.light.RpcRefusedException;
import assay.ledger.state.State;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.ReplicatedLedger;
import assay.ledger.store.ReplicatedLedger.Seen;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.TransactionCodec;
import assay.node.consensus.Blocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A network's ledger as a node or an auditor sees it: every block is verified by the light client, its transactions
 * held against the header, applied by the same state machine, and the state root compared with what the next header
 * says. So it trusts no endpoint, and what it says of the state is its own computation.
 *
 * <p>One thread follows, another sends. A transaction that is not in a block for a while is sent again; one that the
 * endpoints refuse is refused if this copy's state refuses it too.
 */
public final class FollowedLedger implements LiveLedger {
    private static final long POLL_MILLIS = 200;
    private static final long SILENCE_NANOS = 60_000_000_000L;
    private static final int TRIES = 25;
    private static final long AGAIN_BLOCKS = 6;
    private static final long GIVEN_UP_BLOCKS = 120;

    private final LightLedger light;
    private final ReplicatedLedger copy;
    private final List<Consumer<BlockEvents>> listeners = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<Sending> outgoing = new LinkedBlockingQueue<>();
    private final Map<Hash, Sending> waiting = new LinkedHashMap<>();
    private final Thread follower;
    private final Thread sender;
    private volatile boolean closing;
    private volatile String refusing = "";
    private volatile String unreachable = "";
    private volatile long heard = System.nanoTime();

    private static final class Sending {
        final SignedTransaction transaction;
        final byte[] bytes;
        final CompletableFuture<Outcome> done = new CompletableFuture<>();
        final long since;
        volatile long sentAt;

        Sending(SignedTransaction transaction, long since) {
            this.transaction = transaction;
            this.bytes = TransactionCodec.encode(transaction);
            this.since = since;
            this.sentAt = since;
        }
    }

    private FollowedLedger(LightLedger light, ReplicatedLedger copy) {
        this.light = light;
        this.copy = copy;
        this.follower = Thread.ofPlatform().daemon().name("ledger-follower").unstarted(this::follow);
        this.sender = Thread.ofPlatform().daemon().name("ledger-sender").unstarted(this::sendAll);
    }

    /** Follows a network's ledger, with a copy in this folder, and waits until the copy has come to the newest block. */
    public static FollowedLedger open(LightLedger light, Path dir) throws IOException, InterruptedException {
        ReplicatedLedger.begin(dir, light.genesis());
        FollowedLedger out = new FollowedLedger(light, ReplicatedLedger.open(dir, 1));
        try {
            out.catchUp();
        } catch (IOException | InterruptedException | RuntimeException e) {
            out.copy.close();
            throw e;
        }
        out.follower.start();
        out.sender.start();
        return out;
    }

    @Override
    public State state() {
        return copy.state();
    }

    @Override
    public BlockContext context() {
        return copy.context();
    }

    @Override
    public void onBlock(Consumer<BlockEvents> listener) {
        listeners.add(listener);
    }

    @Override
    public String refusing() {
        if (!refusing.isEmpty()) {
            return refusing;
        }
        return System.nanoTime() - heard > SILENCE_NANOS ? "the ledger cannot be reached: " + unreachable : "";
    }

    @Override
    public void stopWaiting() {
        closing = true;
    }

    @Override
    public CompletableFuture<Outcome> submit(SignedTransaction transaction) {
        Sending sending = new Sending(transaction, state().height());
        if (!refusing.isEmpty() || closing) {
            return CompletableFuture.failedFuture(new IOException(closing ? "the ledger is closed" : refusing));
        }
        synchronized (waiting) {
            Sending before = waiting.putIfAbsent(transaction.id(), sending);
            if (before != null) {
                return before.done;
            }
        }
        outgoing.add(sending);
        return sending.done;
    }

    private void follow() {
        try {
            while (!closing) {
                try {
                    catchUp();
                    heard = System.nanoTime();
                } catch (IOException e) {
                    unreachable = String.valueOf(e.getMessage());
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            refusing = "the ledger cannot be followed: " + e.getMessage();
        }
        failAll();
    }

    private void catchUp() throws IOException, InterruptedException {
        long newest = light.client().latest().height();
        while (copy.state().height() < newest && !closing) {
            take(light.client().whole(copy.state().height() + 1));
        }
    }

    /** Applies the next block to a copy that is the one the block's proposer had. */
    private void take(LightClient.WholeBlock block) throws IOException {
        if (!block.header().app().equals(copy.state().root())) {
            throw new AssertionError("block " + block.header().height() + " says that the state before it has root "
                    + block.header().app() + ", here it is " + copy.state().root());
        }
        Blocks.Input input = Blocks.input(
                copy.state(),
                block.header().height(),
                block.header().time().toEpochMilli(),
                block.hash().bytes(),
                block.transactions());
        ReplicatedLedger.Finished done = copy.finish(input.context(), input.transactions());
        copy.commit();
        BlockEvents told =
                new BlockEvents(input.context().height(), input.context().timeMillis(), done.events());
        for (Consumer<BlockEvents> listener : listeners) {
            tell(listener, told);
        }
        for (int i = 0; i < done.results().size(); i++) {
            settle(done.results().get(i));
        }
        lookAfter(input.context().height());
    }

    private static void tell(Consumer<BlockEvents> listener, BlockEvents told) {
        try {
            listener.accept(told);
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private void settle(Seen result) {
        if (result instanceof Seen.Accepted(var checked)) {
            forget(checked.transaction().id()).ifPresent(s -> s.done.complete(applied()));
        }
    }

    private Outcome applied() {
        return new Outcome.Applied(copy.state(), List.of());
    }

    private Optional<Sending> forget(Hash id) {
        synchronized (waiting) {
            return Optional.ofNullable(waiting.remove(id));
        }
    }

    /** What was overtaken by another transaction of its nonce is refused; what no block took is sent again. */
    private void lookAfter(long height) {
        List<Sending> all;
        synchronized (waiting) {
            all = List.copyOf(waiting.values());
        }
        for (Sending s : all) {
            SignedTransaction t = s.transaction;
            if (copy.state().account(t.from()).nonce() > t.nonce()) {
                forget(t.id());
                s.done.complete(new Outcome.Rejected(Reason.NONCE_STALE));
            } else if (height > s.since + GIVEN_UP_BLOCKS) {
                forget(t.id());
                s.done.completeExceptionally(new IOException("no block took it in " + GIVEN_UP_BLOCKS));
            } else if (height > s.sentAt + AGAIN_BLOCKS) {
                s.sentAt = height;
                outgoing.add(s);
            }
        }
    }

    private void sendAll() {
        try {
            while (!closing) {
                send(outgoing.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            refusing = "transactions cannot be sent: " + e;
            failAll();
        }
    }

    /** Until an endpoint takes it, or it is refused for a reason that will not pass. */
    private void send(Sending s) throws InterruptedException {
        for (int i = 0; i < TRIES && !closing && !s.done.isDone(); i++) {
            try {
                Broadcast said = light.client().broadcast(s.bytes);
                if (said.code() == 0) {
                    return;
                }
                // An endpoint's word proves nothing: what it refuses is refused if this copy's state refuses it.
                Optional<Reason> reason =
                        copy.refusal(s.transaction).filter(r -> r != Reason.NONCE_AHEAD && r != Reason.NONCE_STALE);
                if (reason.isPresent()) {
                    forget(s.transaction.id());
                    s.done.complete(new Outcome.Rejected(reason.get()));
                    return;
                }
            } catch (RpcRefusedException e) {
                return; // it has it already
            } catch (IOException e) {
                unreachable = String.valueOf(e.getMessage());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void failAll() {
        List<Sending> all;
        synchronized (waiting) {
            all = new ArrayList<>(waiting.values());
            waiting.clear();
        }
        all.forEach(s -> s.done.completeExceptionally(new IOException("the ledger is closed")));
    }

    @Override
    public void close() throws IOException {
        closing = true;
        sender.interrupt();
        boolean interrupted = false;
        while (follower.isAlive()) {
            try {
                follower.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        failAll();
        copy.close();
    }
}
