package assay.ledger.light;

import assay.core.base.Hash;
import assay.core.codec.ProtoWriter;
import assay.core.merkle.Merkle;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The header of a CometBFT block (v0.38, types/block.go): what its validators signed.
 *
 * <p>A digest that is not there is {@link #ABSENT}.
 *
 * @param versionBlock of the block format
 * @param versionApp of the application
 * @param chain name of the network
 * @param height counts from 1
 * @param time the block's, from the votes before it
 * @param previous the block before
 * @param lastCommit digest of the signatures under the block before
 * @param data root over the transactions
 * @param validators digest of the set that signs this block
 * @param nextValidators digest of the set that signs the next one
 * @param consensus digest of the consensus parameters
 * @param app the application hash: the ledger's state root after the block before
 * @param lastResults root over what became of the transactions of the block before
 * @param evidence digest of the evidence in this block
 * @param proposer address of who proposed it
 */
public record Header(
        long versionBlock,
        long versionApp,
        String chain,
        long height,
        Instant time,
        BlockId previous,
        Hash lastCommit,
        Hash data,
        Hash validators,
        Hash nextValidators,
        Hash consensus,
        Hash app,
        Hash lastResults,
        Hash evidence,
        String proposer) {
    /** No digest. */
    public static final Hash ABSENT = Hash.ofBytes(new byte[Hash.SIZE_BYTES]);

    private static final byte[] EMPTY = {};

    /** The name by which CometBFT knows the network of a ledger. */
    public static String chainName(long chainId) {
        return "assay-" + chainId;
    }

    /** The block's hash: the RFC 6962 root over the fields, each as Protocol Buffers. */
    public Hash hash() {
        return Merkle.root(Stream.of(
                        new ProtoWriter()
                                .number(1, versionBlock)
                                .number(2, versionApp)
                                .toBytes(),
                        new ProtoWriter().text(1, chain).toBytes(),
                        new ProtoWriter().number(1, height).toBytes(),
                        timestamp(time).toBytes(),
                        previous.encode().toBytes(),
                        wrapped(lastCommit),
                        wrapped(data),
                        wrapped(validators),
                        wrapped(nextValidators),
                        wrapped(consensus),
                        wrapped(app),
                        wrapped(lastResults),
                        wrapped(evidence),
                        new ProtoWriter()
                                .bytes(1, java.util.HexFormat.of().parseHex(proposer))
                                .toBytes())
                .map(Merkle::leaf)
                .toList());
    }

    /** The root over transactions that a header's {@link #data} is. */
    public static Hash dataRoot(List<byte[]> transactions) {
        return Merkle.root(transactions.stream()
                .map(t -> Merkle.leaf(Hash.sha256(t).bytes()))
                .toList());
    }

    static ProtoWriter timestamp(Instant time) {
        return new ProtoWriter().number(1, time.getEpochSecond()).number(2, time.getNano());
    }

    static byte[] bytes(Hash hash) {
        return hash.equals(ABSENT) ? EMPTY : hash.bytes();
    }

    private static byte[] wrapped(Hash hash) {
        return new ProtoWriter().bytes(1, bytes(hash)).toBytes();
    }

    /** The length of the longest chain name, bytes. */
    static final int CHAIN_MAX = 50;

    /** Refuses a name that is too long. */
    public Header {
        if (chain.getBytes(StandardCharsets.UTF_8).length > CHAIN_MAX) {
            throw new IllegalArgumentException("a chain's name has at most " + CHAIN_MAX + " bytes");
        }
    }
}
