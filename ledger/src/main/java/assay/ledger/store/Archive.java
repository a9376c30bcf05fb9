package assay.ledger.store;

import assay.ledger.state.Genesis;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a folder remembers of a ledger: snapshots of the state, and every block since the oldest of them.
 *
 * <p>A block is on the disk before {@link #append} returns. Snapshots are taken beside the work, since a
 * state never changes. The log is dropped up to the oldest snapshot, and only while there are as many as are to
 * be kept, each read again after it was written: one that is damaged later costs nothing but a longer start.
 *
 * <p>For one thread.
 */
final class Archive implements AutoCloseable {
    /**
     * How much is kept.
     *
     * @param logBytes a snapshot is taken when so much log was written since the last, or as much as the last
     *     one was long if that is more
     * @param snapshots how many are kept, 2 at least
     */
    record Keeping(long logBytes, int snapshots) {
        static final Keeping DEFAULT = new Keeping(1 << 24, 3);

        Keeping {
            if (snapshots < 2) {
                throw new IllegalArgumentException("at least two snapshots, got " + snapshots);
            }
        }
    }

    private final Folder folder;
    private final Keeping keeping;
    private final Snapshots snapshots;
    private final Blocks blocks;
    private @Nullable Thread taking;
    private volatile long snapshotBytes;
    private volatile long prunable;
    private volatile String trouble = "";

    private Archive(Folder folder, Keeping keeping, Snapshots snapshots, Blocks blocks) {
        this.folder = folder;
        this.keeping = keeping;
        this.snapshots = snapshots;
        this.blocks = blocks;
    }

    /** Receives what a folder remembers when it is opened. */
    interface Visitor {
        /** The newest snapshot that is whole; not called if there is none. */
        void snapshot(Snapshot.Tip tip);

        /** Each block after it, encoded, in order. */
        void block(byte[] block) throws IOException;
    }

    /** Opens the archive in a folder of this genesis, or begins one. */
    static Archive open(Folder folder, Genesis genesis, Keeping keeping, Visitor visitor) throws IOException {
        Snapshots snapshots = new Snapshots(folder.dir());
        Optional<Snapshot.Tip> newest = snapshots.newest(genesis);
        newest.ifPresent(visitor::snapshot);
        long height = newest.map(tip -> tip.context().height()).orElse(0L);
        Blocks blocks = Blocks.open(folder.dir(), genesis.digest(), height, visitor::block);
        Archive archive = new Archive(folder, keeping, snapshots, blocks);
        archive.snapshotBytes = newest.isPresent() ? snapshots.sizeBytes(height) : 0;
        return archive;
    }

    /** Writes a block to the disk. */
    void append(byte[] block) throws IOException {
        blocks.append(block);
    }

    /** Takes a snapshot of the last block's state if it is time, and drops the log that none needs. */
    void keep(Snapshot.Tip last) throws IOException {
        boolean busy = taking != null && taking.isAlive();
        if (!busy && blocks.lastBytes() >= Math.max(keeping.logBytes, snapshotBytes)) {
            blocks.roll(last.context().height() + 1);
            taking = Thread.ofPlatform().daemon().name("ledger-snapshot").start(() -> take(last));
        }
        blocks.pruneTo(prunable);
    }

    /** The snapshots. */
    Snapshots snapshots() {
        return snapshots;
    }

    /** Goes on from a state that others gave, whose root the caller trusts: nothing of our own came before. */
    void adopt(Snapshot.Tip tip) throws IOException {
        snapshots.write(tip);
        blocks.roll(tip.context().height() + 1);
    }

    /** Why the last snapshot was not taken; empty while all is well. The log is then kept for longer. */
    String trouble() {
        return trouble;
    }

    /** Gives up a snapshot that is being taken, since the log says everything, and releases the folder. */
    @Override
    public void close() throws IOException {
        boolean interrupted = false;
        while (taking != null && taking.isAlive()) {
            taking.interrupt();
            try {
                taking.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        blocks.close();
        folder.close();
    }

    private void take(Snapshot.Tip tip) {
        try {
            snapshots.write(tip);
            snapshotBytes = snapshots.sizeBytes(tip.context().height());
            snapshots.keep(keeping.snapshots);
            List<Long> kept = snapshots.heights();
            if (kept.size() >= keeping.snapshots) {
                prunable = kept.getLast();
            }
            trouble = "";
        } catch (IOException e) {
            trouble = "no snapshot was taken after block " + tip.context().height() + ": " + e.getMessage();
        }
    }
}
