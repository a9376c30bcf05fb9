package assay.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.audit.AuditKey;
import assay.core.audit.Challenge;
import assay.core.audit.LightAudit;
import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.verify.ModelText;
import assay.core.verify.Verdict;
import assay.engine.compile.Compiler;
import assay.engine.compile.FileWeights;
import assay.engine.gguf.GgufFile;
import assay.ledger.crypto.Address;
import assay.ledger.state.Demand;
import assay.node.http.ApiError;
import assay.node.serve.Book;
import assay.node.serve.Opener;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node opens cells of what it answered, to who paid, once, and not too early. */
class OpeningTest {
    private static final String QUESTION = "{\"model\":\"tiny\",\"max_tokens\":6,\"messages\":["
            + "{\"role\":\"user\",\"content\":\"hello\"}],\"seed\":4}";

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void whoPaidGetsOneOpeningAndAnAuditWithoutWeightsPasses() throws Exception {
        try (PayNode node = new PayNode(folder, 0)) {
            String key = node.home().apiKey();
            assertEquals(200, post(node, "/v1/chat/completions", QUESTION, key).statusCode());
            Book.Entry entry = node.node().book().newest().orElseThrow();
            Challenge challenge = Challenge.fresh(entry.digest(), 20, new SecureRandom());
            awaitFinal(node, entry);

            assertEquals(401, ask(node, entry, challenge, "assay-wrong").statusCode());
            assertEquals(
                    400,
                    post(node, path(entry), "{\"seed\":\"00\",\"cells\":2}", key)
                            .statusCode());
            assertEquals(
                    400,
                    post(node, path(entry), body(challenge).replace("20", "257"), key)
                            .statusCode());
            HttpResponse<byte[]> opening = ask(node, entry, challenge, key);
            assertEquals(200, opening.statusCode(), new String(opening.body(), StandardCharsets.UTF_8));
            assertInstanceOf(Verdict.Valid.class, verdict(node, entry, challenge, opening.body()));

            // The same challenge again is the same opening, also after a restart; another one is not free.
            node.restart();
            HttpResponse<byte[]> again = ask(node, entry, challenge, key);
            assertArrayEquals(opening.body(), again.body());
            Challenge other = Challenge.fresh(entry.digest(), 20, new SecureRandom());
            HttpResponse<byte[]> refused = ask(node, entry, other, key);
            assertEquals(409, refused.statusCode());
            String why = new String(refused.body(), StandardCharsets.UTF_8);
            assertTrue(why.contains("opening_given") && why.contains("DemandOpening"), why);
        }
    }

    @Test
    void nothingIsOpenedWhileAnAuditorCouldStillCopyTheRoot() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, Models.honest(folder))) {
            Book.Entry entry = net.enter(Forge.answer(net, QUESTION, Cheat.none()));
            try (Opener opener = new Opener(
                    net.engine,
                    net.book,
                    net.ledger,
                    net.ready.operator().signer().address(),
                    folder.resolve("openings"))) {
                Challenge challenge = new Challenge(entry.digest(), Hash.sha256(), 4);
                assertEquals("too_early", refusal(opener, entry, challenge), "not posted");
                net.posting();
                net.enter(Forge.answer(net, QUESTION, Cheat.none()));
                long end = System.nanoTime() + 60_000_000_000L;
                while (net.ledger
                                .state()
                                .receipt(net.ready.operator().signer().address(), entry.digest())
                                .isEmpty()
                        && System.nanoTime() < end) {
                    Thread.sleep(5);
                }
                assertEquals("too_early", refusal(opener, entry, challenge), "drawn, and no auditor has committed");
                net.auditing();
                net.verdict(entry.digest());
                assertTrue(opener.open(entry, challenge).length > 1000);
            }
        }
    }

    @Test
    void aDemandOnTheLedgerIsAnsweredWithTheDigestOfWhatItsPayerThenGets() throws Exception {
        try (TestNetwork net = new TestNetwork(folder, Models.honest(folder))) {
            Address operator = net.ready.operator().signer().address();
            try (Opener opener = new Opener(net.engine, net.book, net.ledger, operator, folder.resolve("openings"))) {
                Book.Entry entry = net.enter(Forge.answer(net, QUESTION, Cheat.none()));
                Challenge challenge = Challenge.fresh(entry.digest(), Opener.DEMANDED_CELLS, new SecureRandom());
                Demand demand = new Demand(
                        Demand.Kind.OPENING,
                        operator,
                        entry.digest(),
                        net.ready.wallet().signer().address(),
                        Amount.ZERO,
                        challenge.seed(),
                        0,
                        100,
                        assay.ledger.tx.Ids.NONE);
                String answer = opener.answer(demand).orElseThrow();
                byte[] opening = opener.open(entry, challenge);
                assertEquals(Hash.sha256(opening).hex(), answer);
                assertEquals(answer, opener.answer(demand).orElseThrow(), "asked again");
                assertEquals("too_early", refusal(opener, entry, new Challenge(entry.digest(), Hash.sha256(), 4)));
                opener.forget(entry.digest());
                assertEquals("too_early", refusal(opener, entry, challenge), "forgotten, and not demanded");
            }
        }
    }

    private static String refusal(Opener opener, Book.Entry entry, Challenge challenge) throws Exception {
        try {
            opener.open(entry, challenge);
            return "opened";
        } catch (ApiError e) {
            return e.code();
        }
    }

    private static Verdict verdict(PayNode node, Book.Entry entry, Challenge challenge, byte[] opening)
            throws Exception {
        AuditKey key;
        try (GgufFile file = GgufFile.open(node.dir().resolve("tiny.gguf"))) {
            key = AuditKey.draw(Compiler.compile(file), new FileWeights(file), new SecureRandom());
        }
        LightAudit.Subject subject =
                new LightAudit.Subject(entry.receipt(), node.node().book().transcript(entry));
        return LightAudit.check(key, ModelText.of(key.program()), subject, challenge, opening, new SecureRandom())
                .verdict();
    }

    private static void awaitFinal(PayNode node, Book.Entry entry) throws Exception {
        long end = System.nanoTime() + 120_000_000_000L;
        while (System.nanoTime() < end) {
            var posted = node.ledger().state().receipt(node.operator(), entry.digest());
            if (posted.isPresent() && posted.get().status().isFinal()) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("the receipt is not final");
    }

    private static String path(Book.Entry entry) {
        return "/assay/receipts/" + entry.digest().hex() + "/cells";
    }

    private static String body(Challenge challenge) {
        return "{\"seed\":\"" + challenge.seed().hex() + "\",\"cells\":" + challenge.cells() + "}";
    }

    private HttpResponse<byte[]> ask(PayNode node, Book.Entry entry, Challenge challenge, String key) throws Exception {
        return post(node, path(entry), body(challenge), key);
    }

    private HttpResponse<byte[]> post(PayNode node, String path, String body, String key) throws Exception {
        URI uri = node.node().uri().resolve(path);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }
}
