package assay.client.proxy;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.log.ReceiptLog;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.Envelope;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.core.text.ChatRequest;
import assay.core.verify.ReceiptFile;
import assay.core.verify.Verdict;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that signs what a client without the model's files can still see through. */
class ReceiptCheckAttackTest {
    private static final NodeSigner NODE = NodeSigner.ofSeed(hash("node").bytes());
    private static final String NONCE = "5a".repeat(16);
    private static final byte[] BODY = ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                    + "\"max_tokens\":90,\"assay\":{\"nonce\":\"" + NONCE + "\"}}")
            .getBytes(StandardCharsets.UTF_8);
    private static final Transcript TOLD = new Transcript(
            hash("salt"),
            BODY,
            new int[] {1, 2, 3},
            List.of(new Transcript.Choice("yes", List.of(4, 5), Receipt.Finish.STOP, List.of())));
    private static final Deal DEAL = new Deal(
            URI.create("http://localhost"),
            BODY,
            NONCE,
            "",
            hash("payment"),
            "0xpayer",
            "0xpayee",
            Amount.ofUnits(1),
            "r");

    private static Hash hash(String word) {
        return Hash.sha256(word.getBytes(StandardCharsets.UTF_8));
    }

    private static long honestSeed() {
        return Digests.seed(Digests.body(BODY), hash("payment"));
    }

    private static Verdict verdict(int prompt, int completion, long seed) throws Exception {
        ChatRequest request = ChatRequest.parse(BODY, BODY.length);
        PriceList price = new PriceList(1, 1_000_000, 1_000_000, 1_000_000);
        Usage usage = new Usage(prompt, 0, completion);
        long amount = Bill.of(price, usage);
        Hash any = hash("any");
        Receipt receipt = new Receipt(
                new Receipt.Request(
                        Digests.request(TOLD.salt(), BODY),
                        "m",
                        "2026-11-30",
                        Receipt.Scalars.of(request.sampling()),
                        any),
                Digests.prompt(TOLD.salt(), TOLD.promptIds()),
                TOLD.answer(),
                List.of(new Receipt.Choice(completion, Receipt.Finish.STOP, prompt)),
                TOLD.bareBytes(),
                NONCE,
                new Receipt.Model("m", any, any, any, any, any, any),
                new Receipt.Trace(Receipt.Trace.FORMAT, any),
                List.of(),
                new Receipt.Seed(seed, Receipt.Seed.Source.DERIVED),
                usage,
                price,
                new Receipt.Payment(
                        "0xpayer", "none", amount, amount, hash("payment"), Receipt.Payment.Binding.PAYER_SIGNED, 0),
                new Receipt.Node("0xpayee", NODE.key(), ReceiptLog.originOf(NODE.key())),
                new Receipt.Ledger(1, 1),
                1_796_000_000_000L,
                List.of(),
                false,
                Json.object().build());
        Envelope envelope = Envelope.sign(Statement.PAYLOAD_TYPE, Statement.encode(receipt), NODE);
        return ReceiptCheck.check(ReceiptFile.unlogged(envelope).encode(), receipt, TOLD, DEAL, List.of("yes"));
    }

    private static void caught(Verdict verdict, String words) {
        String reason = assertInstanceOf(Verdict.Invalid.class, verdict).reason();
        assertTrue(reason.contains(words), reason);
    }

    @Test
    void anHonestReceiptOutsideItsLogIsUndecided() throws Exception {
        assertInstanceOf(Verdict.Undecided.class, verdict(3, 2, honestSeed()));
    }

    @Test
    void tokensThatTheAnswerDoesNotHaveAreNotBilled() throws Exception {
        caught(verdict(3, 80, honestSeed()), "other tokens");
        caught(verdict(1000, 2, honestSeed()), "other tokens");
    }

    @Test
    void aSeedThatTheNodePickedIsCaught() throws Exception {
        caught(verdict(3, 2, honestSeed() + 1), "seed");
    }
}
