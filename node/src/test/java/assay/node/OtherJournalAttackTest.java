package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.receipt.Transcript;
import assay.ledger.crypto.Address;
import assay.ledger.store.EmbeddedLedger;
import assay.node.serve.Book;
import assay.node.serve.Posting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose journal was put back from a copy, beside a ledger that went on. */
class OtherJournalAttackTest {
    @TempDir
    Path dir;

    /** The node must not sign a checkpoint over it: with the one that was posted it would be evidence of a fork. */
    @Test
    void aJournalWithAnotherHistoryThanTheLedgersSignsNothing() throws Exception {
        PayNode node = new PayNode(dir, 0);
        List<Book.Entry> entries = new ArrayList<>();
        List<Transcript> transcripts = new ArrayList<>();
        Address operator = node.operator();
        try (node) {
            Paying402 client = new Paying402(node.node().uri());
            PayNode.Stranger payer = node.stranger();
            for (String question : List.of("one", "two")) {
                String body = Paying402.body(question);
                var terms = client.ask(body).terms("exact");
                var payment = Paying402.Authorization.of(terms).by(payer.key());
                assertEquals(200, client.send(body, Optional.of(payment)).status());
            }
            while (node.ledger().state().log(operator).size() < 2) {
                Thread.sleep(5);
            }
            for (Book.Entry entry : node.node().book().entries(0)) {
                entries.add(entry);
                transcripts.add(node.node().book().transcript(entry));
            }
        }
        Home home = node.home();
        Path journal = home.node().resolve("journal");
        byte[] honest = Files.readAllBytes(journal);
        for (List<Integer> history : List.of(List.<Integer>of(), List.of(0), List.of(1, 0))) {
            Files.delete(journal);
            try (Book book = Book.open(home.node(), home.nodeKey())) {
                for (int i : history) {
                    Book.Entry e = entries.get(i);
                    book.sign(e.id(), e.receipt(), transcripts.get(i), e.ledgerModel(), e.traceRoot(), e.traceSalt())
                            .join();
                }
            }
            IOException refusal = assertThrows(IOException.class, () -> open(home, operator));
            assertTrue(String.valueOf(refusal.getMessage()).contains("not the one that was posted"), refusal::toString);
        }
        Files.write(journal, honest);
        open(home, operator);
    }

    private static void open(Home home, Address operator) throws Exception {
        try (EmbeddedLedger ledger = Bootstrap.open(home);
                Book book = Book.open(home.node(), home.nodeKey())) {
            Posting.refuseFork(ledger, operator, book);
        }
    }
}
