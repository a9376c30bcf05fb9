package assay.ledger.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.BlockContext;
import assay.ledger.state.Genesis;
import assay.ledger.state.State;
import assay.ledger.state.State.Part;
import assay.ledger.state.StateMap;
import assay.ledger.state.Totals;
import assay.ledger.tx.RecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A state after a block as chunks of about a mebibyte: what is kept on disk beside the block log, and what
 * a machine that joins a network fetches.
 *
 * <p>The first chunk is the head: genesis digest (32), height (8), time (8), beacon (32), totals, state root
 * (32), number of maps (1), and each map's entry count (8). The others are a map's number (1), a count (4)
 * and so many entries, key and value; maps in the order of {@link Part}, keys ascending. Whoever reads it
 * computes the state root again, so a damaged or invented snapshot is never believed.
 */
public final class Snapshot {
    /** The longest chunk. */
    public static final int CHUNK_MAX = 1 << 22;

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int CHUNK_HEADER = 5;

    private Snapshot() {}

    /** A state and the context of the block that it is after. */
    public record Tip(State state, BlockContext context) {}

    /** Takes the chunks of a snapshot in order. */
    public interface Sink {
        /** The next chunk. */
        void chunk(byte[] chunk) throws IOException;
    }

    /** Writes the chunks of a state. Deterministic. */
    public static void write(Tip tip, Sink sink) throws IOException {
        State s = tip.state();
        Writer head = new Writer()
                .hash(s.genesisDigest())
                .i64(tip.context().height())
                .i64(tip.context().timeMillis())
                .hash(tip.context().beacon());
        RecordCodec.write(head, s.totals());
        head.hash(s.root()).u8(s.maps().size());
        s.maps().forEach(map -> head.i64(map.count()));
        sink.chunk(head.toBytes());
        try {
            for (Part part : Part.values()) {
                Chunks chunks = new Chunks(part.ordinal(), sink);
                s.maps().get(part.ordinal()).forEach(new byte[0], (key, value) -> chunks.add(key, (Record) value));
                chunks.flush();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Gathers the entries of a map. */
    private static final class Chunks {
        private final int part;
        private final Sink sink;
        private Writer entries = new Writer();
        private int count;

        Chunks(int part, Sink sink) {
            this.part = part;
            this.sink = sink;
        }

        void add(byte[] key, Record value) {
            RecordCodec.write(entries.bytes(key), value);
            count++;
            if (entries.size() >= CHUNK_BYTES) {
                flush();
            }
        }

        void flush() {
            if (count == 0) {
                return;
            }
            try {
                sink.chunk(new Writer()
                        .u8(part)
                        .u32(count)
                        .bytes(entries.toBytes())
                        .toBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            entries = new Writer();
            count = 0;
        }
    }

    /** Puts a state together from chunks that nobody vouches for. Not for several threads. */
    public static final class Restoring {
        private final Genesis genesis;
        private final List<StateMap.Builder<?>> builders = new ArrayList<>();
        private final List<Long> counts = new ArrayList<>();
        private BlockContext context;
        private Totals totals = Totals.ZERO;
        private Hash root;
        private int part;

        /** For the ledger of this genesis; {@code head} is the first chunk. */
        public Restoring(Genesis genesis, byte[] head) throws MalformedException {
            this.genesis = genesis;
            Reader in = new Reader(head);
            Hash found = in.hash();
            if (!found.equals(genesis.digest())) {
                throw new MalformedException("a snapshot of another genesis: " + found, 0);
            }
            long height = in.i64();
            if (height < 1) {
                throw new MalformedException("heights count from 1, got " + height, Hash.SIZE_BYTES);
            }
            context = new BlockContext(height, in.i64(), in.hash());
            totals = RecordCodec.read(in, Totals.class);
            root = in.hash();
            int maps = in.u8();
            if (maps != Part.values().length) {
                throw new MalformedException(
                        "a state has " + Part.values().length + " maps, got " + maps, in.offset() - 1);
            }
            for (Part each : Part.values()) {
                builders.add(each.builder());
                counts.add(in.i64());
            }
            in.end();
        }

        /** The block that the snapshot was taken after. */
        public long height() {
            return context.height();
        }

        /** The state root that it claims, and that {@link #finish} checks. */
        public Hash root() {
            return root;
        }

        /** Takes the next chunk. */
        public void accept(byte[] chunk) throws MalformedException {
            if (chunk.length > CHUNK_MAX) {
                throw new MalformedException("a chunk has at most " + CHUNK_MAX + " bytes", -1);
            }
            Reader in = new Reader(chunk);
            int number = in.u8();
            if (number < part || number >= builders.size()) {
                throw new MalformedException("a chunk of map " + number + " after one of map " + part, 0);
            }
            part = number;
            StateMap.Builder<?> builder = builders.get(part);
            int count = in.count(chunk.length - CHUNK_HEADER, 1);
            for (int i = 0; i < count; i++) {
                builder.read(in);
            }
            in.end();
        }

        /** The state, if it is whole, conserves the supply and has the root that the snapshot claims. */
        public Tip finish() throws MalformedException {
            List<StateMap<?>> maps = new ArrayList<>();
            long sum = totals.sumMicro();
            for (int i = 0; i < builders.size(); i++) {
                if (builders.get(i).count() != counts.get(i)) {
                    throw new MalformedException(
                            Part.values()[i] + ": " + counts.get(i) + " entries expected, got "
                                    + builders.get(i).count(),
                            -1);
                }
                StateMap<?> map = build(builders.get(i));
                sum += map.heldMicro();
                maps.add(map);
            }
            State state = State.of(genesis, context.height(), totals, maps);
            if (sum != state.supply().micro() || !state.root().equals(root)) {
                throw new MalformedException("the snapshot's contents do not have the state root that it names", -1);
            }
            return new Tip(state, context);
        }

        private static StateMap<?> build(StateMap.Builder<?> builder) throws MalformedException {
            try {
                return builder.build();
            } catch (ArithmeticException e) {
                throw new MalformedException("more money than there can be", -1);
            }
        }
    }
}
