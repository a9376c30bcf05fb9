package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.engine.infer.Model;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Voucher;
import assay.node.pay.Cover;
import assay.node.pay.SignedVoucher;
import assay.node.serve.Accepted;
import assay.node.serve.Book;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A home that is started with another model before everything about the first was done. */
class OtherModelAttackTest {
    private static final String UNFINISHED = "ab".repeat(16);

    @TempDir
    Path dir;

    private record Side(NodeConfig config, Model model) {}

    private Side side(String name, long seed) throws Exception {
        Path file = RandomModel.tiny("llama", GgmlType.Q8_0, seed).write(dir.resolve(name + ".gguf"));
        return new Side(
                new NodeConfig(
                        dir.resolve("home"),
                        name,
                        file,
                        Hash.sha256(name.getBytes(StandardCharsets.UTF_8)),
                        "CC0-1.0",
                        dir,
                        0,
                        TestNetwork.OPTIONS),
                Model.load(file));
    }

    private static String body(String model) {
        return "{\"model\":\"" + model
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"max_tokens\":6,\"seed\":7}";
    }

    private static Book.Entry ask(Node node, String model) throws Exception {
        long before = node.book().size();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(node.uri() + "/v1/chat/completions"))
                            .header("Authorization", "Bearer " + node.apiKey())
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body(model)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
        }
        return node.book().entries(before).getFirst();
    }

    private static assay.ledger.state.Receipt.Status verdict(Node node, Hash receipt) throws Exception {
        long end = System.nanoTime() + 180_000_000_000L;
        while (System.nanoTime() < end) {
            Optional<assay.ledger.state.Receipt> posted = posted(node, receipt);
            if (posted.isPresent() && posted.get().status().isFinal()) {
                return posted.get().status();
            }
            Thread.sleep(5);
        }
        throw new AssertionError("no verdict on " + receipt + ": " + node.trouble());
    }

    private static Optional<assay.ledger.state.Receipt> posted(Node node, Hash receipt) throws Exception {
        return node.ledger()
                .state()
                .receipt(
                        assay.ledger.crypto.Address.parse(node.book()
                                .find(receipt)
                                .orElseThrow()
                                .receipt()
                                .node()
                                .operator()),
                        receipt);
    }

    @Test
    void anHonestAnswerThatWaitsForItsReplayIsNoFaultOfAnotherModel() throws Exception {
        Side first = side("first", 77);
        Side other = side("other", 78);
        Hash receipt;
        try (Node node = Node.startWithoutAuditor(first.config, first.model)) {
            receipt = ask(node, "first").digest();
            while (posted(node, receipt).isEmpty()) {
                Thread.sleep(5);
            }
        }
        try (Node node = Node.start(other.config, other.model)) {
            Hash second = ask(node, "other").digest();
            assertEquals(assay.ledger.state.Receipt.Status.CONFIRMED, verdict(node, second));
            assertEquals(
                    assay.ledger.state.Receipt.Status.DRAWN,
                    posted(node, receipt).orElseThrow().status());
        }
        try (Node node = Node.start(first.config, first.model)) {
            assertEquals(assay.ledger.state.Receipt.Status.CONFIRMED, verdict(node, receipt));
        }
    }

    @Test
    void aRequestThatAKillLeftBehindIsReceiptedByItsOwnModelAlone() throws Exception {
        Side first = side("first", 77);
        Side other = side("other", 78);
        Book.Entry whole;
        Transcript told;
        try (Node node = Node.start(first.config, first.model)) {
            whole = ask(node, "first");
            told = node.book().transcript(whole);
            assertEquals(assay.ledger.state.Receipt.Status.CONFIRMED, verdict(node, whole.digest()));
        }
        leaveBehind(first.config, whole, told);
        try (Node node = Node.start(other.config, other.model)) {
            assertEquals(1, node.book().size());
        }
        try (Node node = Node.start(first.config, first.model)) {
            Book.Entry late = node.book().find(UNFINISHED).orElseThrow();
            assertEquals(
                    Receipt.Finish.ABORTED, late.receipt().choices().getFirst().finish());
            assertEquals(3, late.receipt().usage().completion());
            assertEquals(assay.ledger.state.Receipt.Status.CONFIRMED, verdict(node, late.digest()));
        }
    }

    /** Writes what a kill after the third token leaves in the journal. */
    private static void leaveBehind(NodeConfig config, Book.Entry whole, Transcript told) throws Exception {
        Home home = new Home(config.home());
        Receipt r = whole.receipt();
        ChatRequest request = ChatRequest.parse(told.body(), told.body().length);
        Hash channel = Hash.ofHex(r.payment().channel());
        Voucher voucher = new Voucher(channel, Amount.ofMicro(1));
        SignedVoucher signed = new SignedVoucher(
                voucher, new Signer(home.account("wallet"), r.ledger().chain()).sign(voucher));
        try (Book book = Book.open(home.node(), home.nodeKey())) {
            book.accept(new Accepted(
                            UNFINISHED,
                            told.body(),
                            request,
                            request.sampling(6),
                            r.request().date(),
                            told.salt(),
                            told.salt(),
                            told.promptIds(),
                            r.seed(),
                            UNFINISHED,
                            r.price(),
                            new Cover.Wallet(signed, r.payment().payer(), Amount.ofMicro(1000)),
                            Optional.empty(),
                            r.timeMillis(),
                            r.ledger().height()))
                    .join();
            for (int id : told.choices().getFirst().ids().subList(0, 3)) {
                book.sent(UNFINISHED, 0, id);
            }
        }
        assertTrue(told.choices().getFirst().ids().size() > 3);
    }
}
