package assay.ledger.tx;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Keccak;
import assay.ledger.tx.Transaction.Authorization;
import assay.ledger.tx.Transaction.ChannelConfig;
import assay.ledger.tx.Transaction.DepositAuthorization;
import assay.ledger.tx.Transaction.Permit;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Digests that stock x402 clients sign, which know nothing of Assay: EIP-3009, Permit2 and
 * batch-settlement, with this ledger's chain id and token.
 *
 * <p>The contracts that these domains name do not exist here: the ledger does what they would do. EIP-3009
 * (token domain {@code Assay}, version {@code 1}), Permit2 of Uniswap, x402 version 2 specification
 * ({@code scheme_upto_evm}, {@code scheme_batch_settlement_evm}).
 */
public final class Stock {
    /** The ledger's money as an ERC-20 address: the last 20 bytes of Keccak-256 of "assay/token/1". */
    public static final Address TOKEN = token();

    /** Permit2, at the address that it has on every network. */
    public static final Address PERMIT2 = at("000000000022d473030f116ddee9f6b43ac78ba3");

    /** x402's proxy for the scheme {@code upto}: the spender that its permits name. */
    public static final Address UPTO_PROXY = at("4020a4f3b7b90cca423b9fabcc0ce57c6c240002");

    /** x402's channels. */
    public static final Address BATCH_SETTLEMENT = at("4020074e9df2ce1dee5a9c1b5c3f541d02a10003");

    /** x402's collector of deposits by EIP-3009. */
    public static final Address DEPOSIT_COLLECTOR = at("4020806089470a89826cb9fb1f4059150b550004");

    private static final String EIP_3009 =
            "WithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";
    private static final String TOKEN_PERMISSIONS = "TokenPermissions(address token,uint256 amount)";
    private static final String WITNESS = "Witness(address to,address facilitator,uint256 validAfter)";
    private static final String PERMIT =
            "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,"
                    + "Witness witness)" + TOKEN_PERMISSIONS + WITNESS;
    private static final String CHANNEL_CONFIG =
            "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,"
                    + "address token,uint40 withdrawDelay,bytes32 salt)";
    private static final String VOUCHER = "Voucher(bytes32 channelId,uint128 maxClaimableAmount)";

    private static final byte[] TRANSFER = text("Transfer" + EIP_3009);
    private static final byte[] RECEIVE = text("Receive" + EIP_3009);
    private static final byte[] PERMISSIONS_TYPE = text(TOKEN_PERMISSIONS);
    private static final byte[] WITNESS_TYPE = text(WITNESS);
    private static final byte[] PERMIT_TYPE = text(PERMIT);
    private static final byte[] CHANNEL_TYPE = text(CHANNEL_CONFIG);
    private static final byte[] VOUCHER_TYPE = text(VOUCHER);

    /** The domain of channels on the chain that was asked for last; a process knows one chain, nearly always. */
    private static volatile Domain batch = new Domain(0, contractDomain("x402 Batch Settlement", 0, BATCH_SETTLEMENT));

    @SuppressWarnings("ArrayRecordComponent") // a digest, never changed
    private record Domain(long chainId, byte[] digest) {}

    private Stock() {}

    /** What the payer of an {@link Authorization} signs. */
    public static Hash authorization(long chainId, Authorization a) {
        byte[] struct = struct(
                TRANSFER,
                word(a.payer()),
                word(a.to()),
                word(a.value()),
                word(a.validAfter()),
                word(a.validBefore()),
                a.authorization().bytes());
        return digest(tokenDomain(chainId), struct);
    }

    /** What the payer of a {@link Permit} signs for this facilitator. */
    public static Hash permit(long chainId, Address facilitator, Permit p) {
        byte[] permitted = struct(PERMISSIONS_TYPE, word(TOKEN), word(p.most()));
        byte[] witness = struct(WITNESS_TYPE, word(p.to()), word(facilitator), word(p.validAfter()));
        byte[] struct =
                struct(PERMIT_TYPE, permitted, word(UPTO_PROXY), p.permission().bytes(), word(p.deadline()), witness);
        byte[] domain = struct(
                text("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                text("Permit2"),
                word(chainId),
                word(PERMIT2));
        return digest(domain, struct);
    }

    /** The id of a batch-settlement channel. */
    public static Hash channel(long chainId, ChannelConfig c) {
        byte[] struct = struct(
                CHANNEL_TYPE,
                word(c.payer()),
                word(c.payerAuthorizer()),
                word(c.receiver()),
                word(c.receiverAuthorizer()),
                word(TOKEN),
                word(c.withdrawDelay()),
                c.salt().bytes());
        return digest(batchDomain(chainId), struct);
    }

    /** What a channel's payer signs to promise this much on it, in all. */
    public static Hash voucher(long chainId, Hash channel, Amount cumulative) {
        return digest(batchDomain(chainId), struct(VOUCHER_TYPE, channel.bytes(), word(cumulative)));
    }

    /** The EIP-3009 nonce of a deposit, which so names its channel. */
    public static Hash depositNonce(Hash channel, Hash salt) {
        return Keccak.hash(channel.bytes(), salt.bytes());
    }

    /** What the payer of a deposit into this channel signs. */
    public static Hash deposit(long chainId, Address payer, Hash channel, DepositAuthorization a) {
        byte[] struct = struct(
                RECEIVE,
                word(payer),
                word(DEPOSIT_COLLECTOR),
                word(a.value()),
                word(a.validAfter()),
                word(a.validBefore()),
                depositNonce(channel, a.salt()).bytes());
        return digest(tokenDomain(chainId), struct);
    }

    private static byte[] tokenDomain(long chainId) {
        return contractDomain("Assay", chainId, TOKEN);
    }

    private static byte[] batchDomain(long chainId) {
        Domain known = batch;
        if (known.chainId != chainId) {
            known = new Domain(chainId, contractDomain("x402 Batch Settlement", chainId, BATCH_SETTLEMENT));
            batch = known;
        }
        return known.digest;
    }

    private static byte[] contractDomain(String name, long chainId, Address contract) {
        return struct(
                text("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                text(name),
                text("1"),
                word(chainId),
                word(contract));
    }

    private static Hash digest(byte[] domain, byte[] struct) {
        return Keccak.hash(new byte[] {0x19, 0x01}, domain, struct);
    }

    /** @param head the digest of the struct's type */
    private static byte[] struct(byte[] head, byte[]... words) {
        byte[][] all = new byte[1 + words.length][];
        all[0] = head;
        System.arraycopy(words, 0, all, 1, words.length);
        return Keccak.hash(all).bytes();
    }

    private static byte[] text(String text) {
        return Keccak.hash(text.getBytes(StandardCharsets.US_ASCII)).bytes();
    }

    private static byte[] word(Address address) {
        return TypedData.left(address.bytes());
    }

    private static byte[] word(Amount amount) {
        return TypedData.uint(amount.micro());
    }

    private static byte[] word(long number) {
        return TypedData.uint(number);
    }

    private static Address at(String hex) {
        return Address.ofBytes(HexFormat.of().parseHex(hex));
    }

    private static Address token() {
        byte[] digest = text("assay/token/1");
        byte[] last = new byte[Address.SIZE_BYTES];
        System.arraycopy(digest, digest.length - last.length, last, 0, last.length);
        return Address.ofBytes(last);
    }
}
