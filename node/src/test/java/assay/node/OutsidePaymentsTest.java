package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.receipt.Receipt;
import assay.ledger.crypto.Address;
import assay.ledger.pay.Eip3009;
import assay.ledger.pay.Requirements;
import assay.node.Paying402.Answer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is paid on a real EVM, through the facilitator of the x402 packages: stock clients, and attacks. */
class OutsidePaymentsTest {
    private static final String NETWORK = "eip155:84532";

    @TempDir
    static Path folder;

    private static Optional<EvmNetwork> evm = Optional.empty();
    private static PayNode node;

    @BeforeAll
    static void start() throws Exception {
        Scripts.assumeNode("@foundry-rs/anvil-linux-amd64", "solc", "viem", "@x402/core", "@x402/evm", "openai");
        evm = Optional.of(new EvmNetwork(folder));
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(home.resolve("payments.json"), evm.get().paymentsJson());
        node = new PayNode(folder, 0);
    }

    @AfterAll
    static void stop() throws Exception {
        if (evm.isPresent()) {
            evm.get().close();
            node.close();
        }
    }

    private static EvmNetwork evm() {
        return evm.orElseThrow();
    }

    @Test
    void nodePaysByAuthorisationAndGetsTheRestBack() throws Exception {
        Scripts.assumeNode("@x402/fetch");
        run("examples/pay.mjs", "exact", "what comes back?");
    }

    @Test
    void nodePaysByPermitWhatTheAnswerCosts() throws Exception {
        Scripts.assumeNode("@x402/fetch");
        run("examples/pay.mjs", "upto", "what is permitted?");
    }

    @Test
    void pythonPaysByAuthorisationAndGetsTheRestBack() throws Exception {
        Scripts.assumePython("x402");
        run("examples/pay.py", "exact", "what comes back to Python?");
    }

    @Test
    void pythonPaysByPermitWhatTheAnswerCosts() throws Exception {
        Scripts.assumePython("x402");
        run("examples/pay.py", "upto", "what is permitted to Python?");
    }

    @Test
    void aClientOfVersionOnePays() throws Exception {
        Scripts.assumeNode("x402-fetch");
        run("node/src/test/clients/pay-v1.mjs", "", "what is version one?");
    }

    /** Two answers to one question, of which the second is cheaper: the payer pays what the receipts say. */
    private static void run(String script, String scheme, String question) throws Exception {
        Address payer = evm().key().address();
        long before = evm().balance(payer);
        long earned = evm().balance(node.operator());
        Map<String, String> environment = Map.of(
                "PRIVATE_KEY",
                evm().secret(),
                "NETWORK",
                NETWORK,
                "ASSET",
                evm().asset().toString());
        String[] arguments = {node.node().uri().toString(), question, scheme, "2"};
        Field said = script.endsWith(".mjs")
                ? Scripts.node(folder, script, environment, arguments)
                : Scripts.python(folder, script, environment, arguments);
        long cost = 0;
        for (Field answer : said.at("answers").items(10)) {
            Receipt receipt = node.node()
                    .book()
                    .find(answer.at("receipt").at("digest").hash())
                    .orElseThrow()
                    .receipt();
            assertEquals(payer.toString(), receipt.payment().payer());
            assertEquals("none", receipt.payment().channel());
            cost += receipt.payment().amount();
        }
        for (Field paid : said.at("paid").items(10)) {
            assertTrue(paid.at("success").bool());
        }
        assertTrue(cost > 0);
        await(payer, before - cost);
        await(node.operator(), earned + cost);
    }

    private static void await(Address account, long balance) throws Exception {
        long end = System.nanoTime() + 120_000_000_000L;
        while (evm().balance(account) != balance && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertEquals(balance, evm().balance(account));
    }

    @Test
    void aPaymentOnTheEvmIsChargedOnceHoweverOftenItIsSent() throws Exception {
        Paying402 client = new Paying402(node.node().uri());
        String body = Paying402.body("once on the evm");
        Requirements terms = terms(client, body);
        Address payer = evm().key().address();
        long before = evm().balance(payer);
        Json payment = payment(terms, terms.amount(), 600, BigInteger.valueOf(84532));
        Answer first = client.send(body, Optional.of(payment));
        assertEquals(200, first.status(), first.body());
        Answer again = client.send(body, Optional.of(payment));
        assertEquals(first.receipt(), again.receipt());
        long cost = node.node()
                .book()
                .find(first.receipt())
                .orElseThrow()
                .receipt()
                .payment()
                .amount();
        await(payer, before - cost);
        Answer shared = client.send(Paying402.body("twice on the evm"), Optional.of(payment));
        assertEquals(402, shared.status());
        assertEquals("invalid_exact_evm_nonce_already_used", shared.refusal());
        await(payer, before - cost);
    }

    @Test
    void aPaymentOnTheEvmThatIsWrongIsRefusedByItsFacilitator() throws Exception {
        Paying402 client = new Paying402(node.node().uri());
        String body = Paying402.body("wrong on the evm");
        Requirements terms = terms(client, body);
        long before = evm().balance(evm().key().address());
        BigInteger chain = BigInteger.valueOf(84532);
        refused(
                client,
                body,
                "invalid_exact_evm_payload_authorization_value_mismatch",
                payment(terms, terms.amount().subtract(BigInteger.ONE), 600, chain));
        refused(
                client,
                body,
                "invalid_exact_evm_payload_authorization_valid_before",
                payment(terms, terms.amount(), -1, chain));
        refused(client, body, "invalid_exact_evm_signature", payment(terms, terms.amount(), 600, BigInteger.ONE));
        refused(
                client,
                body,
                "invalid_exact_evm_network_mismatch",
                payment(terms.on("eip155:1"), terms.amount(), 600, BigInteger.ONE));
        await(evm().key().address(), before);
    }

    private static void refused(Paying402 client, String body, String name, Json payment) throws Exception {
        Answer answer = client.send(body, Optional.of(payment));
        assertEquals(402, answer.status(), answer.body());
        assertEquals(name, answer.refusal());
    }

    private static Requirements terms(Paying402 client, String body) throws Exception {
        for (Field accept :
                client.ask(body).required().orElseThrow().at("accepts").items(16)) {
            Requirements terms = Requirements.parse(accept, 2);
            if (terms.network().equals(NETWORK) && terms.scheme().equals("exact")) {
                return terms;
            }
        }
        throw new AssertionError("no terms on " + NETWORK);
    }

    private static Json payment(Requirements terms, BigInteger value, long seconds, BigInteger chain) throws Exception {
        Hash nonce = Paying402.nonce();
        Json.Obj payload = new Eip3009("USDC", "2", chain, evm().asset())
                .pay(evm().key(), Address.parse(terms.payTo()), value, Paying402.now() + seconds, nonce);
        return Paying402.payment(terms, payload);
    }
}
