package assay.ledger.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.ledger.Vectors;
import assay.ledger.crypto.Secp256k1.Recovery;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class Secp256k1VectorTest {
    @TestFactory
    Stream<DynamicTest> recoveryAgreesWithEthKeys() throws Exception {
        return Vectors.of("secp256k1.json").stream()
                .map(v -> DynamicTest.dynamicTest(name(v), () -> {
                    Hash digest = Hash.ofHex(v.at("digest").string());
                    Signature signature = Signature.ofBytes(
                            HexFormat.of().parseHex(v.at("signature").string()));
                    PrivateKey key = PrivateKey.ofBytes(
                            HexFormat.of().parseHex(v.at("privateKey").string()));
                    String expect = v.at("expect").string();
                    Recovery recovery = Secp256k1.recover(digest, signature);
                    switch (expect) {
                        case "high-s" -> assertEquals(new Recovery.HighS(), recovery);
                        case "invalid" -> assertEquals(new Recovery.Invalid(), recovery);
                        default -> {
                            assertEquals(new Recovery.Signer(Address.parse(expect)), recovery);
                            assertEquals(expect, key.address().toString());
                            assertEquals(signature, key.sign(digest), "RFC 6979 and the lower s");
                        }
                    }
                }));
    }

    private static String name(Field v) {
        try {
            return v.at("id").string();
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
