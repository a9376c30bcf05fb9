package assay.node.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is delivered to a drawn auditor is for it alone. */
class DeliveryAttackTest {
    private static final byte[] STATEMENT = "a statement".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRANSCRIPT = "a transcript".getBytes(StandardCharsets.US_ASCII);
    private static final Hash RECEIPT = Hash.sha256(STATEMENT);
    private static final Address OPERATOR = Address.ofBytes(Arrays.copyOf(new byte[] {9}, 20));

    @Test
    void theAuditorOpensWhatWasSealedForItsKey() throws Exception {
        KeyPair auditor = Delivery.fresh();
        byte[] sealed = Delivery.seal(Delivery.bytes(auditor.getPublic()), STATEMENT, TRANSCRIPT);
        Delivery.Opened opened = Delivery.open(auditor, sealed);
        assertArrayEquals(STATEMENT, opened.statement());
        assertArrayEquals(TRANSCRIPT, opened.transcript());
    }

    @Test
    void whoHearsItOnTheWayCannotOpenOrChangeIt() throws Exception {
        KeyPair auditor = Delivery.fresh();
        byte[] sealed = Delivery.seal(Delivery.bytes(auditor.getPublic()), STATEMENT, TRANSCRIPT);
        assertThrows(MalformedException.class, () -> Delivery.open(Delivery.fresh(), sealed));
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            byte[] wrong = sealed.clone();
            int bit = random.nextInt(8 * wrong.length);
            wrong[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(MalformedException.class, () -> Delivery.open(auditor, wrong), "seed 3, change " + i);
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThrows(MalformedException.class, () -> Delivery.open(auditor, cut));
        }
    }

    @Test
    void aRequestSpeaksForOneReceiptOperatorKeyAndChain() {
        PrivateKey account = PrivateKey.generate(new SecureRandom());
        byte[] key = Delivery.bytes(Delivery.fresh().getPublic());
        Signature signature = account.sign(Delivery.asked(7, OPERATOR, RECEIPT, key));
        Optional<Address> me = Optional.of(account.address());
        assertEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, RECEIPT, key), signature));
        byte[] other = Delivery.bytes(Delivery.fresh().getPublic());
        assertNotEquals(me, Delivery.signer(Delivery.asked(8, OPERATOR, RECEIPT, key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, account.address(), RECEIPT, key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, Hash.sha256(), key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, RECEIPT, other), signature));
    }

    @Test
    void aKeyOfSmallOrderIsRefused() {
        assertThrows(MalformedException.class, () -> Delivery.seal(new byte[32], STATEMENT, TRANSCRIPT));
    }
}
