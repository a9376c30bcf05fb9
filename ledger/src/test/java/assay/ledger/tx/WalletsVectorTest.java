package assay.ledger.tx;

import static assay.ledger.tx.TypedDataVectorTest.bytes;
import static assay.ledger.tx.TypedDataVectorTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.ledger.Ledger;
import assay.ledger.Vectors;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Signature;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What viem and ethers signed verifies here, and is signed here to the same bytes. */
class WalletsVectorTest {
    @TestFactory
    Stream<DynamicTest> viemAndEthersAgree() throws Exception {
        Map<String, Field> messages =
                Vectors.of("transactions.json").stream().collect(Collectors.toMap(v -> text(v, "id"), v -> v));
        List<Field> wallets = Vectors.of("wallets.json");
        assertEquals(
                messages.keySet(),
                wallets.stream().map(v -> text(v, "id")).collect(Collectors.toSet()),
                "transactions.json changed: run node wallets.mjs make");
        return wallets.stream()
                .map(v -> DynamicTest.dynamicTest(
                        text(v, "library") + " " + text(v, "id"),
                        () -> check(v, messages.get(text(v, "id")).at("typedData"))));
    }

    private static void check(Field v, Field data) throws Exception {
        PrivateKey key = PrivateKey.ofBytes(bytes(v, "privateKey"));
        Signature signature = Signature.ofBytes(bytes(v, "signature"));
        Hash digest = Hash.ofBytes(bytes(v, "digest"));
        assertEquals(new Secp256k1.Recovery.Signer(key.address()), Secp256k1.recover(digest, signature));
        assertEquals(signature, key.sign(digest), "RFC 6979 and the lower s");
        Optional<Promise> promised = TypedDataVectorTest.promise(data);
        if (promised.isPresent()) {
            long chain = data.at("domain").at("chainId").integer(0, Long.MAX_VALUE);
            assertEquals(digest, TypedData.digest(chain, promised.get()));
            return;
        }
        SignedTransaction model = TypedData.parse(data.value(), signature);
        SignedTransaction t =
                new SignedTransaction(model.chainId(), key.address(), model.nonce(), model.body(), signature);
        assertEquals(digest, t.id());
        assertInstanceOf(Ledger.Check.Accepted.class, Ledger.check(t, t.chainId()));
    }
}
