package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import java.nio.charset.StandardCharsets;

/** What one leaf of a trace commits to (assay.core.trace.Trace). */
sealed interface TraceLeaf {
    /** Its digest. */
    Hash hash(int tree, int position);

    /** Appends it. */
    void write(Writer out);

    /** A layer's input and its K and V. */
    record Cell(Hash residual, Hash keysValues) implements TraceLeaf {
        @Override
        public Hash hash(int tree, int position) {
            return digest(
                    "\0cell",
                    new Writer().u32(tree).u32(position).hash(residual).hash(keysValues));
        }

        @Override
        public void write(Writer out) {
            out.hash(residual).hash(keysValues);
        }
    }

    /** What the last layer gave. */
    record Last(Hash residual) implements TraceLeaf {
        @Override
        public Hash hash(int tree, int position) {
            return digest("\0last", new Writer().u32(position).hash(residual));
        }

        @Override
        public void write(Writer out) {
            out.hash(residual);
        }
    }

    /** A token step; {@code picked} is -1, and the state zero, where nothing is picked. */
    record Token(int fed, Hash state, int picked) implements TraceLeaf {
        @Override
        public Hash hash(int tree, int position) {
            return digest(
                    "\0tok", new Writer().u32(position).i32(fed).hash(state).i32(picked));
        }

        @Override
        public void write(Writer out) {
            out.i32(fed).hash(state).i32(picked);
        }
    }

    /** The leaf of this tree of a model with so many layers. */
    static TraceLeaf read(Reader in, int tree, int layers) throws MalformedException {
        if (tree < layers) {
            return new Cell(in.hash(), in.hash());
        }
        return tree == layers ? new Last(in.hash()) : new Token(in.i32(), in.hash(), in.i32());
    }

    private static Hash digest(String tag, Writer body) {
        return Hash.sha256(tag.getBytes(StandardCharsets.US_ASCII), body.toBytes());
    }
}
