package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.codec.Writer;
import assay.core.kernel.Rope;
import assay.core.kernel.Sampling;
import assay.core.log.ReceiptLog;
import assay.core.merkle.Merkle;
import assay.core.program.ProgramHeader;
import assay.core.program.Shape;
import assay.core.receipt.Digests;
import assay.core.receipt.Envelope;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Usage;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What a node signed and a payer keeps: a whole receipt with a real signature, for the ledger to judge. */
final class Papers {
    /** The outline of a program of one layer: enough for a dispute to begin. */
    private static final Shape SHAPE = new Shape("llama", 1, 64, 2, 2, 32, 64, 64, 4_096, Rope.Pairing.values()[0]);

    static final ProgramHeader PROGRAM = new ProgramHeader(
            List.of(new ProgramHeader.Section("shape", shape().length, Merkle.root(ProgramHeader.leaves(shape())))));

    private static final Map<Address, NodeSigner> SIGNERS = new ConcurrentHashMap<>();

    private Papers() {}

    /** The key with which an operator of the party signs its receipts; made once, since that takes as long as a signature. */
    static NodeSigner signer(Address operator) {
        return SIGNERS.computeIfAbsent(
                operator,
                o -> NodeSigner.ofSeed(
                        Hash.tagged("assay/simulate/node", o.bytes()).bytes()));
    }

    /** The root over a computation that begins so: one choice of so many steps, whose trees stand for all values. */
    static Hash root(Hash values, long steps) {
        Writer out = new Writer().u32((int) steps).u32(SHAPE.layers());
        for (int tree = 0; tree < SHAPE.layers() + 2; tree++) {
            out.hash(values);
        }
        return Digests.traces(List.of(Hash.tagged("assay/trace/1", out.toBytes())));
    }

    /** The digest of an answer's receipt. */
    static Hash digest(Chain chain, Answer a) {
        return Statement.digest(Statement.encode(receipt(chain, a)));
    }

    /** The payer shows the ledger a receipt that was not posted in time. */
    static boolean report(Chain chain, Address payer, Answer a) {
        byte[] statement = Statement.encode(receipt(chain, a));
        Envelope signed = Envelope.sign(Statement.PAYLOAD_TYPE, statement, signer(a.operator()));
        String text = new String(signed.encode(), StandardCharsets.UTF_8);
        return chain.send(payer, new Transaction.ReportReceipt(text));
    }

    /** The node's first move in a dispute: program, receipt and the roots of its trees (docs/protocol/dispute.md). */
    static byte[] opening(Chain chain, Answer a) {
        Writer out = new Writer();
        PROGRAM.write(out);
        out.blob(shape()).blob(Statement.encode(receipt(chain, a)));
        out.u32((int) a.request().tokens()).hash(a.values()).u32(SHAPE.layers() + 2);
        for (int tree = 0; tree < SHAPE.layers() + 2; tree++) {
            out.hash(a.values());
        }
        return out.toBytes();
    }

    private static byte[] shape() {
        Writer out = new Writer();
        SHAPE.write(out);
        return out.toBytes();
    }

    private static Receipt receipt(Chain chain, Answer a) {
        Request r = a.request();
        Hash any = a.salt();
        long madeAt = r.height();
        Sampling greedy = new Sampling(0, 0, 1, 0, 0, 0, new TreeMap<>(), 1, List.of(), 1, false, 0);
        NodeSigner signer = signer(a.operator());
        long perMillion = r.price().micro();
        return new Receipt(
                new Receipt.Request(any, "model", "2026-01-01", Receipt.Scalars.of(greedy), any),
                any,
                any,
                List.of(new Receipt.Choice((int) r.answerTokens(), Receipt.Finish.LENGTH, (int) r.tokens())),
                0,
                a.salt().hex(),
                new Receipt.Model("model", PROGRAM.root(), any, any, any, any, any),
                new Receipt.Trace(Receipt.Trace.FORMAT, a.posting().blindedRoot()),
                List.of(),
                new Receipt.Seed(0, Receipt.Seed.Source.CLIENT),
                new Usage((int) r.promptTokens(), 0, (int) r.answerTokens()),
                new PriceList(1, perMillion, perMillion, perMillion),
                new Receipt.Payment(
                        "payer",
                        a.channel().hex(),
                        r.amount().micro(),
                        r.amount().micro(),
                        any,
                        Receipt.Payment.Binding.NODE_ASSERTED,
                        r.insured().micro()),
                new Receipt.Node(a.operator().toString(), signer.key(), ReceiptLog.originOf(signer.key())),
                new Receipt.Ledger(chain.id(), madeAt),
                madeAt * 1_000,
                List.of(),
                false,
                Json.object().build());
    }
}
