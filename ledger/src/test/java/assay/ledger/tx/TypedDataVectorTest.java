package assay.ledger.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.ledger.Ledger;
import assay.ledger.Vectors;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Signature;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Typed data signed by eth-account verifies here, and is signed here to the same bytes. */
class TypedDataVectorTest {
    @TestFactory
    Stream<DynamicTest> ethAccountAgrees() throws Exception {
        return Vectors.of("transactions.json").stream()
                .map(v -> DynamicTest.dynamicTest(text(v, "id"), () -> check(v)));
    }

    private static void check(Field v) throws Exception {
        PrivateKey key = PrivateKey.ofBytes(bytes(v, "privateKey"));
        Signature signature = Signature.ofBytes(bytes(v, "signature"));
        Hash digest = Hash.ofBytes(bytes(v, "digest"));
        Field data = v.at("typedData");
        Optional<Promise> promised = promise(data);
        if (promised.isPresent()) {
            long chain = data.at("domain").at("chainId").integer(0, Long.MAX_VALUE);
            assertEquals(digest, TypedData.digest(chain, promised.get()));
            assertEquals(signature, new Signer(key, chain).sign(promised.get()));
            assertEquals(JsonText.write(data.value()), JsonText.write(TypedData.json(chain, promised.get())));
            assertEquals(new Secp256k1.Recovery.Signer(key.address()), Secp256k1.recover(digest, signature));
            return;
        }
        SignedTransaction t = TypedData.parse(data.value(), signature);
        assertEquals(digest, t.id());
        assertEquals(t, SignedTransaction.sign(t.chainId(), key, t.nonce(), t.body()), "the same bytes are signed");
        assertInstanceOf(Ledger.Check.Accepted.class, Ledger.check(t, t.chainId()));
        assertEquals(
                JsonText.write(data.value()),
                JsonText.write(TypedData.json(t.chainId(), t.from(), t.nonce(), t.body())));
        byte[] encoded = TransactionCodec.encode(t);
        assertEquals(t, TransactionCodec.parse(encoded));
        assertEquals(HexFormat.of().formatHex(encoded), HexFormat.of().formatHex(TransactionCodec.encode(t)));
    }

    /** What is signed by somebody else than a transaction's sender, if it is that. */
    static Optional<Promise> promise(Field data) throws Exception {
        Field message = data.at("message");
        return switch (text(data, "primaryType")) {
            case "Voucher" ->
                Optional.of(new Voucher(
                        Hash.ofBytes(bytes(message, "channel")),
                        Amount.ofMicro(Long.parseLong(text(message, "cumulative")))));
            case "Acknowledgment" ->
                Optional.of(new Acknowledgment(
                        Address.parse(text(message, "host")),
                        Hash.ofBytes(bytes(message, "model")),
                        message.at("bytes").integer(0, Long.MAX_VALUE)));
            default -> Optional.empty();
        };
    }

    static String text(Field f, String name) {
        try {
            return f.at(name).string();
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] bytes(Field f, String name) {
        return HexFormat.of().parseHex(text(f, name).replaceFirst("^0x", ""));
    }
}
