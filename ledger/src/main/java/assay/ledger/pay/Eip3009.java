package assay.ledger.pay;

import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Keccak;
import assay.ledger.crypto.PrivateKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Signing EIP-3009's {@code TransferWithAuthorization} for any token on any network, as a payer does.
 *
 * @param name of the token's EIP-712 domain
 * @param version of the token's EIP-712 domain
 * @param chainId of the network
 * @param token the token's address
 */
public record Eip3009(String name, String version, BigInteger chainId, Address token) {
    private static final String DOMAIN =
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
    private static final String TYPE = "TransferWithAuthorization(address from,address to,uint256 value,"
            + "uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    /** What is signed. */
    public Hash digest(
            Address from, Address to, BigInteger value, BigInteger validAfter, BigInteger validBefore, Hash nonce) {
        Hash domain = Keccak.hash(text(DOMAIN), text(name), text(version), uint(chainId), word(token));
        Hash struct = Keccak.hash(
                text(TYPE), word(from), word(to), uint(value), uint(validAfter), uint(validBefore), nonce.bytes());
        return Keccak.hash(new byte[] {0x19, 0x01}, domain.bytes(), struct.bytes());
    }

    /** The scheme's part of a payment of {@code value} to {@code to}, valid at once and before that second. */
    public Json.Obj pay(PrivateKey payer, Address to, BigInteger value, long validBefore, Hash nonce) {
        Hash digest = digest(payer.address(), to, value, BigInteger.ZERO, BigInteger.valueOf(validBefore), nonce);
        return Json.object()
                .put("signature", payer.sign(digest).toString())
                .put(
                        "authorization",
                        Json.object()
                                .put("from", payer.address().toString())
                                .put("to", to.toString())
                                .put("value", value.toString())
                                .put("validAfter", "0")
                                .put("validBefore", Long.toString(validBefore))
                                .put("nonce", "0x" + nonce.hex())
                                .build())
                .build();
    }

    private static byte[] text(String text) {
        return Keccak.hash(text.getBytes(StandardCharsets.UTF_8)).bytes();
    }

    private static byte[] word(Address address) {
        byte[] out = new byte[32];
        System.arraycopy(address.bytes(), 0, out, 12, 20);
        return out;
    }

    private static byte[] uint(BigInteger value) {
        if (value.signum() < 0 || value.bitLength() > 256) {
            throw new IllegalArgumentException("a uint256 is expected, got " + value);
        }
        return HexFormat.of().parseHex(String.format(java.util.Locale.ROOT, "%064x", value));
    }
}
