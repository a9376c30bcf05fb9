package assay.ledger.tx;

import static assay.ledger.tx.TypedDataVectorTest.bytes;
import static assay.ledger.tx.TypedDataVectorTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.ledger.Vectors;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Signature;
import assay.ledger.tx.Transaction.Authorization;
import assay.ledger.tx.Transaction.ChannelConfig;
import assay.ledger.tx.Transaction.DepositAuthorization;
import assay.ledger.tx.Transaction.Permit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What stock x402 clients sign, signed by eth-account, has the digests that the ledger computes. */
class StockVectorTest {
    @TestFactory
    Stream<DynamicTest> ethAccountAgrees() throws Exception {
        return Vectors.of("stock.json").stream().map(v -> DynamicTest.dynamicTest(text(v, "id"), () -> check(v)));
    }

    private static void check(Field v) throws Exception {
        Hash digest = Hash.ofBytes(bytes(v, "digest"));
        Signature signature = Signature.ofBytes(bytes(v, "signature"));
        long chain = v.at("chainId").integer(0, Long.MAX_VALUE);
        assertEquals(digest, digest(text(v, "id").replaceFirst("-.*", ""), chain, v.at("given"), signature));
        Address signer = Address.parse(text(v, "signer"));
        assertEquals(new Secp256k1.Recovery.Signer(signer), Secp256k1.recover(digest, signature));
    }

    private static Hash digest(String kind, long chain, Field g, Signature signature) throws Exception {
        return switch (kind) {
            case "authorization" ->
                Stock.authorization(
                        chain,
                        new Authorization(
                                address(g, "payer"),
                                address(g, "to"),
                                amount(g, "value"),
                                number(g, "validAfter"),
                                number(g, "validBefore"),
                                hash(g, "nonce"),
                                signature));
            case "permit" ->
                Stock.permit(
                        chain,
                        address(g, "facilitator"),
                        new Permit(
                                address(g, "payer"),
                                address(g, "to"),
                                amount(g, "value"),
                                number(g, "validAfter"),
                                number(g, "validBefore"),
                                hash(g, "nonce"),
                                signature));
            case "channel" ->
                Stock.channel(
                        chain,
                        new ChannelConfig(
                                address(g, "payer"),
                                address(g, "payerAuthorizer"),
                                address(g, "receiver"),
                                address(g, "receiverAuthorizer"),
                                number(g, "withdrawDelay"),
                                hash(g, "salt")));
            case "voucher" -> Stock.voucher(chain, hash(g, "channel"), amount(g, "cumulative"));
            case "deposit" ->
                Stock.deposit(
                        chain,
                        address(g, "payer"),
                        hash(g, "channel"),
                        new DepositAuthorization(
                                amount(g, "value"),
                                number(g, "validAfter"),
                                number(g, "validBefore"),
                                hash(g, "salt"),
                                signature));
            default -> throw new AssertionError("no such vector: " + kind);
        };
    }

    private static Address address(Field g, String name) throws Exception {
        return Address.parse(text(g, name));
    }

    private static Hash hash(Field g, String name) {
        return Hash.ofBytes(bytes(g, name));
    }

    private static long number(Field g, String name) {
        return Long.parseLong(text(g, name));
    }

    private static Amount amount(Field g, String name) {
        return Amount.ofMicro(number(g, name));
    }
}
