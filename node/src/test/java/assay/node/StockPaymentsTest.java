package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.verify.ReceiptFile;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.ledger.state.Channel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of {@code examples/}: unmodified clients pay a running node and stream its answers. */
class StockPaymentsTest {
    private static final String[] NODE = {"@x402/fetch", "@x402/evm", "openai", "viem"};

    @TempDir
    static Path folder;

    private static PayNode node;

    @BeforeAll
    static void start() throws Exception {
        node = new PayNode(folder, 0);
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
    }

    @Test
    void nodePaysByAuthorisation() throws Exception {
        Scripts.assumeNode(NODE);
        oneOff("exact", true);
    }

    @Test
    void nodePaysByPermit() throws Exception {
        Scripts.assumeNode(NODE);
        oneOff("upto", true);
    }

    @Test
    void nodePaysByChannel() throws Exception {
        Scripts.assumeNode(NODE);
        byChannel(true);
    }

    @Test
    void pythonPaysByAuthorisation() throws Exception {
        Scripts.assumePython("x402");
        oneOff("exact", false);
    }

    @Test
    void pythonPaysByPermit() throws Exception {
        Scripts.assumePython("x402");
        oneOff("upto", false);
    }

    @Test
    void pythonPaysByChannel() throws Exception {
        Scripts.assumePython("x402");
        byChannel(false);
    }

    private static Field run(PayNode.Stranger stranger, String scheme, boolean isNode, int times) throws Exception {
        Map<String, String> secret = Map.of("PRIVATE_KEY", stranger.secret());
        String uri = node.node().uri().toString();
        String[] arguments = {uri, "What is a receipt?", scheme, Integer.toString(times)};
        return isNode
                ? Scripts.node(folder, "examples/pay.mjs", secret, arguments)
                : Scripts.python(folder, "examples/pay.py", secret, arguments);
    }

    /** The payer ends up with exactly what the receipts did not cost, each receipt paid once from its escrow. */
    private static void oneOff(String scheme, boolean isNode) throws Exception {
        PayNode.Stranger stranger = node.stranger();
        Field said = run(stranger, scheme, isNode, 2);
        long spent = 0;
        List<Field> paid = said.at("paid").items(10);
        List<Field> answers = said.at("answers").items(10);
        assertEquals(2, paid.size());
        for (int i = 0; i < 2; i++) {
            Receipt receipt = checked(answers.get(i), stranger);
            assertTrue(paid.get(i).at("success").bool());
            assertEquals(
                    "0x" + receipt.payment().channel(),
                    paid.get(i).at("transaction").string());
            awaitPaid(answers.get(i).at("receipt").at("digest").hash());
            Hash escrow = Hash.ofHex(receipt.payment().channel());
            assertTrue(node.ledger().state().channel(escrow).isEmpty(), "the escrow is closed");
            spent += receipt.payment().amount();
        }
        assertTrue(spent > 0);
        assertEquals(
                PayNode.FUNDS.minus(Amount.ofMicro(spent)),
                node.ledger().state().balance(stranger.address()));
    }

    /** One deposit, then vouchers; the ledger pays what the receipts say, never more. */
    private static void byChannel(boolean isNode) throws Exception {
        PayNode.Stranger stranger = node.stranger();
        Field said = run(stranger, "batch-settlement", isNode, 3);
        long spent = 0;
        Hash channel = null;
        for (Field answer : said.at("answers").items(10)) {
            Receipt receipt = checked(answer, stranger);
            awaitPaid(answer.at("receipt").at("digest").hash());
            channel = Hash.ofHex(receipt.payment().channel());
            spent += receipt.payment().amount();
            assertEquals(spent, receipt.payment().cumulative());
        }
        Channel open = node.ledger().state().channel(channel).orElseThrow();
        assertEquals(Channel.Form.CLAIMS, open.form());
        assertEquals(spent, open.redeemed().micro());
        assertEquals(PayNode.FUNDS.minus(open.deposit()), node.ledger().state().balance(stranger.address()));
        List<Field> paid = said.at("paid").items(10);
        assertEquals("", paid.get(2).at("transaction").string(), "the third request needed no transaction");
    }

    /** The receipt behind an answer, as anybody can fetch and verify it. */
    private static Receipt checked(Field answer, PayNode.Stranger stranger) throws Exception {
        URI uri = node.node().uri().resolve(answer.at("receipt").at("url").string());
        byte[] file = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body();
        Receipt receipt = Statement.parse(ReceiptFile.parse(file).envelope().payload());
        assertEquals(stranger.address().toString(), receipt.payment().payer());
        assertEquals(
                answer.at("usage").at("completion_tokens").int32(1, 24),
                receipt.usage().completion());
        Verdict verdict = Verifier.verify(file, TrustPolicy.stranger());
        assertTrue(!(verdict instanceof Verdict.Invalid), verdict.toString());
        return receipt;
    }

    private static void awaitPaid(Hash digest) throws Exception {
        long end = System.nanoTime() + 120_000_000_000L;
        while (System.nanoTime() < end) {
            Optional<assay.ledger.state.Receipt> known = node.ledger().state().receipt(node.operator(), digest);
            if (known.isPresent() && !known.get().paid().isZero()) {
                return;
            }
            Thread.sleep(10);
        }
        assertInstanceOf(
                Void.class, node.node().trouble(), "not paid: " + node.node().trouble());
    }
}
