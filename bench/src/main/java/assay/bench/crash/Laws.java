package assay.bench.crash;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.verify.ModelText;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.ledger.crypto.Address;
import assay.ledger.state.Receipt.Status;
import assay.node.Node;
import assay.node.serve.Book;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold for a node's book and ledger, whatever was done to its process before. */
final class Laws {
    private static final long PATIENCE_NANOS = 180_000_000_000L;

    private final Node node;
    private final ModelText text;
    private final List<String> faults = new ArrayList<>();
    private int aborted;
    private int cached;

    private Laws(Node node, ModelText text) {
        this.node = node;
        this.text = text;
    }

    /**
     * What was found.
     *
     * @param receipts looked at
     * @param aborted of them, cut short
     * @param cached of them, with a reused prefix
     * @param faults broken laws, in words
     */
    record Found(int receipts, int aborted, int cached, List<String> faults) {}

    /** Waits until no audit is open, then looks at everything. */
    static Found check(Node node, ModelText text, List<Client.Told> told)
            throws IOException, MalformedException, InterruptedException {
        Laws laws = new Laws(node, text);
        List<Book.Entry> entries = node.book().entries(0);
        laws.waitForVerdicts(entries);
        Map<String, Book.Entry> byNonce = new TreeMap<>();
        for (Book.Entry entry : entries) {
            laws.receipt(entry);
            laws.require(
                    byNonce.put(entry.receipt().nonce(), entry) == null,
                    "two receipts of nonce " + entry.receipt().nonce());
        }
        laws.payments(entries);
        for (Client.Told answer : told) {
            laws.client(answer, Optional.ofNullable(byNonce.get(answer.nonce())));
        }
        return new Found(entries.size(), laws.aborted, laws.cached, laws.faults);
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            faults.add(otherwise);
        }
    }

    private Optional<assay.ledger.state.Receipt> onLedger(Book.Entry entry) throws MalformedException {
        Address operator = Address.parse(entry.receipt().node().operator());
        return node.ledger().state().receipt(operator, entry.digest());
    }

    private void waitForVerdicts(List<Book.Entry> entries) throws MalformedException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (Book.Entry entry : entries) {
            while (onLedger(entry).filter(r -> r.status().isFinal()).isEmpty() && System.nanoTime() < end) {
                Thread.sleep(20);
            }
        }
    }

    private void receipt(Book.Entry entry) throws IOException, MalformedException {
        Optional<assay.ledger.state.Receipt> posted = onLedger(entry);
        String status = posted.map(r -> r.status().name()).orElse("not posted");
        require(
                status.equals(Status.CONFIRMED.name()),
                "receipt " + entry.id() + " is " + status + "; posting says: " + node.trouble());
        Transcript transcript = node.book().transcript(entry);
        Verdict verdict =
                Verifier.verify(node.book().file(entry).encode(), transcript.encode(), text, TrustPolicy.stranger());
        require(verdict instanceof Verdict.Valid, "receipt " + entry.id() + ": " + verdict);
        aborted += entry.receipt().choices().stream().anyMatch(c -> c.finish() == Receipt.Finish.ABORTED) ? 1 : 0;
        cached += entry.receipt().usage().cached() > 0 ? 1 : 0;
    }

    /** One authorisation a receipt, each adding its amount to what is owed, and the ledger paid exactly that. */
    private void payments(List<Book.Entry> entries) throws MalformedException {
        TreeSet<Hash> authorisations = new TreeSet<>();
        Map<String, Long> owed = new TreeMap<>();
        for (Book.Entry entry : entries) {
            Receipt.Payment p = entry.receipt().payment();
            require(authorisations.add(p.authorisation()), "one payment for two receipts, one of them " + entry.id());
            long sum = owed.merge(p.channel(), p.amount(), Math::addExact);
            require(
                    p.cumulative() == sum,
                    "receipt " + entry.id() + " says " + p.cumulative() + " is owed, the receipts say " + sum);
        }
        for (Map.Entry<String, Long> channel : owed.entrySet()) {
            long paid = node.ledger()
                    .state()
                    .channel(Hash.ofHex(channel.getKey()))
                    .map(c -> c.redeemed().micro())
                    .orElse(0L);
            require(paid == channel.getValue(), "the ledger paid " + paid + " of " + channel.getValue());
        }
    }

    private void client(Client.Told told, Optional<Book.Entry> entry) throws IOException, MalformedException {
        if (told.receipt().isPresent()) {
            Client.Receipt acknowledged = told.receipt().get();
            boolean kept = entry.isPresent()
                    && entry.get().id().equals(acknowledged.id())
                    && entry.get().digest().hex().equals(acknowledged.digest());
            require(kept, "acknowledged receipt " + acknowledged.id() + " is lost");
        }
        if (entry.isPresent() && !told.text().isEmpty()) {
            String kept =
                    node.book().transcript(entry.get()).choices().getFirst().text();
            boolean whole = told.receipt().isPresent();
            require(
                    whole
                            ? kept.equals(told.text())
                            : kept.startsWith(told.text()) || told.text().startsWith(kept),
                    "receipt " + entry.get().id() + " is about another text than was sent");
        }
    }
}
