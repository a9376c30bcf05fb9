package assay.engine.gguf;

import assay.core.base.MalformedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One file of a model: header, metadata, tensor table, and the tensors' bytes.
 *
 * <p>Format: ggml's docs/gguf.md, versions 2 and 3, little-endian. The file is mapped, not read, so
 * tensors may lie beyond 2 GiB.
 */
record Shard(Path path, Metadata metadata, List<Tensor> tensors) {
    static final long TENSORS_MAX = 65_536;
    static final int NAME_BYTES_MAX = 64;
    static final int DIMENSIONS_MAX = 4;
    static final long ALIGNMENT_MAX = 1 << 20;

    private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;

    /** A row of the tensor table; {@code offset} counts from the start of the tensors' bytes. */
    private record Entry(String name, GgmlType type, long[] shape, long offset, long sizeBytes) {}

    /** Maps the file into {@code arena} and checks all of it but the weights themselves. */
    static Shard open(Path path, Arena arena) throws IOException, MalformedException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < 24) {
                throw new MalformedException("not a GGUF file: " + size + " bytes, the header alone has 24", 0);
            }
            return parse(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena));
        }
    }

    private static Shard parse(Path path, MemorySegment bytes) throws MalformedException {
        Cursor cursor = new Cursor(bytes, 0);
        checkVersion(cursor.int32("the magic"), cursor.int32("the version"));
        // The smallest entries possible bound both counts before anything is read.
        long left = bytes.byteSize();
        long tensorCount = cursor.count("the number of tensors", Math.min(TENSORS_MAX, left / 32));
        long keyCount = cursor.count("the number of keys", Math.min(Metadata.KEYS_MAX, left / 13));
        Metadata metadata = Metadata.parse(bytes, cursor, keyCount);
        List<Entry> entries = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            entries.add(entry(cursor, i));
        }
        long alignment = alignment(metadata);
        long start = (cursor.position() + alignment - 1) & -alignment;
        return new Shard(path, metadata, tensors(bytes, start, alignment, entries));
    }

    private static void checkVersion(int magic, int version) throws MalformedException {
        if (magic != MAGIC) {
            throw new MalformedException("not a GGUF file: it does not begin with \"GGUF\"", 0);
        }
        if ((version & 0xffff) == 0 && version != 0) {
            throw new MalformedException("a big-endian GGUF file, which is not supported", 4);
        }
        if (version != 2 && version != 3) {
            throw new MalformedException(
                    "GGUF version " + Integer.toUnsignedString(version) + " is not supported, only 2 and 3", 4);
        }
    }

    private static Entry entry(Cursor cursor, long index) throws MalformedException {
        long at = cursor.position();
        String name = cursor.string("the name of tensor " + index, NAME_BYTES_MAX);
        int dimensions = cursor.int32("the number of dimensions of " + name);
        if (dimensions < 1 || dimensions > DIMENSIONS_MAX) {
            throw new MalformedException(
                    name + " has " + Integer.toUnsignedString(dimensions) + " dimensions, 1 to 4 are possible", at);
        }
        long[] shape = new long[dimensions];
        for (int i = 0; i < dimensions; i++) {
            shape[i] = cursor.int64("the shape of " + name);
        }
        int id = cursor.int32("the type of " + name);
        GgmlType type = GgmlType.ofId(id)
                .orElseThrow(
                        () -> new MalformedException(name + " has unknown type " + Integer.toUnsignedString(id), at));
        return new Entry(name, type, shape, cursor.int64("the offset of " + name), size(name, type, shape, at));
    }

    private static long size(String name, GgmlType type, long[] shape, long at) throws MalformedException {
        if (type.removed()) {
            throw new MalformedException(name + " has type " + type + ", which ggml has removed", at);
        }
        long weights = 1;
        for (long length : shape) {
            // ggml, too, keeps the product of all dimensions below 2^63.
            if (length < 1 || weights > (Long.MAX_VALUE >> 8) / length) {
                throw new MalformedException(
                        name + " has an impossible dimension " + Long.toUnsignedString(length), at);
            }
            weights *= length;
        }
        if (shape[0] % type.blockWeights != 0) {
            throw new MalformedException(
                    name + " has rows of " + shape[0] + " weights, not a multiple of " + type.blockWeights + " as type "
                            + type + " needs",
                    at);
        }
        return Math.multiplyExact(weights / type.blockWeights, (long) type.blockBytes);
    }

    private static long alignment(Metadata metadata) throws MalformedException {
        String key = "general.alignment";
        if (metadata.type(key).isEmpty()) {
            return 32;
        }
        long alignment = metadata.integer(key).orElse(0);
        if (alignment < 8 || alignment > ALIGNMENT_MAX || Long.bitCount(alignment) != 1) {
            throw new MalformedException(key + " is no power of two from 8 to " + ALIGNMENT_MAX, -1);
        }
        return alignment;
    }

    private static List<Tensor> tensors(MemorySegment bytes, long start, long alignment, List<Entry> entries)
            throws MalformedException {
        long room = Math.max(0, bytes.byteSize() - start);
        List<Tensor> tensors = new ArrayList<>(entries.size());
        for (Entry e : entries) {
            if (e.offset < 0 || e.offset % alignment != 0) {
                throw new MalformedException(
                        e.name + " begins at " + Long.toUnsignedString(e.offset) + ", not a multiple of " + alignment,
                        -1);
            }
            if (e.sizeBytes > room || e.offset > room - e.sizeBytes) {
                throw new MalformedException(
                        e.name + " needs " + e.sizeBytes + " bytes from " + e.offset + ", the file has " + room, -1);
            }
            tensors.add(new Tensor(e.name, e.type, e.shape, bytes.asSlice(start + e.offset, e.sizeBytes)));
        }
        refuseOverlap(entries);
        return List.copyOf(tensors);
    }

    private static void refuseOverlap(List<Entry> entries) throws MalformedException {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::offset));
        for (int i = 1; i < sorted.size(); i++) {
            Entry before = sorted.get(i - 1);
            Entry after = sorted.get(i);
            if (before.offset + before.sizeBytes > after.offset) {
                throw new MalformedException(before.name + " and " + after.name + " overlap", -1);
            }
        }
    }
}
