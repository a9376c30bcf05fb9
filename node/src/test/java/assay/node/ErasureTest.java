package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.text.ChatRequest;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.ledger.crypto.Address;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt.Status;
import assay.node.pay.Cover;
import assay.node.pay.SignedVoucher;
import assay.node.serve.Accepted;
import assay.node.serve.Book;
import assay.node.serve.Erasing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests and answers are kept while something can be found about them, and no longer. */
final class ErasureTest {
    private static final int WINDOW = 200;
    private static final Params SHORT = new Params(
            new Params.Windows(WINDOW, 20, 20, 0, 0, 20, 20, 20),
            Params.embedded().shares(),
            new Params.Audits(true, 1, 1, 100_000, 100_000, 2, 0, 1),
            Params.embedded().costs(),
            new Params.Disputes(5, 5, 100, 0, Amount.ZERO),
            Params.Governance.NONE,
            new Params.Hosting(20, 20, 0, 1, Amount.ZERO, Amount.ZERO, Amount.ZERO, 20));
    private static final String SECRET = "Where did Ada hide the seventh key?";
    private static final String QUESTION = "{\"model\":\"tiny\",\"max_tokens\":8,\"seed\":3,\"messages\":["
            + "{\"role\":\"user\",\"content\":\"" + SECRET + "\"}]}";
    private static final String UNANSWERED = QUESTION.replace("seventh", "eighth");

    @TempDir
    Path dir;

    @Test
    void requestAndAnswerGoWhenTheWindowClosesAndTheReceiptStays() throws Exception {
        Path files = dir.resolve("net");
        List<Hash> forgotten = new CopyOnWriteArrayList<>();
        Book.Entry entry;
        byte[] receiptFile;
        SignedVoucher promise;
        try (TestNetwork net =
                new TestNetwork(files, Models.honest(dir), SHORT).posting().auditing()) {
            Address operator = net.ready.operator().signer().address();
            new Erasing(net.ledger, operator, net.book, forgotten::add).start();
            promise = net.payer.reserve(Amount.ofMicro(1000)).orElseThrow();
            net.book.accept(unanswered(promise)).join();
            net.book.drop("unanswered").join();
            entry = net.enter(Forge.answer(net, QUESTION, Cheat.none()));
            Hash digest = entry.digest();
            assertEquals(Status.CONFIRMED, net.verdict(entry.digest()), () -> net.auditorFaults(digest)
                    .toString());
            long finalAt = net.ledger
                    .state()
                    .receipt(operator, entry.digest())
                    .orElseThrow()
                    .statusAt();

            net.ledger
                    .advance((int) (finalAt + WINDOW - 1 - net.ledger.state().height()))
                    .join();
            assertTrue(Files.exists(transcript(net.book, entry)));
            assertTrue(mentions(journal(files), QUESTION));
            assertTrue(mentions(journal(files), UNANSWERED));
            assertEquals(List.of(), forgotten);

            net.ledger.advance(1).join();
            awaitGone(transcript(net.book, entry));
            assertTrue(net.book.isErased(entry.id()));
            receiptFile = net.book.file(net.book.find(entry.id()).orElseThrow()).encode();
        }
        assertEquals(List.of(entry.digest()), forgotten);
        assertTrue(
                Verifier.verify(receiptFile, TrustPolicy.stranger()) instanceof Verdict.Valid,
                "the receipt stays valid");
        for (int start = 0; start < 2; start++) {
            try (Book book = Book.open(files.resolve("node"), new Home(files).nodeKey())) {
                assertEquals(entry.digest(), book.find(entry.id()).orElseThrow().digest());
                assertEquals(
                        promise.cumulative(),
                        book.promises().promised(entry(promise)).orElseThrow().cumulative());
                assertTrue(book.isErased(entry.id()));
                assertFalse(Files.exists(transcript(book, entry)));
                assertThrows(java.io.IOException.class, () -> book.transcript(entry));
                assertEquals(List.of(), book.unfinished());
            }
            assertFalse(mentions(journal(files), QUESTION));
            assertFalse(mentions(journal(files), UNANSWERED));
        }
    }

    private static Hash entry(SignedVoucher promise) {
        return promise.voucher().channel();
    }

    private static Accepted unanswered(SignedVoucher promise) throws Exception {
        byte[] body = UNANSWERED.getBytes(StandardCharsets.UTF_8);
        ChatRequest request = ChatRequest.parse(body, body.length);
        return new Accepted(
                "unanswered",
                body,
                request,
                request.sampling(8),
                "2026-11-30",
                Hash.sha256(),
                Hash.sha256(),
                new int[] {1, 2},
                new Receipt.Seed(3, Receipt.Seed.Source.CLIENT),
                "00".repeat(16),
                new PriceList(1, 1, 1, 1),
                new Cover.Wallet(promise, "0x" + "00".repeat(20), Amount.ofMicro(1000)),
                Optional.empty(),
                0,
                0);
    }

    private static Path transcript(Book book, Book.Entry entry) {
        return book.folder().resolve(entry.id() + ".transcript");
    }

    /** A body as it is, or as a transcript writes it. */
    private static boolean mentions(String bytes, String body) {
        String encoded = Base64.getEncoder().withoutPadding().encodeToString(body.getBytes(StandardCharsets.UTF_8));
        return bytes.contains(body) || bytes.contains(encoded);
    }

    private static String journal(Path files) throws Exception {
        return Files.readString(files.resolve("node").resolve("journal"), StandardCharsets.ISO_8859_1);
    }

    private static void awaitGone(Path file) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (Files.exists(file) && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertFalse(Files.exists(file), file + " is still there");
    }
}
