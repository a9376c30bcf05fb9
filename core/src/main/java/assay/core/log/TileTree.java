package assay.core.log;

import assay.core.base.Hash;
import assay.core.merkle.Merkle;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A log's tree read from its tiles: what a client that has no more than the tiles' bytes proves with.
 *
 * @param size leaves of the tree that the tiles describe
 * @param tiles bytes of a tile, {@code width * 32}
 */
public record TileTree(long size, Function<Tile, byte[]> tiles) implements Merkle.Nodes {
    @Override
    public Hash node(int level, long index) {
        int within = level % 8;
        long first = index << within;
        Tile tile = tile(level / 8, first / Tile.WIDTH);
        byte[] bytes = tiles.apply(tile);
        if (bytes.length != tile.width() * Hash.SIZE_BYTES) {
            throw new IllegalArgumentException(tile.path() + " has " + bytes.length + " bytes");
        }
        return subtree(bytes, (int) (first % Tile.WIDTH), 1 << within);
    }

    private Tile tile(int level, long index) {
        long nodes = size >> 8 * level;
        return new Tile(level, index, (int) Math.min(Tile.WIDTH, nodes - index * Tile.WIDTH));
    }

    private static Hash subtree(byte[] bytes, int from, int count) {
        if (count == 1) {
            return Hash.ofBytes(Arrays.copyOfRange(bytes, from * Hash.SIZE_BYTES, (from + 1) * Hash.SIZE_BYTES));
        }
        return Merkle.node(subtree(bytes, from, count / 2), subtree(bytes, from + count / 2, count / 2));
    }
}
