package assay.ledger.tx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.ledger.Ledger;
import assay.ledger.Vectors;
import assay.ledger.crypto.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TransactionCodecTest {
    private static List<SignedTransaction> all() throws Exception {
        List<SignedTransaction> out = new ArrayList<>();
        for (Field v : Vectors.of("transactions.json")) {
            String type = v.at("typedData").at("primaryType").string();
            if (!type.equals("Voucher") && !type.equals("Acknowledgment")) {
                Signature signature = Signature.ofBytes(TypedDataVectorTest.bytes(v, "signature"));
                out.add(TypedData.parse(v.at("typedData").value(), signature));
            }
        }
        return out;
    }

    @Test
    void aFlippedBitIsMalformedOrRefused() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        for (SignedTransaction t : all()) {
            byte[] good = TransactionCodec.encode(t);
            for (int i = 0; i < 15; i++) {
                byte[] bent = good.clone();
                int bit = random.nextInt(8 * good.length);
                bent[bit / 8] ^= (byte) (1 << bit % 8);
                try {
                    SignedTransaction parsed = TransactionCodec.parse(bent);
                    assertArrayEquals(bent, TransactionCodec.encode(parsed), "one form only");
                    assertInstanceOf(
                            Ledger.Check.Refused.class, Ledger.check(parsed, t.chainId()), () -> t + ", bit " + bit);
                } catch (MalformedException refused) {
                    // As it should be.
                }
            }
        }
    }

    @Test
    void anythingShorterOrLongerIsMalformed() throws Exception {
        for (SignedTransaction t : all()) {
            byte[] good = TransactionCodec.encode(t);
            for (int length = 0; length < good.length; length++) {
                byte[] cut = Arrays.copyOf(good, length);
                assertThrows(MalformedException.class, () -> TransactionCodec.parse(cut));
            }
            assertThrows(MalformedException.class, () -> TransactionCodec.parse(Arrays.copyOf(good, good.length + 1)));
        }
        assertThrows(MalformedException.class, () -> TransactionCodec.parse(new byte[TransactionCodec.MAX_BYTES + 1]));
    }

    @Test
    void randomBytesNeverDoWorse() throws Exception {
        SplittableRandom random = new SplittableRandom(6);
        List<SignedTransaction> all = all();
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = TransactionCodec.encode(all.get(random.nextInt(all.size())));
            int from = random.nextInt(bytes.length);
            for (int at = from; at < Math.min(bytes.length, from + 1 + random.nextInt(12)); at++) {
                bytes[at] = (byte) random.nextInt();
            }
            try {
                assertArrayEquals(bytes, TransactionCodec.encode(TransactionCodec.parse(bytes)));
            } catch (MalformedException refused) {
                // As it should be.
            }
        }
    }
}
