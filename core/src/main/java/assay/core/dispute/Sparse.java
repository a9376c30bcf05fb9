package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** A tree of any size of which only the touched leaves exist; every other subtree is a made-up hash. */
final class Sparse implements RangeProof.Subtrees {
    private final String name;
    final long size;
    private final LongFunction<Hash> leaf;
    private final TreeMap<Long, Hash> touched = new TreeMap<>();

    Sparse(String name, long size, LongFunction<Hash> leaf) {
        this.name = name;
        this.size = size;
        this.leaf = leaf;
    }

    void touch(long from, long to) {
        for (long i = from; i < to; i++) {
            touched.computeIfAbsent(i, leaf::apply);
        }
    }

    Hash root() {
        return of(0, size);
    }

    @Override
    public Hash of(long low, long high) {
        if (touched.subMap(low, high).isEmpty()) {
            return Hash.tagged(name, new Writer().i64(low).i64(high).toBytes());
        }
        if (high - low == 1) {
            return Objects.requireNonNull(touched.get(low));
        }
        long middle = low + Long.highestOneBit(high - low - 1);
        return assay.core.merkle.Merkle.node(of(low, middle), of(middle, high));
    }
}
