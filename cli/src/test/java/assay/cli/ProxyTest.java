package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import assay.client.proxy.Proxy;
import assay.client.proxy.Spending;
import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.ledger.crypto.Address;
import assay.ledger.light.Reach;
import assay.ledger.pay.LedgerTerms;
import assay.node.Home;
import assay.node.Node;
import assay.node.NodeConfig;
import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The local endpoint for clients that know nothing of payment, in front of a real node and of lying ones. */
class ProxyTest {
    private static final Amount PLENTY = Amount.ofUnits(1);

    @TempDir
    static Path folder;

    private static Node node;
    private static Home home;
    private static int files;

    private Proxy proxy;
    private WebServer web;
    private Spending spending;

    @BeforeAll
    static void start() throws Exception {
        Path file = RandomModel.tiny("llama", GgmlType.Q8_0, 7).write(folder.resolve("tiny.gguf"));
        home = new Home(folder.resolve("home"));
        node = Node.start(
                new NodeConfig(
                        home.dir(),
                        "tiny",
                        file,
                        Hash.sha256(new byte[1]),
                        "CC0-1.0",
                        folder,
                        0,
                        new EngineOptions(1, 256, 16, 64, 32, 32, 16L << 20)),
                Model.load(file));
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
    }

    private void listen(Amount perRequest, Amount perDay, URI... nodes) throws IOException {
        spending = Spending.open(folder.resolve("spending-" + files++), perRequest, perDay, InstantSource.system());
        proxy = new Proxy(List.of(nodes), home.account("wallet"), spending, InstantSource.system());
        web = ProxyCommand.listen(proxy, 0);
    }

    @AfterEach
    void close() throws Exception {
        web.close();
        proxy.close();
    }

    private HttpResponse<String> ask(String question, boolean stream) throws Exception {
        String body = "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"" + question
                + "\"}],\"max_tokens\":6,\"stream\":" + stream + "}";
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(web.uri().resolve("/v1/chat/completions"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static Field json(String text) throws Exception {
        return Field.root(JsonText.parse(text.getBytes(StandardCharsets.UTF_8), 32, 1 << 20));
    }

    @Test
    void anAnswerIsPaidCheckedAndPassedOn() throws Exception {
        listen(PLENTY, PLENTY, node.uri());
        HttpResponse<String> whole = ask("one", false);
        assertEquals(200, whole.statusCode(), whole.body());
        Field assay = json(whole.body()).at("assay");
        assertEquals("valid", assay.at("verdict").string());
        assertEquals(assay.at("amount_micro").integer(1, 1000), spending.spent().micro());

        HttpResponse<String> streamed = ask("two", true);
        assertEquals(200, streamed.statusCode());
        assertTrue(streamed.body().contains("\"verdict\":\"valid\""), streamed.body());
        assertTrue(streamed.body().endsWith("data: [DONE]\n\n"), streamed.body());
    }

    /** What is paid to another account than an operator's comes back from nobody. */
    @Test
    void aNodeThatHasAnotherAccountPaidThanTheLedgerNamesIsNotPaid() throws Exception {
        long chain = node.ledger().chainId();
        Address operator = home.account("operator").address();
        Address wallet = home.account("wallet").address();
        assertNamed(new LedgerTerms(chain + 1, operator), "another_payee");
        close();
        assertNamed(new LedgerTerms(chain, wallet), "another_payee");
        assertEquals(Amount.ZERO, spending.spent(), "nothing was signed");
        close();
        assertNamed(new LedgerTerms(chain, operator), "\"verdict\":\"valid\"");
    }

    /** Anybody may register with another's address and the lowest price, to stand before it. */
    @Test
    void whoRegistersAnothersAddressKeepsNobodyFromIt() throws Exception {
        long chain = node.ledger().chainId();
        SequencedMap<URI, Set<LedgerTerms>> nodes = new LinkedHashMap<>();
        nodes.put(
                node.uri(),
                Set.of(
                        new LedgerTerms(chain, home.account("wallet").address()),
                        new LedgerTerms(chain, home.account("operator").address())));
        assertNamed(nodes, "\"verdict\":\"valid\"");
    }

    @Test
    void aNodeThatCannotBePaidKeepsNobodyFromTheNext() throws Exception {
        LedgerTerms operator = new LedgerTerms(
                node.ledger().chainId(), home.account("operator").address());
        Router router = new Router();
        router.on("POST", "/v1/chat/completions", exchange -> {
            exchange.setHeader("PAYMENT-REQUIRED", "no terms");
            exchange.send(402, "application/json", new byte[] {'{', '}'});
        });
        try (WebServer unreadable = WebServer.start(WebOptions.loopback(0), router);
                LyingNode elsewhere = new LyingNode(node.uri(), said -> said)) {
            SequencedMap<URI, Set<LedgerTerms>> nodes = new LinkedHashMap<>();
            nodes.put(unreadable.uri(), Set.of(operator));
            nodes.put(
                    elsewhere.uri(),
                    Set.of(new LedgerTerms(
                            operator.chainId(), home.account("wallet").address())));
            nodes.put(node.uri(), Set.of(operator));
            assertNamed(nodes, "\"verdict\":\"valid\"");
        }
    }

    /** What a proxy answers where the ledger names this payee for the node. */
    private void assertNamed(LedgerTerms payee, String expected) throws Exception {
        SequencedMap<URI, Set<LedgerTerms>> nodes = new LinkedHashMap<>();
        nodes.put(node.uri(), Set.of(payee));
        assertNamed(nodes, expected);
    }

    private void assertNamed(SequencedMap<URI, Set<LedgerTerms>> nodes, String expected) throws Exception {
        spending = Spending.open(folder.resolve("spending-" + files++), PLENTY, PLENTY, InstantSource.system());
        proxy = new Proxy(nodes, Reach.ANY, home.account("wallet"), spending, InstantSource.system());
        web = ProxyCommand.listen(proxy, 0);
        String said = ask("whose " + files, false).body();
        assertTrue(said.contains(expected), said);
    }

    @Test
    void aTextThatIsNotTheReceiptsIsFlaggedBeforeDone() throws Exception {
        try (LyingNode liar =
                new LyingNode(node.uri(), said -> said.replaceFirst("(\"content\":\")([^\"])", "$1lies $2"))) {
            listen(PLENTY, PLENTY, liar.uri());
            HttpResponse<String> streamed = ask("three", true);
            assertTrue(streamed.body().contains("lies"), "the lie was told: " + streamed.body());
            assertTrue(streamed.body().contains("\"code\":\"receipt_invalid\""), streamed.body());
            assertFalse(streamed.body().contains("[DONE]"), streamed.body());
            HttpResponse<String> whole = ask("four", false);
            assertEquals(502, whole.statusCode());
            assertEquals(
                    "receipt_invalid", json(whole.body()).at("error").at("code").string());
        }
    }

    @Test
    void anotherAnswersReceiptIsFlagged() throws Exception {
        listen(PLENTY, PLENTY, node.uri());
        String other = json(ask("five", false).body()).at("assay").at("receipt").string();
        close();
        try (LyingNode liar = new LyingNode(
                node.uri(), said -> said.replaceAll("\"receipt\":\"[0-9a-f]+\"", "\"receipt\":\"" + other + "\""))) {
            listen(PLENTY, PLENTY, liar.uri());
            HttpResponse<String> whole = ask("six", false);
            assertEquals(502, whole.statusCode(), whole.body());
        }
    }

    @Test
    void anAnswerWithoutAReceiptIsFlagged() throws Exception {
        try (LyingNode liar = new LyingNode(node.uri(), said -> said.replaceAll(",\"assay\":\\{[^}]*\\}", ""))) {
            listen(PLENTY, PLENTY, liar.uri());
            HttpResponse<String> streamed = ask("seven", true);
            assertTrue(streamed.body().contains("\"code\":\"receipt_invalid\""), streamed.body());
            assertFalse(streamed.body().contains("[DONE]"), streamed.body());
        }
    }

    @Test
    void aRequestAboveMaxCostIsNotPaid() throws Exception {
        long before =
                node.ledger().state().balance(home.account("wallet").address()).micro();
        listen(Amount.ofMicro(5), PLENTY, node.uri());
        HttpResponse<String> refused = ask("eight", false);
        assertEquals(402, refused.statusCode());
        Field error = json(refused.body()).at("error");
        assertEquals("insufficient_quota", error.at("code").string());
        assertTrue(
                error.at("message").string().contains("--max-cost"),
                error.at("message").string());
        assertEquals(
                before,
                node.ledger().state().balance(home.account("wallet").address()).micro());
    }

    @Test
    void aDaysLimitEndsTheDay() throws Exception {
        listen(PLENTY, Amount.ofMicro(40), node.uri());
        assertEquals(200, ask("nine", false).statusCode());
        HttpResponse<String> refused = ask("ten", false);
        assertEquals(402, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("--per-day"), refused.body());
    }

    @Test
    void theNextNodeIsAskedWhenOneIsAway() throws Exception {
        listen(PLENTY, PLENTY, URI.create("http://127.0.0.1:1"), node.uri());
        assertEquals(200, ask("eleven", false).statusCode());
    }

    @Test
    void whatTheNodeRefusesIsRefused() throws Exception {
        listen(PLENTY, PLENTY, node.uri());
        HttpResponse<String> refused = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(web.uri().resolve("/v1/chat/completions"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"model\":\"no\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(404, refused.statusCode());
        assertEquals(
                "model_not_found", json(refused.body()).at("error").at("code").string());
    }

    @Test
    void stockClientsUseItUnmodified() throws Exception {
        listen(PLENTY, PLENTY, node.uri());
        Path cache = cache();
        Path python = cache.resolve("python/bin/python");
        assumeTrue(
                Files.exists(cache.resolve("python/installed"))
                        && Files.exists(cache.resolve("node/node_modules/openai")),
                "skipped: the clients are not installed; run node/src/test/clients/install");
        run(List.of(python.toString(), script("proxy.py"), web.uri() + "/v1"));
        run(List.of("node", script("proxy.mjs"), web.uri() + "/v1"));
    }

    private static Path cache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("assay/test/clients");
    }

    private static String script(String name) {
        Path here = Path.of("node/src/test/clients", name);
        return (Files.exists(here) ? here : Path.of("..").resolve(here)).toString();
    }

    private static void run(List<String> command) throws Exception {
        Path out = folder.resolve("client.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(out, StandardCharsets.UTF_8);
        assertTrue(ended, said);
        assertEquals(0, process.exitValue(), said);
        String last = said.strip().substring(said.strip().lastIndexOf('\n') + 1);
        for (Field verdict : json(last).at("verdicts").items(2)) {
            assertEquals("valid", verdict.string());
        }
    }
}
