package assay.core.verify;

import assay.core.base.Hash;
import assay.core.base.NodeKey;
import assay.core.receipt.Receipt;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a verifier knows beforehand, from a ledger, a registry or its owner.
 *
 * @param only the one key that may have signed, if there is one
 * @param operators operator of each node key that is known
 * @param models what each model string stands for in the registry
 * @param posted digests ({@link assay.core.log.Note#digest}) of checkpoints known to be on the ledger
 * @param chain the ledger's chain id, 0 for any
 * @param height the last block that the verifier saw, -1 if it follows no ledger; only for receipts
 *     that just arrived
 * @param lagMaxBlocks how far a fresh receipt's height may be behind {@code height}
 * @param unknown what to do about a key or model that is not known
 */
public record TrustPolicy(
        Optional<NodeKey> only,
        SortedMap<NodeKey, String> operators,
        SortedMap<String, Receipt.Model> models,
        SortedSet<Hash> posted,
        long chain,
        long height,
        long lagMaxBlocks,
        Unknown unknown) {

    /** The lag that clients accept. */
    public static final long LAG_MAX_BLOCKS = 20;

    /** What to do about a key or model that is not known. */
    public enum Unknown {
        /** Take it from the receipt, and say so in the verdict. */
        SAY,
        /** End undecided. */
        UNDECIDED
    }

    /** Copies. */
    public TrustPolicy {
        operators = Collections.unmodifiableSortedMap(new TreeMap<>(operators));
        models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
        posted = Collections.unmodifiableSortedSet(new TreeSet<>(posted));
        if (chain < 0 || height < -1 || lagMaxBlocks < 0) {
            throw new IllegalArgumentException("chain " + chain + ", height " + height + ", lag " + lagMaxBlocks);
        }
    }

    /** Knows nothing: a stranger's receipt on a stranger's machine. */
    public static TrustPolicy stranger() {
        return of(Optional.empty());
    }

    /** Knows one node's key and nothing else: whoever else signed is not believed. */
    public static TrustPolicy pinned(NodeKey key) {
        return of(Optional.of(key));
    }

    private static TrustPolicy of(Optional<NodeKey> only) {
        return new TrustPolicy(
                only, new TreeMap<>(), new TreeMap<>(), new TreeSet<>(), 0, -1, LAG_MAX_BLOCKS, Unknown.SAY);
    }
}
