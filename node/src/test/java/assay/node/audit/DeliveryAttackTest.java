package assay.node.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;
import assay.ledger.delivery.DeliveryKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is not drawn gets no delivery. */
class DeliveryAttackTest {
    private static final Hash RECEIPT = Hash.sha256(new byte[] {1});
    private static final Address OPERATOR = Address.ofBytes(Arrays.copyOf(new byte[] {9}, 20));

    @Test
    void aRequestSpeaksForOneReceiptOperatorKeyAndChain() {
        PrivateKey account = PrivateKey.generate(new SecureRandom());
        Hash key = DeliveryKey.fresh().publicKey();
        Signature signature = account.sign(Delivery.asked(7, OPERATOR, RECEIPT, key));
        Optional<Address> me = Optional.of(account.address());
        assertEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, RECEIPT, key), signature));
        Hash other = DeliveryKey.fresh().publicKey();
        assertNotEquals(me, Delivery.signer(Delivery.asked(8, OPERATOR, RECEIPT, key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, account.address(), RECEIPT, key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, Hash.sha256(), key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, RECEIPT, other), signature));
    }
}
