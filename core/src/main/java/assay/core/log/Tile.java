package assay.core.log;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.merkle.Merkle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tile of a log (C2SP tlog-tiles): {@code width} consecutive digests of level {@code 8 * level},
 * starting at {@code index * 256}; its level -1 holds the entries themselves.
 *
 * @param level 0 to 7, or -1 for entries
 * @param index number within the level
 * @param width 1 to 256; below 256 the tile is partial, at the log's right edge
 */
public record Tile(int level, long index, int width) {
    /** Digests of a full tile. */
    public static final int WIDTH = 256;

    /** Level of the tiles that hold entries. */
    public static final int ENTRIES = -1;

    private static final int HEIGHT = 8;
    private static final Pattern PATH =
            Pattern.compile("tile/(entries|[0-7])/((?:x[0-9]{3}/)*[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

    /** Checks ranges. */
    public Tile {
        if (level < ENTRIES || level > 7 || index < 0 || index > Merkle.MAX_SIZE || width < 1 || width > WIDTH) {
            throw new IllegalArgumentException("no tile at level " + level + ", " + index + ", width " + width);
        }
    }

    /** The path under the log's prefix: {@code tile/0/x001/x234/067.p/8}. */
    public String path() {
        StringBuilder number = new StringBuilder(String.format(Locale.ROOT, "%03d", index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            number.insert(0, String.format(Locale.ROOT, "x%03d/", rest % 1000));
        }
        String place = "tile/" + (level == ENTRIES ? "entries" : level) + "/" + number;
        return width == WIDTH ? place : place + ".p/" + width;
    }

    /** The tile at this path. */
    public static Tile parse(String path) throws MalformedException {
        Matcher m = PATH.matcher(path);
        if (path.length() > 64 || !m.matches()) {
            throw new MalformedException("not a tile's path", -1);
        }
        try {
            long index = Long.parseLong(m.group(2).replaceAll("[x/]", ""));
            int width = m.group(3) == null ? WIDTH : Integer.parseInt(m.group(3));
            Tile tile = new Tile(m.group(1).equals("entries") ? ENTRIES : Integer.parseInt(m.group(1)), index, width);
            if (tile.path().equals(path)) {
                return tile;
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not a tile's path: " + e.getMessage(), -1);
        }
        throw new MalformedException("not a tile's path: another spelling of one", -1);
    }

    /** Tiles to publish when a log grows, of all levels and of entries: those that are new or wider. */
    public static List<Tile> between(long oldSize, long newSize) {
        if (oldSize < 0 || oldSize > newSize || newSize > Merkle.MAX_SIZE) {
            throw new IllegalArgumentException("a log does not grow from " + oldSize + " to " + newSize);
        }
        List<Tile> tiles = new ArrayList<>();
        for (int level = ENTRIES; level < 8; level++) {
            int shift = HEIGHT * Math.max(0, level);
            long from = oldSize >> shift;
            long to = newSize >> shift;
            for (long start = from - from % WIDTH; from < to && start < to; start += WIDTH) {
                tiles.add(new Tile(level, start / WIDTH, (int) Math.min(WIDTH, to - start)));
            }
        }
        return tiles;
    }

    /** The digests of this tile, one after another. */
    public byte[] hashes(Merkle.Nodes tree) {
        byte[] out = new byte[width * Hash.SIZE_BYTES];
        for (int i = 0; i < width; i++) {
            byte[] node = tree.node(HEIGHT * level, index * WIDTH + i).bytes();
            System.arraycopy(node, 0, out, i * Hash.SIZE_BYTES, Hash.SIZE_BYTES);
        }
        return out;
    }

    /** An entry bundle: for each leaf its length as a big-endian 16-bit integer, and its bytes. */
    public static byte[] entries(List<Leaf> leaves) {
        byte[] out = new byte[leaves.size() * (2 + Leaf.SIZE_BYTES)];
        int at = 0;
        for (Leaf leaf : leaves) {
            out[at + 1] = Leaf.SIZE_BYTES;
            System.arraycopy(leaf.encode(), 0, out, at + 2, Leaf.SIZE_BYTES);
            at += 2 + Leaf.SIZE_BYTES;
        }
        return out;
    }
}
