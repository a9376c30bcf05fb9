package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import java.util.ArrayList;
import java.util.List;

/**
 * One leaf of a trace, opened by the node.
 *
 * @param branch its tree
 * @param position in it
 * @param leaf what it commits to
 * @param roots of the tensors of its operations; zero for a condition
 * @param cuts the node's two numbers of the sampler, or none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its encoding
record LeafAt(Branch branch, int position, TraceLeaf leaf, List<Hash> roots, long[] cuts) {
    private static final int OPS_MAX = 64;

    LeafAt {
        roots = List.copyOf(roots);
    }

    void write(Writer out) {
        branch.write(out);
        out.u32(position);
        leaf.write(out);
        writeRoots(out);
    }

    /** What the node sends of it. */
    void writeRoots(Writer out) {
        out.u32(roots.size());
        roots.forEach(out::hash);
        out.bool(cuts.length == 2);
        for (long c : cuts) {
            out.i64(c);
        }
    }

    static LeafAt read(Reader in, int layers) throws MalformedException {
        Branch branch = Branch.read(in);
        int position = in.count(1 << 24, 0);
        return readRoots(in, branch, position, TraceLeaf.read(in, branch.tree(), layers));
    }

    static LeafAt readRoots(Reader in, Branch branch, int position, TraceLeaf leaf) throws MalformedException {
        int count = in.count(OPS_MAX, Hash.SIZE_BYTES);
        List<Hash> roots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            roots.add(in.hash());
        }
        long[] cuts = in.bool() ? new long[] {in.i64(), in.i64()} : new long[0];
        return new LeafAt(branch, position, leaf, roots, cuts);
    }
}
