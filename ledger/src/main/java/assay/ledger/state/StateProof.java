package assay.ledger.state;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.tx.RecordCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * That a key has a value, or none, in the state with a given root.
 *
 * <p>It shows the one leaf to which the key's bits lead. If that leaf has the key, its value is the
 * key's; if it has another key, the key is absent, since in a crit-bit trie the bits of a present key
 * lead to itself.
 *
 * @param header what the state root is the digest of: {@link State#header}
 * @param part which map
 * @param leafKey the leaf's key; empty for an empty map
 * @param leafValue its value's bytes, as {@link RecordCodec} writes them
 * @param leafMicro the money in it, micro-units
 * @param path from the leaf to the map's root, deepest first
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StateProof(
        byte[] header, State.Part part, byte[] leafKey, byte[] leafValue, long leafMicro, List<StateMap.Step> path) {

    /** The longest part of a proof. */
    private static final int PART_MAX = 1 << 20;

    private static final int MAPS_AT = Hash.SIZE_BYTES + 8 + RecordCodec.encode(Totals.ZERO).length;
    private static final int MAP_BYTES = 8 + 8 + Hash.SIZE_BYTES;

    /** What a proof shows. */
    public sealed interface Shown {
        /** The key has the value with these bytes. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Present(byte[] value) implements Shown {}

        /** The key has no value. */
        record Absent() implements Shown {}

        /** Nothing: the proof is not one for this root and key. */
        record Nothing(String why) implements Shown {}
    }

    /**
     * The proof as bytes, little-endian: header, map (1), leaf key, leaf value, leaf money (8), count (4) of
     * steps, and for each bit (4), money (8) and digest; header, key and value after their lengths (4).
     */
    public byte[] encode() {
        Writer out = new Writer().blob(header).u8(part.ordinal()).blob(leafKey).blob(leafValue);
        out.i64(leafMicro).u32(path.size());
        path.forEach(step -> out.u32(step.bit()).i64(step.otherMicro()).hash(step.other()));
        return out.toBytes();
    }

    /** The proof in exactly these bytes. */
    public static StateProof parse(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        byte[] header = in.blob(PART_MAX);
        int number = in.u8();
        if (number >= State.Part.values().length) {
            throw new MalformedException("no map has number " + number, in.offset() - 1);
        }
        byte[] leafKey = in.blob(PART_MAX);
        byte[] leafValue = in.blob(PART_MAX);
        long leafMicro = in.i64();
        int count = in.count(PART_MAX, Integer.BYTES + Long.BYTES + Hash.SIZE_BYTES);
        List<StateMap.Step> path = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            path.add(new StateMap.Step(in.i32(), in.i64(), in.hash()));
        }
        in.end();
        return new StateProof(header, State.Part.values()[number], leafKey, leafValue, leafMicro, path);
    }

    /** Proves what the state's map says of a key. */
    public static StateProof prove(State s, State.Part part, byte[] key) {
        StateMap<?> in = s.maps().get(part.ordinal());
        Optional<byte[]> nearest = in.nearestKey(key);
        if (nearest.isEmpty()) {
            return new StateProof(s.header(), part, Key.ANY, Key.ANY, 0, List.of());
        }
        Record value = (Record) in.get(nearest.get()).orElseThrow();
        return new StateProof(
                s.header(), part, nearest.get(), RecordCodec.encode(value), ((Entry) value).heldMicro(), in.path(key));
    }

    /** What this proof shows of the key in the state with this root. Total. */
    public Shown check(Hash root, byte[] key) {
        if (!State.root(header).equals(root)) {
            return new Shown.Nothing("the header is not that of the root");
        }
        int mapAt = MAPS_AT + part.ordinal() * MAP_BYTES;
        if (mapAt + MAP_BYTES > header.length) {
            return new Shown.Nothing("the header is too short");
        }
        try {
            Reader in = new Reader(Arrays.copyOfRange(header, mapAt + 8, mapAt + MAP_BYTES));
            return check(in.i64(), in.hash(), key);
        } catch (MalformedException e) {
            return new Shown.Nothing("the header is too short");
        }
    }

    private Shown check(long mapMicro, Hash mapRoot, byte[] key) {
        if (leafKey.length == 0) {
            boolean empty = path.isEmpty() && mapRoot.equals(StateMap.emptyRoot());
            return empty ? new Shown.Absent() : new Shown.Nothing("the map is not empty");
        }
        if (leafKey.length != key.length) {
            return new Shown.Nothing("the leaf's key has another length");
        }
        Hash digest = StateMap.leafDigest(leafKey, leafValue);
        long micro = leafMicro;
        int below = 8 * key.length;
        for (StateMap.Step step : path) {
            if (step.bit() < 0 || step.bit() >= below) {
                return new Shown.Nothing("the path's bits do not fall");
            }
            below = step.bit();
            boolean right = StateMap.bit(key, step.bit());
            if (right != StateMap.bit(leafKey, step.bit())) {
                return new Shown.Nothing("the key does not lead to the leaf");
            }
            digest = right
                    ? StateMap.branchDigest(step.bit(), step.otherMicro(), step.other(), micro, digest)
                    : StateMap.branchDigest(step.bit(), micro, digest, step.otherMicro(), step.other());
            micro += step.otherMicro();
        }
        if (!digest.equals(mapRoot) || micro != mapMicro) {
            return new Shown.Nothing("the path does not lead to the map's root");
        }
        return Arrays.equals(leafKey, key) ? new Shown.Present(leafValue) : new Shown.Absent();
    }
}
