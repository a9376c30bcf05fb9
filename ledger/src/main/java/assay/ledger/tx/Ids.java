package assay.ledger.tx;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import java.math.BigInteger;

/** Digests that name things on the ledger: SHA-256, each with its own tag, numbers little-endian. */
public final class Ids {
    /** All zero: no channel, no commitment yet, no root yet. */
    public static final Hash NONE = Hash.ofBytes(new byte[Hash.SIZE_BYTES]);

    private Ids() {}

    /** The channel that the payer's transaction with this nonce opened. */
    public static Hash channel(long chainId, Address payer, Address operator, long nonce) {
        return Hash.tagged(
                "assay/channel/1",
                new Writer()
                        .i64(chainId)
                        .bytes(payer.bytes())
                        .bytes(operator.bytes())
                        .i64(nonce)
                        .toBytes());
    }

    /** The escrow that the payer's authorisation or permit with this nonce ({@link #permission} of a permit) opened. */
    public static Hash escrow(long chainId, Address payer, Hash nonce) {
        return Hash.tagged(
                "assay/escrow/1",
                new Writer().i64(chainId).bytes(payer.bytes()).hash(nonce).toBytes());
    }

    /** Under what a permit is remembered, so that it meets no authorisation with the same number. */
    public static Hash permission(Hash permission) {
        return Hash.tagged("assay/permit/1", permission.bytes());
    }

    /** Under what it is remembered for good that an x402 channel was closed. */
    public static Hash closed(Hash channel) {
        return Hash.tagged("assay/closed/1", channel.bytes());
    }

    /** A demand on an operator: of this kind, about this receipt, by this account, with these details. */
    public static Hash demand(int kind, Address operator, Hash receipt, Address by, Hash subject) {
        return Hash.tagged(
                "assay/demand/1",
                new Writer()
                        .u8(kind)
                        .bytes(operator.bytes())
                        .hash(receipt)
                        .bytes(by.bytes())
                        .hash(subject)
                        .toBytes());
    }

    /** The proposal that this validator's transaction with this nonce made. */
    public static Hash proposal(Address by, long nonce) {
        return Hash.tagged(
                "assay/proposal/1", new Writer().bytes(by.bytes()).i64(nonce).toBytes());
    }

    /** What a validator's chain ends in before it shows this preimage. */
    public static Hash beaconTip(Hash preimage) {
        return Hash.tagged("assay/beacon/chain/1", preimage.bytes());
    }

    /** The model that this publisher published with exactly these words. */
    public static Hash model(long chainId, Address publisher, Transaction.PublishModel model) {
        Writer out = new Writer().i64(chainId).bytes(publisher.bytes());
        RecordCodec.write(out, model);
        return Hash.tagged("assay/model/1", out.toBytes());
    }

    /** The chunk that this block's beacon asks of a host, of so many. */
    public static long chunk(Hash beacon, Hash model, Address host, long chunks) {
        Hash drawn = Hash.tagged(
                "assay/storage/1",
                new Writer().hash(beacon).hash(model).bytes(host.bytes()).toBytes());
        return new BigInteger(1, drawn.bytes()).mod(BigInteger.valueOf(chunks)).longValueExact();
    }

    /**
     * An auditor's commitment: H("assay/audit/1" ‖ chain ‖ receipt ‖ auditor ‖ root ‖ salt).
     *
     * <p>It names the auditor and the receipt, so a copy of it can be opened by nobody else.
     */
    public static Hash commitment(long chainId, Hash receipt, Address auditor, Hash root, Hash salt) {
        return Hash.tagged(
                "assay/audit/1",
                new Writer()
                        .i64(chainId)
                        .hash(receipt)
                        .bytes(auditor.bytes())
                        .hash(root)
                        .hash(salt)
                        .toBytes());
    }
}
