package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Receipt;

/**
 * Where the {@link Rules} find what an element is made of. A party reads its own values; a prover also writes down
 * what was read, with paths; the referee reads that, and believes nothing that does not lead to what is agreed.
 */
interface Inputs {
    /** Values [from, to) of an operation's tensor. */
    long[] values(int op, long from, long to) throws MalformedException;

    /** One value of an operation's tensor. */
    default long value(int op, long at) throws MalformedException {
        return values(op, at, at + 1)[0];
    }

    /** Bytes of a section of the program. */
    byte[] section(String name, int from, int count) throws MalformedException;

    /** One block of columns of a row of weights. */
    long[] weights(String matrix, int row, int block) throws MalformedException;

    /** K then V, in the layer below the tree, of positions [from, to). */
    short[][] keysValues(int from, int to) throws MalformedException;

    /** Digest of the residual that the tree below has at the leaf's position. */
    Hash residualBelow() throws MalformedException;

    /** Ids at positions [from, to): the prompt, then the answer. */
    long[] ids(int from, int to) throws MalformedException;

    /** The token step before the leaf's. */
    TraceLeaf.Token tokenBefore() throws MalformedException;

    /** Digest of the prompt's ids, as the sampler draws with. */
    Hash promptDigest() throws MalformedException;

    /** The sampling as bytes. */
    byte[] sampling() throws MalformedException;

    /** The receipt. */
    Receipt receipt();

    /** Which of its choices. */
    int choice();

    /** What the leaf commits to. */
    TraceLeaf leaf();
}
