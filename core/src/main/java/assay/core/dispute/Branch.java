package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;

/**
 * One tree of one choice's trace, and what is agreed about it by now.
 *
 * @param choice of the receipt
 * @param tree a layer, or layers for the last residuals, or layers + 1 for the tokens
 * @param steps leaves of the tree
 * @param ids root over the ids of all positions
 * @param below root of the tree before it; zero for the first
 * @param own the node's root
 */
record Branch(int choice, int tree, int steps, Hash ids, Hash below, Hash own) {
    /** No root. */
    static final Hash NONE = Hash.ofBytes(new byte[Hash.SIZE_BYTES]);

    void write(Writer out) {
        out.u8(choice).u32(tree).u32(steps).hash(ids).hash(below).hash(own);
    }

    static Branch read(Reader in) throws MalformedException {
        return new Branch(in.u8(), in.count(1 << 11, 0), in.count(1 << 24, 0), in.hash(), in.hash(), in.hash());
    }
}
