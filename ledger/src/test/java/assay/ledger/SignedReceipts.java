package assay.ledger;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.log.Checkpoint;
import assay.core.log.ReceiptLog;
import assay.core.receipt.Envelope;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.ledger.tx.Transaction.Posting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a node signs besides transactions: receipts, made from the sample in vectors/receipt, and checkpoints. */
final class SignedReceipts {
    private static final Receipt SAMPLE = sample();

    private SignedReceipts() {}

    static NodeSigner signer(String name) {
        return World.nodeSigner(name);
    }

    static Hash key(String name) {
        return World.nodeKey(name);
    }

    /** A receipt of this node for a model, paid from a channel. */
    static Receipt receipt(World w, String node, Hash channel, String model, long amount, long cumulative, int no) {
        Receipt s = SAMPLE;
        Receipt.Payment p = new Receipt.Payment(
                s.payment().payer(),
                channel.hex(),
                amount,
                cumulative,
                s.payment().authorisation(),
                s.payment().binding(),
                0);
        Receipt.Model m = new Receipt.Model(
                model,
                s.model().program(),
                s.model().weights(),
                s.model().tokenizer(),
                s.model().template(),
                s.model().unicode(),
                s.model().file());
        return new Receipt(
                s.request(),
                s.prompt(),
                s.answer(),
                s.choices(),
                s.transcriptBytes(),
                s.nonce(),
                m,
                s.trace(),
                s.parents(),
                s.seed(),
                s.usage(),
                s.price(),
                p,
                new Receipt.Node(
                        s.node().operator(),
                        signer(node).key(),
                        ReceiptLog.originOf(signer(node).key())),
                new Receipt.Ledger(w.genesis.chainId(), w.state.height()),
                s.timeMillis() + no,
                s.evidence(),
                false,
                s.extra());
    }

    static String envelope(String node, Receipt receipt) {
        Envelope signed = Envelope.sign(Statement.PAYLOAD_TYPE, Statement.encode(receipt), signer(node));
        return new String(signed.encode(), StandardCharsets.UTF_8);
    }

    static Hash digest(Receipt receipt) {
        return Statement.digest(Statement.encode(receipt));
    }

    /** As it ought to be posted. */
    static Posting posting(World w, Receipt r, Hash channel) {
        return new Posting(
                digest(r),
                channel,
                w.modelId(r.model().id()),
                assay.core.base.Amount.ofMicro(r.payment().amount()),
                assay.core.base.Amount.ZERO,
                r.usage().prompt() + r.usage().completion(),
                r.trace().root());
    }

    static String checkpoint(String node, long size, Hash root, long weight) {
        NodeSigner signer = signer(node);
        Checkpoint c = new Checkpoint(ReceiptLog.originOf(signer.key()), size, root, weight, List.of());
        return new String(c.sign(signer).encode(), StandardCharsets.UTF_8);
    }

    private static Receipt sample() {
        Path file = Vectors.file("../receipt/sample.receipt");
        try {
            Field envelope = Field.root(JsonText.parse(Files.readAllBytes(file), 16, 1 << 20))
                    .at("envelope");
            return Statement.parse(
                    Envelope.parse(envelope, Statement.SIZE_MAX_BYTES).payload());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
