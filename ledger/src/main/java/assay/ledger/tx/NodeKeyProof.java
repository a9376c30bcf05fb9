package assay.ledger.tx;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.base.NodeSigner;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;

/**
 * That whoever registers a node's key has it: without, somebody could register another's key, and claim or deny what
 * that key signs.
 *
 * <p>The key signs H("assay/node-key/1" ‖ chain (8) ‖ operator (20)), which is no receipt and no checkpoint, and is
 * worth nothing for another account or chain.
 */
public final class NodeKeyProof {
    private NodeKeyProof() {}

    /** What the node's key signs. */
    public static byte[] message(long chainId, Address operator) {
        return Hash.tagged(
                        "assay/node-key/1",
                        new Writer().i64(chainId).bytes(operator.bytes()).toBytes())
                .bytes();
    }

    /** The proof for this operator, 64 bytes. */
    public static Bytes of(NodeSigner signer, long chainId, Address operator) {
        return Bytes.of(signer.sign(message(chainId, operator)));
    }

    /** Whether this is the key's signature for this operator; a key of small order proves nothing. */
    public static boolean holds(Hash nodeKey, Bytes proof, long chainId, Address operator) {
        try {
            return NodeKey.ofBytes(nodeKey.bytes()).verify(message(chainId, operator), proof.toArray());
        } catch (MalformedException e) {
            return false;
        }
    }
}
