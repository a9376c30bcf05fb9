package assay.ledger.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.ledger.BlockContext;
import assay.ledger.CheckedTransaction;
import assay.ledger.Event;
import assay.ledger.Ledger;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.tx.Ids;
import assay.ledger.tx.RecordCodec;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.TransactionCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One machine's copy of a ledger whose blocks others agree on: what a consensus engine asks of the state
 * machine, in the ledger's own words.
 *
 * <p>A block is {@link #finish finished}, which changes nothing that lasts and may be repeated, and then
 * {@link #commit committed}, after which it is on the disk. The block log is the same as the embedded
 * ledger's. Safe for many threads; one at a time changes anything.
 */
public final class ReplicatedLedger implements AutoCloseable {
    private static final String GENESIS_FILE = "genesis";
    /** Of transactions that were looked at: about 100,000 short ones. */
    private static final long SEEN_MAX_BYTES = 128L << 20;

    /** States are shared but for what a block changed: a few more cost little. */
    private static final int RECENT_MAX = 32;

    private final Archive archive;
    private final CheckPool pool;
    private final SeenTransactions seen = new SeenTransactions(SEEN_MAX_BYTES);
    private final Deque<State> recent = new ArrayDeque<>();
    private volatile Snapshot.Tip tip;
    private State waiting;
    private @Nullable Pending pending;
    private @Nullable Joining joining;

    /** What a look at one transaction says. */
    public sealed interface Seen {
        /** It may be applied, or was. */
        record Accepted(CheckedTransaction transaction) implements Seen {}

        /** The protocol says no. */
        record Refused(Reason reason) implements Seen {}

        /** Not the bytes of a transaction. */
        record Malformed(String why) implements Seen {}
    }

    /**
     * A block that was applied but is not on the disk.
     *
     * @param results what became of each transaction, in order
     * @param root the state root after it
     * @param powers of validators whose power it changed, by consensus key; 0 for one that left
     * @param events what happened in it
     */
    public record Finished(List<Seen> results, Hash root, SortedMap<Hash, Long> powers, List<Event> events) {
        /** Copies the lists. */
        public Finished {
            results = List.copyOf(results);
            powers = Collections.unmodifiableSortedMap(new TreeMap<>(powers));
            events = List.copyOf(events);
        }
    }

    private record Pending(Snapshot.Tip tip, byte[] block) {}

    private record Joining(long height, int chunks, Hash root, Snapshot.@Nullable Restoring restoring, int next) {}

    private ReplicatedLedger(Archive archive, Snapshot.Tip tip, int threads) {
        this.archive = archive;
        this.tip = tip;
        waiting = tip.state();
        pool = new CheckPool(threads);
    }

    /** Puts the genesis of a network into a folder that has none; one that is there must be the same. */
    public static void begin(Path dir, Genesis genesis) throws IOException {
        try (Folder folder = Folder.lock(dir)) {
            Path file = folder.file(GENESIS_FILE);
            if (!Files.exists(file)) {
                folder.write(GENESIS_FILE, RecordCodec.encode(genesis));
            } else if (!EmbeddedLedger.readGenesis(file).equals(genesis)) {
                throw new IOException(dir + " holds the ledger of another genesis");
            }
        }
    }

    /** Opens the copy in this folder; {@code threads} look at the signatures of a block. */
    public static ReplicatedLedger open(Path dir, int threads) throws IOException {
        return open(dir, threads, Archive.Keeping.DEFAULT);
    }

    /** The same, with a snapshot after so many bytes of log, or as many as the last snapshot had. */
    public static ReplicatedLedger open(Path dir, int threads, long snapshotLogBytes) throws IOException {
        return open(dir, threads, new Archive.Keeping(snapshotLogBytes, Archive.Keeping.DEFAULT.snapshots()));
    }

    private static ReplicatedLedger open(Path dir, int threads, Archive.Keeping keeping) throws IOException {
        Folder folder = Folder.lock(dir);
        try {
            Genesis genesis = EmbeddedLedger.readGenesis(folder.file(GENESIS_FILE));
            Replay replay = new Replay(EmbeddedLedger.genesis(genesis));
            Archive archive = Archive.open(folder, genesis, keeping, new Archive.Visitor() {
                @Override
                public void snapshot(Snapshot.Tip found) {
                    replay.snapshot(found);
                }

                @Override
                public void block(byte[] block) throws IOException {
                    replay.block(block);
                }
            });
            replay.checkRoot();
            return new ReplicatedLedger(archive, replay.tip(), threads);
        } catch (IOException | RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    /** The state after the last block that is on the disk. */
    public State state() {
        return tip.state();
    }

    /** The state after this block, if it is the last one or one of the few before it that are remembered. */
    public Optional<State> state(long height) {
        State newest = state();
        if (height == newest.height()) {
            return Optional.of(newest);
        }
        synchronized (recent) {
            return recent.stream().filter(s -> s.height() == height).findFirst();
        }
    }

    private void remember(State s) {
        synchronized (recent) {
            recent.addLast(s);
            if (recent.size() > RECENT_MAX) {
                recent.removeFirst();
            }
        }
    }

    /** The last block's context; of no meaning before the first. */
    public BlockContext context() {
        return tip.context();
    }

    /** Whether a transaction may wait for a block: after those that wait already. */
    public Seen check(byte[] bytes) {
        Seen look = look(List.of(bytes)).getFirst();
        if (!(look instanceof Seen.Accepted(CheckedTransaction transaction))) {
            return look;
        }
        synchronized (this) {
            return switch (Ledger.apply(waiting, transaction, next(waiting, tip))) {
                case Outcome.Rejected(Reason reason) -> new Seen.Refused(reason);
                case Outcome.Applied(State state, var events) -> {
                    waiting = state;
                    yield look;
                }
            };
        }
    }

    /** Why the newest state refuses a transaction, if it does: as if it came first in the next block. */
    public Optional<Reason> refusal(SignedTransaction transaction) {
        Snapshot.Tip now = tip;
        return Ledger.apply(now.state(), transaction, next(now.state(), now)) instanceof Outcome.Rejected(Reason reason)
                ? Optional.of(reason)
                : Optional.empty();
    }

    /** The block after a state, as far as it is known: no rule that refuses a transaction looks at its beacon. */
    private static BlockContext next(State state, Snapshot.Tip last) {
        return new BlockContext(state.height() + 1, last.context().timeMillis(), Ids.NONE);
    }

    /**
     * Of these transactions, those for a block: that can be applied, in this order, as many as there is room for.
     *
     * @param bytesMax the room, with {@code overheadBytes} for each besides its own length
     */
    public List<byte[]> propose(long timeMillis, List<byte[]> transactions, long bytesMax, int overheadBytes) {
        List<Seen> looks = look(transactions);
        List<byte[]> out = new ArrayList<>();
        State s = state();
        BlockContext block = new BlockContext(s.height() + 1, timeMillis, Ids.NONE);
        long left = bytesMax;
        for (int i = 0; i < looks.size() && out.size() < Block.TRANSACTIONS_MAX; i++) {
            long size = (long) transactions.get(i).length + overheadBytes;
            if (size <= left
                    && looks.get(i) instanceof Seen.Accepted(CheckedTransaction t)
                    && Ledger.apply(s, t, block) instanceof Outcome.Applied(State next, var events)) {
                s = next;
                left -= size;
                out.add(transactions.get(i));
            }
        }
        return out;
    }

    /** Whether a proposed block is one that an honest proposer makes: every transaction in it applies. */
    public boolean accepts(BlockContext block, List<byte[]> transactions) {
        if (transactions.size() > Block.TRANSACTIONS_MAX || block.height() != state().height() + 1) {
            return false;
        }
        State s = state();
        for (Seen look : look(transactions)) {
            if (!(look instanceof Seen.Accepted(CheckedTransaction t)
                    && Ledger.apply(s, t, block) instanceof Outcome.Applied(State next, var events))) {
                return false;
            }
            s = next;
        }
        return true;
    }

    /** Applies a decided block to the last committed state. What cannot be applied is left out. */
    public synchronized Finished finish(BlockContext block, List<byte[]> transactions) {
        State s = state();
        List<Seen> results = new ArrayList<>();
        List<byte[]> applied = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        List<Seen> looks = look(transactions);
        for (int i = 0; i < looks.size(); i++) {
            Seen result = looks.get(i);
            if (result instanceof Seen.Accepted(CheckedTransaction t)) {
                switch (Ledger.apply(s, t, block)) {
                    case Outcome.Rejected(Reason reason) -> result = new Seen.Refused(reason);
                    case Outcome.Applied(State next, List<Event> told) -> {
                        s = next;
                        applied.add(transactions.get(i));
                        events.addAll(told);
                    }
                }
            }
            results.add(result);
        }
        Outcome.Applied settled = Ledger.settle(s, block, Block.isFull(applied));
        events.addAll(settled.events());
        State end = settled.next();
        pending = new Pending(new Snapshot.Tip(end, block), Block.encode(block, applied, end.root()));
        return new Finished(results, end.root(), powers(state(), end), events);
    }

    /** What changed between two states: each key once, so that an engine can take it over as it is. */
    private static SortedMap<Hash, Long> powers(State before, State after) {
        SortedMap<Hash, Long> changed = new TreeMap<>();
        if (before.validators().root().equals(after.validators().root())) {
            return changed;
        }
        SortedMap<Hash, Long> old = new TreeMap<>();
        before.validators().forEach(Key.ANY, (key, v) -> old.put(v.consensusKey(), v.power()));
        after.validators().forEach(Key.ANY, (key, v) -> changed.put(v.consensusKey(), v.power()));
        old.forEach((key, power) -> {
            if (!changed.containsKey(key)) {
                changed.put(key, 0L);
            } else if (changed.get(key).equals(power)) {
                changed.remove(key);
            }
        });
        return changed;
    }

    /** Puts the finished block on the disk. */
    public synchronized void commit() throws IOException {
        Pending last = pending;
        if (last == null) {
            throw new IllegalStateException("no block was finished");
        }
        archive.append(last.block);
        remember(tip.state());
        tip = last.tip;
        waiting = tip.state();
        pending = null;
        archive.keep(tip);
    }

    /** A snapshot that others may fetch. */
    public record Offer(long height, int chunks, Hash digest) {}

    /** The snapshots in this folder, newest first. */
    public List<Offer> offers() throws IOException {
        List<Offer> out = new ArrayList<>();
        for (long height : archive.snapshots().heights()) {
            List<byte[]> digests = new ArrayList<>();
            try {
                Snapshots.read(
                        archive.snapshots().file(height),
                        chunk -> digests.add(Hash.sha256(chunk).bytes()));
                out.add(new Offer(height, digests.size(), Hash.sha256(digests.toArray(byte[][]::new))));
            } catch (MalformedException | NoSuchFileException damagedOrGone) {
                // Not offered.
            }
        }
        return out;
    }

    /** A chunk of a snapshot; empty if it is not here any more. */
    public byte[] chunk(long height, int index) throws IOException {
        List<byte[]> found = new ArrayList<>();
        int[] at = {0};
        try {
            Snapshots.read(archive.snapshots().file(height), chunk -> {
                if (at[0]++ == index) {
                    found.add(chunk);
                }
            });
        } catch (MalformedException | NoSuchFileException gone) {
            return new byte[0];
        }
        return found.isEmpty() ? new byte[0] : found.getFirst();
    }

    /** Begins to take over a snapshot whose state must have this root; only a ledger without blocks does. */
    public synchronized boolean join(long height, int chunks, Hash root) {
        if (state().height() != 0 || chunks < 1) {
            return false;
        }
        joining = new Joining(height, chunks, root, null, 0);
        return true;
    }

    /** Takes the next chunk, and with the last one the state; a snapshot that is wrong is forgotten. */
    public synchronized void join(int index, byte[] chunk) throws MalformedException, IOException {
        Joining now = joining;
        joining = null;
        if (now == null || index != now.next) {
            throw new MalformedException("chunk " + index + " out of order", -1);
        }
        Snapshot.Restoring restoring = now.restoring;
        if (restoring == null) {
            restoring = new Snapshot.Restoring(state().genesis(), chunk);
            if (restoring.height() != now.height || !restoring.root().equals(now.root)) {
                throw new MalformedException("the snapshot is not of block " + now.height + " with its root", -1);
            }
        } else {
            restoring.accept(chunk);
        }
        if (index + 1 < now.chunks) {
            joining = new Joining(now.height, now.chunks, now.root, restoring, index + 1);
            return;
        }
        Snapshot.Tip found = restoring.finish();
        archive.adopt(found);
        tip = found;
        waiting = found.state();
    }

    @Override
    public synchronized void close() throws IOException {
        pool.close();
        archive.close();
    }

    /** Reads transactions and looks at their signatures, each once. */
    private List<Seen> look(List<byte[]> transactions) {
        List<Seen> out = new ArrayList<>();
        List<Hash> keys = new ArrayList<>();
        List<Integer> fresh = new ArrayList<>();
        List<SignedTransaction> parsed = new ArrayList<>();
        for (byte[] bytes : transactions) {
            Hash key = Hash.sha256(bytes);
            keys.add(key);
            Seen known = seen.find(key).orElse(new Seen.Malformed(""));
            if (known instanceof Seen.Malformed) {
                try {
                    parsed.add(TransactionCodec.parse(bytes));
                    fresh.add(out.size());
                } catch (MalformedException e) {
                    known = new Seen.Malformed(String.valueOf(e.getMessage()));
                }
            }
            out.add(known);
        }
        List<Ledger.Check> checks = pool.check(parsed, state().genesis().chainId());
        for (int i = 0; i < checks.size(); i++) {
            Seen found =
                    switch (checks.get(i)) {
                        case Ledger.Check.Refused(Reason reason) -> new Seen.Refused(reason);
                        case Ledger.Check.Accepted(CheckedTransaction t) -> new Seen.Accepted(t);
                    };
            int at = fresh.get(i);
            out.set(at, found);
            seen.put(keys.get(at), found, transactions.get(at).length);
        }
        return out;
    }
}
