package assay.ledger.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.receipt.Envelope;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is sealed for a drawn auditor is for it alone, and cannot be changed on its way. */
class SealedDeliveryAttackTest {
    private static final Path FOLDER = Path.of("../vectors/receipt");
    private final DeliveryKey auditor = DeliveryKey.fresh();
    private final byte[] statement;
    private final Transcript transcript;

    SealedDeliveryAttackTest() throws Exception {
        Field file = Field.root(JsonText.parse(Files.readAllBytes(FOLDER.resolve("sample.receipt")), 16, 1 << 20));
        statement =
                Envelope.parse(file.at("envelope"), Statement.SIZE_MAX_BYTES).payload();
        transcript = Transcript.parse(Files.readAllBytes(FOLDER.resolve("sample.transcript")));
    }

    @Test
    void theAuditorOpensWhatWasSealedForItsKey() throws Exception {
        byte[] sealed = SealedDelivery.seal(auditor.publicKey(), statement, transcript);
        SealedDelivery.Contents opened = SealedDelivery.open(auditor, sealed, Statement.digest(statement));
        assertArrayEquals(statement, Statement.encode(opened.receipt()));
        assertEquals(transcript.answer(), opened.transcript().answer());
        assertArrayEquals(transcript.body(), opened.transcript().body());
    }

    @Test
    void whoHearsItOnTheWayCannotOpenOrChangeIt() throws Exception {
        Hash receipt = Statement.digest(statement);
        byte[] sealed = SealedDelivery.seal(auditor.publicKey(), statement, transcript);
        assertThrows(MalformedException.class, () -> SealedDelivery.open(DeliveryKey.fresh(), sealed, receipt));
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            byte[] wrong = sealed.clone();
            int bit = random.nextInt(8 * wrong.length);
            wrong[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(
                    MalformedException.class,
                    () -> SealedDelivery.open(auditor, wrong, receipt),
                    "seed 3, change " + i);
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThrows(MalformedException.class, () -> SealedDelivery.open(auditor, cut, receipt));
        }
    }

    @Test
    void keysOfSmallOrderAreRefused() {
        byte[] one = new byte[32];
        one[0] = 1;
        for (byte[] point : new byte[][] {new byte[32], one}) {
            Hash key = Hash.ofBytes(point);
            assertFalse(DeliveryKey.isUsable(key));
            assertThrows(MalformedException.class, () -> SealedDelivery.seal(key, statement, transcript));
        }
        assertTrue(DeliveryKey.isUsable(auditor.publicKey()));
    }

    /** RFC 7748, section 6.1. */
    @Test
    void theKeysOfTheRfc() throws Exception {
        DeliveryKey alice = key("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        DeliveryKey bob = key("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assertEquals(
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
                alice.publicKey().hex());
        assertEquals(
                "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
                Hash.ofBytes(bob.shared(alice.publicKey())).hex());
        assertArrayEquals(bob.shared(alice.publicKey()), alice.shared(bob.publicKey()));
    }

    private static DeliveryKey key(String scalar) throws MalformedException {
        return DeliveryKey.of(Hash.ofHex(scalar)).orElseThrow();
    }
}
