package assay.engine.gguf;

import assay.core.base.MalformedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model file in GGUF version 2 or 3, little-endian, mapped into memory; one file or all the shards
 * of a split one ({@code NAME-00001-of-00005.gguf}, opened by the first).
 *
 * <p>{@link #open} checks all lengths, names, offsets and values before it returns, and allocates at
 * most tens of megabytes whatever the file says. Values are found by the key that the file has; an
 * accessor gives empty when the key is absent or holds another kind of value. Safe for use by many
 * threads. {@link #close} unmaps the file: tensors' bytes cannot be read after it. The file must not
 * shrink while it is open.
 */
public final class GgufFile implements AutoCloseable {
    private static final Pattern SHARD_NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
    private static final int SHARDS_MAX = 1_000;

    private final Arena arena;
    private final List<Path> paths;
    private final Metadata metadata;
    private final List<Tensor> tensors;
    private final TreeMap<String, Tensor> byName = new TreeMap<>();

    private GgufFile(Arena arena, List<Shard> shards) throws MalformedException {
        this.arena = arena;
        this.metadata = shards.getFirst().metadata();
        this.paths = shards.stream().map(Shard::path).toList();
        List<Tensor> all = new ArrayList<>();
        for (Shard shard : shards) {
            for (Tensor tensor : shard.tensors()) {
                if (byName.put(tensor.name(), tensor) != null) {
                    throw new MalformedException("tensor " + tensor.name() + " appears twice", -1);
                }
                all.add(tensor);
            }
        }
        this.tensors = List.copyOf(all);
        KnownKeys.check(metadata);
    }

    /**
     * Maps and checks the file.
     *
     * @throws MalformedException if its bytes are no GGUF file that this reader knows; the message
     *     says which tensor or key is at fault
     * @throws IOException if a file is missing or cannot be read
     */
    public static GgufFile open(Path path) throws IOException, MalformedException {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            Shard first = Shard.open(path, arena);
            List<Shard> shards = new ArrayList<>(List.of(first));
            addOtherShards(shards, arena);
            GgufFile file = new GgufFile(arena, shards);
            opened = true;
            return file;
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static void addOtherShards(List<Shard> shards, Arena arena) throws IOException, MalformedException {
        Shard first = shards.getFirst();
        long count = first.metadata().integer("split.count").orElse(1);
        if (count <= 1) {
            return;
        }
        if (count > SHARDS_MAX) {
            throw new MalformedException("split.count is " + count + ", at most " + SHARDS_MAX + " is allowed", -1);
        }
        String name = String.valueOf(first.path().getFileName());
        Matcher matcher = SHARD_NAME.matcher(name);
        if (!matcher.matches() || !matcher.group(3).equals(number(count))) {
            throw new MalformedException(
                    name + " is one of " + count + " shards, so its name must end in -00001-of-" + number(count)
                            + ".gguf",
                    -1);
        }
        if (first.metadata().integer("split.no").orElse(-1) != 0
                || !matcher.group(2).equals("00001")) {
            throw new MalformedException(
                    name + " is not the first shard: open " + matcher.group(1) + "-00001-of-" + number(count) + ".gguf",
                    -1);
        }
        for (int i = 1; i < count; i++) {
            String next = matcher.group(1) + "-" + number(i + 1) + "-of-" + number(count) + ".gguf";
            shards.add(shard(first.path().resolveSibling(next), i, count, arena));
        }
        checkTensorCount(shards);
    }

    private static String number(long n) {
        return String.format(Locale.ROOT, "%05d", n);
    }

    /** A shard after the first: it says which one it is, and holds tensors alone. */
    private static Shard shard(Path path, int index, long count, Arena arena) throws IOException, MalformedException {
        Shard shard = Shard.open(path, arena);
        Metadata metadata = shard.metadata();
        if (metadata.integer("split.no").orElse(-1) != index
                || metadata.integer("split.count").orElse(-1) != count) {
            throw new MalformedException(
                    path.getFileName() + " does not say that it is shard " + (index + 1) + " of " + count, -1);
        }
        for (String key : metadata.keys()) {
            if (!key.startsWith("split.") && !key.startsWith("general.")) {
                throw new MalformedException(
                        path.getFileName() + " has " + key + ", which belongs in the first shard", -1);
            }
        }
        return shard;
    }

    private static void checkTensorCount(List<Shard> shards) throws MalformedException {
        long total = 0;
        for (Shard shard : shards) {
            total += shard.tensors().size();
        }
        long said = shards.getFirst().metadata().integer("split.tensors.count").orElse(-1);
        if (said != total || total > Shard.TENSORS_MAX) {
            throw new MalformedException("the shards hold " + total + " tensors, split.tensors.count says " + said, -1);
        }
    }

    /** The files, first shard first. */
    public List<Path> paths() {
        return paths;
    }

    /** All tensors, in the order of the file's table. */
    public List<Tensor> tensors() {
        return tensors;
    }

    /** The tensor of this name. */
    public Optional<Tensor> tensor(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The kind of value that a key holds. */
    public Optional<ValueType> type(String key) {
        return metadata.type(key);
    }

    /** Number of elements of an array, 1 for another value, 0 for a key that is absent. */
    public long count(String key) {
        return metadata.count(key);
    }

    /** A string value. */
    public Optional<String> string(String key) {
        return metadata.string(key);
    }

    /** A whole number of any width and sign; it is never above 2^63 - 1. */
    public OptionalLong integer(String key) {
        return metadata.integer(key);
    }

    /** A 32-bit float; NaN and infinities are returned as they are. */
    public Optional<Float> float32(String key) {
        return metadata.float32(key);
    }

    /** A boolean. */
    public Optional<Boolean> bool(String key) {
        return metadata.bool(key);
    }

    /** An array of strings, at most 2^20 of them, decoded anew at each call. */
    public Optional<List<String>> strings(String key) {
        return metadata.strings(key);
    }

    /** An array of whole numbers, empty also if one of them needs more than 32 bits with sign. */
    public Optional<int[]> integers(String key) {
        return metadata.integers(key);
    }

    /** An array of 32-bit floats. */
    public Optional<float[]> floats(String key) {
        return metadata.floats(key);
    }

    /** All keys, in order of their characters. */
    public SortedSet<String> keys() {
        return metadata.keys();
    }

    /** Unmaps the file. */
    @Override
    public void close() {
        arena.close();
    }
}
