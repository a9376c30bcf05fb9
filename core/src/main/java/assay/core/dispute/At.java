package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.program.ProgramHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a dispute has come: what the node has to show, or the challenger to choose from. Everything before it is
 * agreed, so it holds all that the rest of the dispute needs. docs/protocol/dispute.md.
 */
public sealed interface At {
    /** The most parts that one move shows. */
    int PARTS_MAX = 2048;

    /** Whose turn it is. */
    default boolean isNodesTurn() {
        return switch (this) {
            case Start a -> true;
            case Text a -> true;
            case Subtree a -> true;
            case Operation a -> true;
            case Element a -> true;
            case Condition a -> true;
            case Opened a -> false;
            case Pieces a -> false;
            case Shown a -> false;
            case TensorPieces a -> false;
            case TensorValues a -> false;
        };
    }

    /** Parts that the challenger may choose from; 0 on the node's turn. */
    default int partCount() {
        return switch (this) {
            case Opened a ->
                1 + a.choices().stream().mapToInt(c -> c.trees().size()).sum();
            case Pieces a -> a.parts().size();
            case Shown a -> a.at().roots().size();
            case TensorPieces a -> a.parts().size();
            case TensorValues a -> a.values().length;
            case Start a -> 0;
            case Text a -> 0;
            case Subtree a -> 0;
            case Operation a -> 0;
            case Element a -> 0;
            case Condition a -> 0;
        };
    }

    /** The node shows what the root is made of. */
    record Start() implements At {}

    /** The challenger chooses: 0 the text, then the trees, choice by choice. */
    record Opened(Head head, List<Trees> choices) implements At {
        /** Copies the list. */
        public Opened {
            choices = List.copyOf(choices);
        }

        /** The program in outline. */
        public ProgramHeader program() {
            return head.header();
        }
    }

    /** The node shows that text, ids and bill follow from the request. */
    record Text(Head head, List<Trees> choices) implements At {
        /** Copies the list. */
        public Text {
            choices = List.copyOf(choices);
        }

        /** The program in outline. */
        public ProgramHeader program() {
            return head.header();
        }
    }

    /** The node shows the pieces of a subtree, or what a leaf commits to. */
    record Subtree(Head head, Branch branch, int low, int high, Hash node) implements At {}

    /** The challenger chooses a piece. */
    record Pieces(Head head, Branch branch, int low, int high, List<Hash> parts) implements At {
        /** Copies the list. */
        public Pieces {
            parts = List.copyOf(parts);
        }
    }

    /** The challenger chooses an operation. */
    record Shown(Head head, LeafAt at) implements At {}

    /** The node shows the pieces of blocks [low, high) of a tensor, or their values. */
    record Operation(Head head, LeafAt at, int op, long low, long high, Hash node) implements At {}

    /** The challenger chooses a piece of a tensor. */
    record TensorPieces(Head head, LeafAt at, int op, long low, long high, List<Hash> parts) implements At {
        /** Copies the list. */
        public TensorPieces {
            parts = List.copyOf(parts);
        }
    }

    /** The challenger chooses a value, of those from {@code first} on. */
    @SuppressWarnings("ArrayRecordComponent") // compared by its encoding
    record TensorValues(Head head, LeafAt at, int op, long first, long[] values) implements At {}

    /** The node proves that an operation's value is this one. */
    record Element(Head head, LeafAt at, int op, long index, long claimed) implements At {}

    /** The node proves that a condition holds. */
    record Condition(Head head, LeafAt at, int op) implements At {}

    /**
     * A choice's trees, by root.
     *
     * @param steps positions
     * @param ids root over the ids of all positions and the last one picked
     * @param trees layers, last residuals, tokens; none where there are no steps
     */
    record Trees(int steps, Hash ids, List<Hash> trees) {
        /** Copies the list. */
        public Trees {
            trees = List.copyOf(trees);
        }

        void write(Writer out) {
            out.u32(steps).hash(ids);
            writeAll(out, trees);
        }

        static Trees read(Reader in) throws MalformedException {
            return new Trees(in.count(1 << 24, 0), in.hash(), readAll(in));
        }
    }

    /** Its one encoding. */
    default byte[] encode() {
        Writer out = new Writer();
        switch (this) {
            case Start a -> out.u8(0);
            case Opened a -> {
                a.head.write(out.u8(1));
                writeTrees(out, a.choices);
            }
            case Text a -> {
                a.head.write(out.u8(2));
                writeTrees(out, a.choices);
            }
            case Subtree a -> {
                a.head.write(out.u8(3));
                a.branch.write(out);
                out.u32(a.low).u32(a.high).hash(a.node);
            }
            case Pieces a -> {
                a.head.write(out.u8(4));
                a.branch.write(out);
                writeAll(out.u32(a.low).u32(a.high), a.parts);
            }
            case Shown a -> {
                a.head.write(out.u8(5));
                a.at.write(out);
            }
            case Operation a -> {
                a.head.write(out.u8(6));
                a.at.write(out);
                out.u8(a.op).i64(a.low).i64(a.high).hash(a.node);
            }
            case TensorPieces a -> {
                a.head.write(out.u8(7));
                a.at.write(out);
                writeAll(out.u8(a.op).i64(a.low).i64(a.high), a.parts);
            }
            case TensorValues a -> {
                a.head.write(out.u8(8));
                a.at.write(out);
                out.u8(a.op).i64(a.first).u32(a.values.length);
                for (long v : a.values) {
                    out.i64(v);
                }
            }
            case Element a -> {
                a.head.write(out.u8(9));
                a.at.write(out);
                out.u8(a.op).i64(a.index).i64(a.claimed);
            }
            case Condition a -> {
                a.head.write(out.u8(10));
                a.at.write(out);
                out.u8(a.op);
            }
        }
        return out.toBytes();
    }

    /** Reads what {@link #encode} wrote. */
    static At parse(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        int kind = in.u8();
        At at = kind == 0 ? new Start() : read(in, kind, Head.read(in));
        in.end();
        return at;
    }

    private static At read(Reader in, int kind, Head head) throws MalformedException {
        int layers = head.shape().layers();
        return switch (kind) {
            case 1 -> new Opened(head, readTrees(in));
            case 2 -> new Text(head, readTrees(in));
            case 3 -> new Subtree(head, Branch.read(in), in.count(1 << 24, 0), in.count(1 << 24, 0), in.hash());
            case 4 -> new Pieces(head, Branch.read(in), in.count(1 << 24, 0), in.count(1 << 24, 0), readAll(in));
            case 5 -> new Shown(head, LeafAt.read(in, layers));
            case 6 -> new Operation(head, LeafAt.read(in, layers), in.u8(), in.i64(), in.i64(), in.hash());
            case 7 -> new TensorPieces(head, LeafAt.read(in, layers), in.u8(), in.i64(), in.i64(), readAll(in));
            case 8 -> {
                LeafAt leaf = LeafAt.read(in, layers);
                int op = in.u8();
                long first = in.i64();
                long[] values = new long[in.count(PARTS_MAX, 8)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = in.i64();
                }
                yield new TensorValues(head, leaf, op, first, values);
            }
            case 9 -> new Element(head, LeafAt.read(in, layers), in.u8(), in.i64(), in.i64());
            case 10 -> new Condition(head, LeafAt.read(in, layers), in.u8());
            default -> throw new MalformedException("no dispute is at " + kind, 0);
        };
    }

    private static void writeTrees(Writer out, List<Trees> choices) {
        out.u8(choices.size());
        choices.forEach(c -> c.write(out));
    }

    private static List<Trees> readTrees(Reader in) throws MalformedException {
        int count = in.u8();
        List<Trees> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            out.add(Trees.read(in));
        }
        return out;
    }

    private static void writeAll(Writer out, List<Hash> hashes) {
        out.u32(hashes.size());
        hashes.forEach(out::hash);
    }

    private static List<Hash> readAll(Reader in) throws MalformedException {
        int count = in.count(PARTS_MAX, Hash.SIZE_BYTES);
        List<Hash> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            out.add(in.hash());
        }
        return out;
    }
}
