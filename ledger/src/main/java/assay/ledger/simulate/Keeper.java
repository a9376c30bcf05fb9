package assay.ledger.simulate;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.merkle.Chunks;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import assay.ledger.tx.Transaction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** A host: what every host does, with the conduct of this one where conduct matters. */
record Keeper(Chain chain, Books books, WorkCosts costs, Address account, HostConduct conduct) {
    /** A small file stands for the model's: a challenge asks for one chunk of either. */
    static final byte[] FILE = new byte[16 * Chunks.SIZE_BYTES];

    static final MerkleTree TREE = tree();

    /** What an operator downloads before it can serve the model. */
    private static final long MODEL_BYTES = 100_000_000;

    private static final Signature ACKNOWLEDGED = Signature.ofBytes(new byte[Signature.SIZE_BYTES]);

    private static MerkleTree tree() {
        for (int i = 0; i < FILE.length; i++) {
            FILE[i] = (byte) (i * 31 >> 7);
        }
        try {
            return Chunks.tree(new ByteArrayInputStream(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Offers the model. */
    void offer(Hash model, Amount stake) {
        chain.send(account, new Transaction.OfferHosting(model, "", stake));
    }

    /** Shows the chunk that the beacon asked for. */
    void show(Hash model, long chunk) {
        if (conduct.keeps()) {
            int from = (int) chunk * Chunks.SIZE_BYTES;
            byte[] bytes = Arrays.copyOfRange(FILE, from, from + Chunks.SIZE_BYTES);
            String text = Base64.getEncoder().encodeToString(bytes);
            chain.send(
                    account,
                    new Transaction.AnswerStorage(model, text, Merkle.proveInclusion(TREE, chunk, TREE.size())));
        }
    }

    /** Serves the model once to each operator, who acknowledge it. */
    void serve(Hash model, List<Address> operators) {
        if (conduct.keeps()) {
            operators.forEach(
                    o -> chain.send(account, new Transaction.ClaimServed(model, o, MODEL_BYTES, ACKNOWLEDGED)));
        }
    }

    /** Pays for the disk, for so many blocks. */
    void store(long blocks) {
        if (conduct.keeps()) {
            books.stored(account, blocks * costs.hostedBlock());
        }
    }
}
