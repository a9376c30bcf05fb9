package assay.ledger.pay;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction.ChannelConfig;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;

/** What a payer signed, by scheme, before anything of it is checked. */
@SuppressWarnings("ArrayRecordComponent") // signatures, never compared
public sealed interface Payload {
    /** The longest signature that is read: smart wallets' are longer than 65 bytes. */
    int SIGNATURE_MAX_BYTES = 4096;

    /** Scheme {@code exact} by EIP-3009's TransferWithAuthorization. */
    record Exact(
            Address from,
            Address to,
            BigInteger value,
            BigInteger validAfter,
            BigInteger validBefore,
            Hash nonce,
            byte[] signature)
            implements Payload {}

    /** Scheme {@code upto} by Permit2's PermitWitnessTransferFrom. */
    record Upto(
            Address from,
            Address token,
            BigInteger amount,
            Address spender,
            Hash nonce,
            BigInteger deadline,
            Address to,
            Address facilitator,
            BigInteger validAfter,
            byte[] signature)
            implements Payload {}

    /**
     * Scheme {@code batch-settlement}: a voucher, with a deposit if the channel is new or runs low.
     *
     * @param token of the channel
     * @param channel its id, as claimed
     * @param most what the voucher promises on the channel, in all
     */
    record Batch(
            ChannelConfig config,
            Address token,
            Hash channel,
            BigInteger most,
            byte[] signature,
            Optional<Deposit> deposit)
            implements Payload {}

    /** A deposit by EIP-3009's ReceiveWithAuthorization. */
    record Deposit(BigInteger value, BigInteger validAfter, BigInteger validBefore, Hash salt, byte[] signature) {}

    /** Reads the scheme's part of a payment. */
    static Payload parse(String scheme, Field json) throws MalformedException {
        return switch (scheme) {
            case "exact" -> exact(json);
            case "upto" -> upto(json);
            case "batch-settlement" -> batch(json);
            default -> throw json.fault("no scheme " + scheme);
        };
    }

    private static Exact exact(Field json) throws MalformedException {
        Field a = json.at("authorization");
        return new Exact(
                address(a.at("from")),
                address(a.at("to")),
                Requirements.uint256(a.at("value")),
                Requirements.uint256(a.at("validAfter")),
                Requirements.uint256(a.at("validBefore")),
                word(a.at("nonce")),
                bytes(json.at("signature"), SIGNATURE_MAX_BYTES));
    }

    private static Upto upto(Field json) throws MalformedException {
        Field a = json.at("permit2Authorization");
        Field witness = a.at("witness");
        return new Upto(
                address(a.at("from")),
                address(a.at("permitted").at("token")),
                Requirements.uint256(a.at("permitted").at("amount")),
                address(a.at("spender")),
                word(Requirements.uint256(a.at("nonce"))),
                Requirements.uint256(a.at("deadline")),
                address(witness.at("to")),
                address(witness.at("facilitator")),
                Requirements.uint256(witness.at("validAfter")),
                bytes(json.at("signature"), SIGNATURE_MAX_BYTES));
    }

    private static Batch batch(Field json) throws MalformedException {
        String type = json.at("type").string(32);
        if (!type.equals("voucher") && !type.equals("deposit")) {
            throw json.at("type").fault("expected voucher or deposit");
        }
        Field c = json.at("channelConfig");
        Field v = json.at("voucher");
        return new Batch(
                new ChannelConfig(
                        address(c.at("payer")),
                        address(c.at("payerAuthorizer")),
                        address(c.at("receiver")),
                        address(c.at("receiverAuthorizer")),
                        c.at("withdrawDelay").integer(0, (1L << 40) - 1),
                        word(c.at("salt"))),
                address(c.at("token")),
                word(v.at("channelId")),
                Requirements.uint256(v.at("maxClaimableAmount")),
                bytes(v.at("signature"), SIGNATURE_MAX_BYTES),
                type.equals("deposit") ? Optional.of(deposit(json.at("deposit"))) : Optional.empty());
    }

    /** A channel's parameters as stock clients write them. */
    static Json.Obj json(ChannelConfig c) {
        return Json.object()
                .put("payer", c.payer().toString())
                .put("payerAuthorizer", c.payerAuthorizer().toString())
                .put("receiver", c.receiver().toString())
                .put("receiverAuthorizer", c.receiverAuthorizer().toString())
                .put("token", Stock.TOKEN.toString())
                .put("withdrawDelay", c.withdrawDelay())
                .put("salt", "0x" + c.salt().hex())
                .build();
    }

    private static Deposit deposit(Field json) throws MalformedException {
        Field a = json.at("authorization").at("erc3009Authorization");
        return new Deposit(
                Requirements.uint256(json.at("amount")),
                Requirements.uint256(a.at("validAfter")),
                Requirements.uint256(a.at("validBefore")),
                word(a.at("salt")),
                bytes(a.at("signature"), SIGNATURE_MAX_BYTES));
    }

    private static Address address(Field field) throws MalformedException {
        String text = field.string(42);
        try {
            return Address.parse(text);
        } catch (MalformedException e) {
            throw field.fault(String.valueOf(e.getMessage()));
        }
    }

    private static Hash word(Field field) throws MalformedException {
        byte[] bytes = bytes(field, Hash.SIZE_BYTES);
        if (bytes.length != Hash.SIZE_BYTES) {
            throw field.fault("expected 32 bytes");
        }
        return Hash.ofBytes(bytes);
    }

    private static Hash word(BigInteger number) {
        byte[] raw = number.toByteArray();
        byte[] out = new byte[Hash.SIZE_BYTES];
        int length = Math.min(raw.length, out.length);
        System.arraycopy(raw, raw.length - length, out, out.length - length, length);
        return Hash.ofBytes(out);
    }

    private static byte[] bytes(Field field, int max) throws MalformedException {
        String text = field.string(2 + 2 * max);
        if (!text.startsWith("0x")) {
            throw field.fault("expected 0x and hex digits");
        }
        try {
            return HexFormat.of().parseHex(text, 2, text.length());
        } catch (IllegalArgumentException e) {
            throw field.fault("expected 0x and hex digits");
        }
    }
}
