package assay.ledger.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Writer;
import assay.ledger.BlockContext;
import assay.ledger.CheckedTransaction;
import assay.ledger.Event;
import assay.ledger.Ledger;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Genesis;
import assay.ledger.state.State;
import assay.ledger.tx.RecordCodec;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.TransactionCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A whole ledger in one folder and one process: the pure state machine behind a block log.
 *
 * <p>Blocks are made when there is something to put in them: all transactions that wait go into the next
 * one, and are acknowledged when it is on the disk (group commit). Signatures are checked by the threads
 * that submit; one thread applies and writes. Everything may be called from any thread.
 *
 * <p>On a full disk transactions wait until there is room again. After any other I/O error or a broken invariant it
 * takes no more transactions; what was acknowledged is on
 * the disk, and opening the folder again finds it. A folder belongs to one process at a time.
 */
public final class EmbeddedLedger implements LiveLedger {
    private static final String GENESIS_FILE = "genesis";
    private static final int QUEUE_MAX = 1 << 16;
    private static final long RETRY_MILLIS = 200;
    private static final int BATCH_MAX = 8192;
    private static final int BATCH_BYTES_MAX = BlockLog.PAYLOAD_MAX / 2;
    private static final int EVENT_BLOCKS_MAX = 1 << 16;

    private sealed interface Work {
        record Submission(CheckedTransaction transaction, byte[] bytes, CompletableFuture<Outcome> done)
                implements Work {}

        record EmptyBlocks(int count, CompletableFuture<State> done) implements Work {}

        record Stop() implements Work {}
    }

    private final Archive archive;
    private final InstantSource clock;
    private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>(QUEUE_MAX);
    private final List<Consumer<BlockEvents>> listeners = new CopyOnWriteArrayList<>();
    private final Deque<BlockEvents> recent = new ArrayDeque<>();
    private final Thread writer;
    private volatile Snapshot.Tip tip;
    private long eventsFrom = 1;
    private volatile String refusing = "";
    private volatile String waiting = "";
    private volatile boolean impatient;

    private EmbeddedLedger(Folder folder, Genesis genesis, InstantSource clock, Archive.Keeping keeping)
            throws IOException {
        this.clock = clock;
        Replay replay = new Replay(genesis(genesis));
        tip = replay.tip();
        archive = Archive.open(folder, genesis, keeping, new Archive.Visitor() {
            @Override
            public void snapshot(Snapshot.Tip found) {
                replay.snapshot(found);
                eventsFrom = found.context().height() + 1;
            }

            @Override
            public void block(byte[] block) throws IOException {
                List<Event> events = replay.block(block);
                publish(replay.tip(), events);
            }
        });
        try {
            replay.checkRoot();
        } catch (IOException | RuntimeException | Error e) {
            archive.close();
            throw e;
        }
        tip = replay.tip();
        writer = Thread.ofPlatform().daemon().name("ledger").unstarted(this::work);
    }

    /** Whether the folder holds a ledger. */
    public static boolean exists(Path dir) {
        return Files.exists(dir.resolve(GENESIS_FILE));
    }

    /** Opens the ledger in this folder; a folder without one gets this genesis. */
    public static EmbeddedLedger open(Path dir, Genesis genesis) throws IOException {
        return open(dir, genesis, InstantSource.system(), Archive.Keeping.DEFAULT);
    }

    /** Opens the ledger that is in this folder. */
    public static EmbeddedLedger open(Path dir) throws IOException {
        return open(dir, readGenesis(dir.resolve(GENESIS_FILE)));
    }

    static EmbeddedLedger open(Path dir, Genesis genesis, InstantSource clock, Archive.Keeping keeping)
            throws IOException {
        Folder folder = Folder.lock(dir);
        try {
            Path file = folder.file(GENESIS_FILE);
            if (!Files.exists(file)) {
                folder.write(GENESIS_FILE, RecordCodec.encode(genesis));
            }
            Genesis found = readGenesis(file);
            if (!found.equals(genesis)) {
                throw new IOException(dir + " holds the ledger of another genesis: chain " + found.chainId() + ", not "
                        + genesis.chainId());
            }
            EmbeddedLedger ledger = new EmbeddedLedger(folder, genesis, clock, keeping);
            ledger.writer.start();
            return ledger;
        } catch (IOException | RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Checks, applies and writes a transaction. The future completes when it is on the disk, or refused;
     * exceptionally with an IOException when the ledger cannot write. A refusal writes nothing.
     */
    @Override
    public CompletableFuture<Outcome> submit(SignedTransaction transaction) {
        return switch (Ledger.check(transaction, chainId())) {
            case Ledger.Check.Refused(var reason) -> CompletableFuture.completedFuture(new Outcome.Rejected(reason));
            case Ledger.Check.Accepted(CheckedTransaction checked) -> submit(checked);
        };
    }

    /** The same for a transaction whose signatures were checked. */
    public CompletableFuture<Outcome> submit(CheckedTransaction checked) {
        CompletableFuture<Outcome> done = new CompletableFuture<>();
        byte[] bytes = TransactionCodec.encode(checked.transaction());
        enqueue(new Work.Submission(checked, bytes, done), done);
        return done;
    }

    /** Makes this many empty blocks, so that what is due at their heights happens. */
    public CompletableFuture<State> advance(int blocks) {
        CompletableFuture<State> done = new CompletableFuture<>();
        enqueue(new Work.EmptyBlocks(blocks, done), done);
        return done;
    }

    /** The state after the last block that is on the disk. */
    @Override
    public State state() {
        return tip.state();
    }

    /** The last block's context: height, time and beacon. */
    @Override
    public BlockContext context() {
        return tip.context();
    }

    /** The chain id that transactions and vouchers are signed for. */
    @Override
    public long chainId() {
        return tip.state().genesis().chainId();
    }

    /** The nonce of this account's next transaction, if none is on its way. */
    @Override
    public long nonce(Address address) {
        return state().account(address).nonce();
    }

    /** The first block whose events are kept. */
    public long eventsFrom() {
        synchronized (recent) {
            return eventsFrom;
        }
    }

    /**
     * The events of the blocks after {@code height}, oldest first.
     *
     * @throws IllegalArgumentException if so old events are no longer kept: read the state instead
     */
    public List<BlockEvents> eventsSince(long height) {
        synchronized (recent) {
            if (eventsFrom > height + 1) {
                throw new IllegalArgumentException(
                        "events are kept from block " + eventsFrom + " on, asked from " + (height + 1));
            }
            return recent.stream().filter(b -> b.height() > height).toList();
        }
    }

    /** Calls back after every block that is on the disk, in order, from the writing thread: be quick. */
    @Override
    public void onBlock(Consumer<BlockEvents> listener) {
        listeners.add(listener);
    }

    /**
     * Why nothing is written now; empty while all is well. While the disk is full transactions wait until there
     * is room; after any other fault none is taken any more.
     */
    @Override
    public String refusing() {
        return refusing.isEmpty() ? waiting : refusing;
    }

    /** Waits for room on a full disk no longer: what waits for it fails, and was never acknowledged. */
    @Override
    public void stopWaiting() {
        impatient = true;
    }

    /** Why the last snapshot was not taken; empty while all is well. The log is then kept for longer. */
    public String snapshotTrouble() {
        return archive.trouble();
    }

    /** Finishes what was submitted and releases the folder. */
    @Override
    public void close() throws IOException {
        stopWaiting();
        boolean interrupted = false;
        while (writer.isAlive() && !queue.offer(new Work.Stop())) {
            Thread.onSpinWait();
        }
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        archive.close();
    }

    private void enqueue(Work work, CompletableFuture<?> done) {
        if (!refusing.isEmpty()) {
            done.completeExceptionally(new IOException(refusing));
            return;
        }
        // Never blocks: callbacks run on the writing thread and may submit again.
        if (!queue.offer(work)) {
            done.completeExceptionally(new IOException("the ledger is busy: " + QUEUE_MAX + " transactions wait"));
        }
        if (!refusing.isEmpty()) {
            failAll();
        }
    }

    private void work() {
        try {
            boolean open = true;
            while (open) {
                open = step();
                keep();
            }
            refusing = "the ledger is closed";
        } catch (InterruptedException e) {
            refusing = "the ledger's thread was interrupted";
        } catch (IOException | RuntimeException | Error e) {
            refusing = "the ledger takes nothing more: " + e;
        }
        failAll();
    }

    private void keep() throws IOException {
        try {
            archive.keep(tip);
        } catch (BlockLog.FullException e) {
            return; // the log goes on as it is, and this is tried again after the next block
        }
    }

    /** Takes what waits and makes it a block; false when it is time to stop. */
    private boolean step() throws IOException, InterruptedException {
        switch (queue.take()) {
            case Work.Stop stop -> {
                return false;
            }
            case Work.EmptyBlocks(int count, CompletableFuture<State> done) -> {
                try {
                    for (int i = 0; i < count; i++) {
                        commit(List.of());
                    }
                } catch (IOException | RuntimeException | Error e) {
                    done.completeExceptionally(e);
                    throw e;
                }
                done.complete(tip.state());
            }
            case Work.Submission first -> commitWaiting(first);
        }
        return true;
    }

    private void commitWaiting(Work.Submission first) throws IOException, InterruptedException {
        List<Work.Submission> batch = new ArrayList<>();
        batch.add(first);
        long bytes = first.bytes.length;
        while (batch.size() < BATCH_MAX && bytes < BATCH_BYTES_MAX && queue.peek() instanceof Work.Submission next) {
            queue.take();
            batch.add(next);
            bytes += next.bytes.length;
        }
        List<Outcome> outcomes;
        try {
            outcomes = commit(batch);
        } catch (IOException | RuntimeException | Error e) {
            batch.forEach(w -> w.done.completeExceptionally(new IOException("not written: " + e, e)));
            throw e;
        }
        for (int i = 0; i < outcomes.size(); i++) {
            batch.get(i).done.complete(outcomes.get(i));
        }
    }

    /** Applies a batch and writes the block; a batch of refusals alone makes none, an empty one does. */
    private List<Outcome> commit(List<Work.Submission> batch) throws IOException, InterruptedException {
        BlockContext context = next();
        State s = tip.state();
        List<Outcome> outcomes = new ArrayList<>();
        List<byte[]> applied = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        for (Work.Submission submission : batch) {
            Outcome outcome = Ledger.apply(s, submission.transaction, context);
            outcomes.add(outcome);
            if (outcome instanceof Outcome.Applied(State next, List<Event> told)) {
                s = next;
                applied.add(submission.bytes);
                events.addAll(told);
            }
        }
        if (batch.isEmpty() || !applied.isEmpty()) {
            Outcome.Applied end = Ledger.settle(s, context, Block.isFull(applied));
            events.addAll(end.events());
            write(Block.encode(context, applied, end.next().root()));
            BlockEvents told = publish(new Snapshot.Tip(end.next(), context), events);
            listeners.forEach(listener -> tell(listener, told));
        }
        return outcomes;
    }

    /** Writes a block; on a full disk, when there is room for it again. */
    private void write(byte[] block) throws IOException, InterruptedException {
        while (true) {
            try {
                archive.append(block);
                waiting = "";
                return;
            } catch (BlockLog.FullException e) {
                if (impatient) {
                    throw e;
                }
                waiting = "the disk does not take the next block: " + e.getMessage();
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    /** A listener that throws is its owner's fault: the block is on the disk, and the ledger goes on. */
    private static void tell(Consumer<BlockEvents> listener, BlockEvents told) {
        try {
            listener.accept(told);
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private BlockContext next() {
        long height = tip.state().height() + 1;
        long timeMillis = Math.max(tip.context().timeMillis(), clock.millis());
        byte[] number = new Writer().i64(height).toBytes();
        return new BlockContext(
                height,
                timeMillis,
                Hash.tagged("assay/beacon/embedded/1", tip.context().beacon().bytes(), number));
    }

    private BlockEvents publish(Snapshot.Tip next, List<Event> events) {
        BlockContext context = next.context();
        BlockEvents told = new BlockEvents(context.height(), context.timeMillis(), events);
        synchronized (recent) {
            recent.addLast(told);
            if (recent.size() > EVENT_BLOCKS_MAX) {
                eventsFrom = recent.removeFirst().height() + 1;
            }
        }
        tip = next;
        return told;
    }

    private void failAll() {
        Work work = queue.poll();
        while (work != null) {
            switch (work) {
                case Work.Submission(var t, var bytes, var done) ->
                    done.completeExceptionally(new IOException(refusing));
                case Work.EmptyBlocks(int count, var done) -> done.completeExceptionally(new IOException(refusing));
                case Work.Stop stop -> {}
            }
            work = queue.poll();
        }
    }

    /** Before the first block. */
    static Snapshot.Tip genesis(Genesis genesis) {
        return new Snapshot.Tip(State.of(genesis), new BlockContext(1, 0, genesis.digest()));
    }

    static Genesis readGenesis(Path file) throws IOException {
        try {
            return Genesis.parse(Files.readAllBytes(file));
        } catch (MalformedException e) {
            throw new IOException(
                    file + " cannot be read: it is damaged, or of another version of this program. Move the folder "
                            + file.toAbsolutePath().getParent() + " away, or set ASSAY_HOME to another one",
                    e);
        }
    }
}
