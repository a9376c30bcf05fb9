package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.NodeKeyProof;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.RegisterOperator;
import assay.ledger.tx.Transaction.RotateKey;
import org.junit.jupiter.api.Test;

/** Who registers a key that is not its own, to block its owner or to answer for, or deny, what it signs. */
class NodeKeyAttackTest {
    private final World w = new World(World.params(1), "node", "thief", "other");

    @Test
    void aVictimsKeyIsNotRegisteredByAnotherAndItsOwnerIsNotBlocked() {
        Hash key = World.nodeKey("victim");
        refused("thief", new RegisterOperator(key, Bytes.of(new byte[0]), ""));
        refused("thief", new RegisterOperator(key, Bytes.of(new byte[64]), ""));
        refused("thief", new RegisterOperator(key, w.proof("thief", "the thief's own"), ""));
        ok("node", w.registration("node", "victim", ""));
    }

    @Test
    void aProofSeenOnItsWayIsWorthlessForAnotherAccount() {
        RegisterOperator seen = w.registration("node", "victim", "");
        refused("thief", seen);
        ok("node", seen);
        assertEquals(
                w.address("node"),
                w.state
                        .nodeKeys()
                        .get(assay.ledger.state.Key.of(World.nodeKey("victim")))
                        .orElseThrow()
                        .operator());
    }

    @Test
    void aProofForAnotherChainIsWorthlessHere() {
        NodeSigner signer = World.nodeSigner("victim");
        Bytes elsewhere = NodeKeyProof.of(signer, w.genesis.chainId() + 1, w.address("node"));
        refused("node", new RegisterOperator(World.nodeKey("victim"), elsewhere, ""));
    }

    @Test
    void aVictimsKeyIsNotRotatedTo() {
        ok("thief", w.registration("thief", "the thief's own", ""));
        refused("thief", new RotateKey(World.nodeKey("victim"), w.proof("thief", "the thief's own")));
        refused("thief", new RotateKey(World.nodeKey("victim"), w.proof("node", "victim")));
        ok("node", w.registration("node", "victim", ""));
        ok("node", w.rotation("node", "its next"));
    }

    @Test
    void noBitOfAProofMayChange() {
        byte[] good = w.proof("node", "victim").toArray();
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            refused("node", new RegisterOperator(World.nodeKey("victim"), Bytes.of(bad), ""));
        }
    }

    @Test
    void aKeyForWhichAnybodyCouldSignIsRefused() {
        Hash smallOrder = Hash.ofBytes(new byte[32]);
        refused("node", new RegisterOperator(smallOrder, Bytes.of(new byte[64]), ""));
    }

    private void ok(String from, Transaction body) {
        assertInstanceOf(Outcome.Applied.class, w.send(from, body));
    }

    private void refused(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertTrue(
                outcome instanceof Outcome.Rejected(var reason) && reason == Reason.NODE_KEY_UNPROVEN,
                outcome::toString);
    }
}
