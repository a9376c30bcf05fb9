package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.kernel.Sampling;
import assay.core.log.ReceiptLog;
import assay.core.receipt.Envelope;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Usage;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;

/** What a node signed and a payer keeps: a whole receipt with a real signature, for the ledger to judge. */
final class Papers {
    private Papers() {}

    /** The key with which an operator of the party signs its receipts. */
    static NodeSigner signer(Address operator) {
        return NodeSigner.ofSeed(
                Hash.tagged("assay/simulate/node", operator.bytes()).bytes());
    }

    /** The payer shows the ledger a receipt that was not posted in time. */
    static boolean report(Chain chain, Address payer, Answer a, long madeAt) {
        Receipt receipt = receipt(chain, a, madeAt);
        Envelope signed = Envelope.sign(Statement.PAYLOAD_TYPE, Statement.encode(receipt), signer(a.operator()));
        String text = new String(signed.encode(), StandardCharsets.UTF_8);
        return chain.send(payer, new Transaction.ReportReceipt(text));
    }

    private static Receipt receipt(Chain chain, Answer a, long madeAt) {
        Request r = a.request();
        Hash any = a.receipt();
        Sampling greedy = new Sampling(0, 0, 1, 0, 0, 0, new TreeMap<>(), 1, List.of(), 1, false, 0);
        NodeSigner signer = signer(a.operator());
        long perMillion = r.price().micro();
        return new Receipt(
                new Receipt.Request(any, "model", "2026-01-01", Receipt.Scalars.of(greedy), any),
                any,
                any,
                List.of(new Receipt.Choice((int) r.answerTokens(), Receipt.Finish.LENGTH, (int) r.tokens())),
                a.salt().hex(),
                new Receipt.Model("model", any, any, any, any, any, any),
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
