package assay.node.host;

import assay.core.base.Hash;
import assay.core.merkle.Chunks;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import assay.ledger.state.Model;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A published model's file on this machine, with the tree over its chunks: 32 bytes of memory for each 4 KiB.
 *
 * @param model the model's id
 * @param digest SHA-256 of the file, as it was published
 * @param name what requests call the model
 */
public record HostedFile(Hash model, Hash digest, String name, Path file, MerkleTree tree) {
    /**
     * Reads the file once and holds it against what was published.
     *
     * @throws IOException also if it is another file, or the model was published without chunks
     */
    public static HostedFile open(Hash id, Model model, Path file) throws IOException {
        Transaction.PublishModel words = model.words();
        MerkleTree tree;
        try (InputStream in = Files.newInputStream(file)) {
            tree = Chunks.tree(in);
        }
        if (Files.size(file) != words.fileBytes() || !tree.root().equals(words.fileRoot())) {
            throw new IOException(file + " is not the file of \"" + words.name()
                    + "\" on this ledger, or it was published without chunks");
        }
        return new HostedFile(id, words.fileDigest(), words.name(), file, tree);
    }

    /** What shows a chunk to the ledger. */
    Transaction.AnswerStorage show(long chunk) throws IOException {
        long from = chunk * Chunks.SIZE_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(Chunks.SIZE_BYTES, sizeBytes() - from));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
                Thread.onSpinWait();
            }
        }
        String text = Base64.getEncoder().encodeToString(bytes.array());
        return new Transaction.AnswerStorage(model, text, Merkle.proveInclusion(tree, chunk, tree.size()));
    }

    /** The roots of its parts of so many bytes, a power of two and at least a chunk: subtrees of the file's tree. */
    List<Hash> roots(long partBytes) {
        long each = partBytes / Chunks.SIZE_BYTES;
        int level = Long.numberOfTrailingZeros(each);
        List<Hash> out = new ArrayList<>();
        for (long at = 0; at < tree.size(); at += each) {
            out.add(at + each <= tree.size() ? tree.node(level, at / each) : rest(at));
        }
        return out;
    }

    private Hash rest(long from) {
        List<Hash> leaves = new ArrayList<>();
        for (long i = from; i < tree.size(); i++) {
            leaves.add(tree.node(0, i));
        }
        return Merkle.root(leaves);
    }

    /** The file's length. */
    long sizeBytes() throws IOException {
        return Files.size(file);
    }
}
