package assay.node;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.log.ReceiptLog;
import assay.core.program.Program;
import assay.core.receipt.Receipt;
import assay.core.verify.ModelText;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.state.Genesis;
import assay.ledger.state.Params;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.tx.Transaction;
import assay.node.audit.Auditor;
import assay.node.pay.SignedVoucher;
import assay.node.serve.Book;
import assay.node.serve.LocalPayer;
import assay.node.serve.Posting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An embedded network made of the real parts, into which a test puts whatever receipts it likes: the
 * ledger, the book, posting and the auditor do not know that the node is dishonest.
 */
final class TestNetwork implements AutoCloseable {
    static final String MODEL_NAME = "tiny";

    final EmbeddedLedger ledger;
    final Bootstrap.Ready ready;
    final Engine engine;
    final ModelText text;
    final Book book;
    final LocalPayer payer;
    final NodeSigner signer;
    final Receipt.Model receiptModel;
    final List<Event> events = new CopyOnWriteArrayList<>();
    private final Home home;
    private Optional<Posting> posting = Optional.empty();
    private Optional<Auditor> auditor = Optional.empty();

    /** A network whose model is {@code model}, under embedded windows. */
    TestNetwork(Path dir, Model model) throws IOException, MalformedException {
        this(dir, model, Params.embedded());
    }

    TestNetwork(Path dir, Model model, Params params) throws IOException, MalformedException {
        home = new Home(dir);
        EmbeddedLedger.open(
                        home.ledger(),
                        new Genesis(
                                Genesis.CHAIN_ID_FIRST + 7,
                                params,
                                List.of(new Genesis.Allocation(
                                        home.account("faucet").address(), Bootstrap.SUPPLY))))
                .close();
        ledger = EmbeddedLedger.open(home.ledger());
        ledger.onBlock(block -> events.addAll(block.events()));
        Program program = model.program();
        Hash file = Hash.sha256(program.root().bytes());
        ready = Bootstrap.run(
                ledger, home, program, new NodeConfig(dir, MODEL_NAME, dir, file, "CC0-1.0", dir, 0, OPTIONS));
        text = ModelText.of(program);
        engine = new Engine(model, OPTIONS);
        signer = home.nodeKey();
        book = Book.open(home.node(), signer);
        payer = new LocalPayer(ledger, ready.wallet(), ready.channel(), Amount.ofUnits(50));
        receiptModel = new Receipt.Model(
                MODEL_NAME,
                program.root(),
                program.weightRoot(),
                program.tokenizerDigest(),
                program.templateDigest(),
                program.unicode(),
                file);
    }

    static final EngineOptions OPTIONS = new EngineOptions(1, 256, 16, 64, 32, 32, 16L << 20);

    /** Posts what is in the book, and opens roots when asked, as an honest node would. */
    TestNetwork posting() {
        Posting real = new Posting(ledger, ready.operator(), book, payer);
        real.start();
        posting = Optional.of(real);
        return this;
    }

    /** Replays what is drawn. */
    TestNetwork auditing() throws IOException {
        Auditor real = new Auditor(engine, text, ledger, ready.auditor(), this::find, home.auditorSecret());
        real.start();
        auditor = Optional.of(real);
        return this;
    }

    private Optional<Auditor.Case> find(Hash digest) throws IOException, MalformedException {
        Optional<Book.Entry> entry = book.find(digest);
        return entry.isEmpty()
                ? Optional.empty()
                : Optional.of(new Auditor.Case(entry.get().receipt(), book.transcript(entry.get())));
    }

    Receipt.Node receiptNode() {
        return new Receipt.Node(
                ready.operator().signer().address().toString(), signer.key(), ReceiptLog.originOf(signer.key()));
    }

    /** Signs a receipt and puts it into the log; it is posted if posting runs. */
    Book.Entry enter(Forged forged) {
        Book.Entry entry = book.sign(
                        forged.receipt().nonce(),
                        forged.receipt(),
                        forged.transcript(),
                        ready.model(),
                        forged.traces(),
                        forged.traceSalt())
                .join();
        posting.ifPresent(Posting::post);
        return entry;
    }

    /** Posts all entries by hand: nothing here opens them. */
    void postAsIs(Amount amount) {
        for (Outcome outcome : post(amount)) {
            if (outcome instanceof Outcome.Rejected(var reason)) {
                throw new AssertionError("refused: " + reason);
            }
        }
    }

    /** Posts all entries with this amount each, and redeems. */
    List<Outcome> post(Amount amount) {
        List<Book.Entry> entries = book.entries(0);
        List<Transaction.Posting> postings = entries.stream()
                .map(e -> new Transaction.Posting(
                        e.digest(),
                        ready.channel(),
                        ready.model(),
                        amount,
                        Amount.ZERO,
                        e.receipt().usage().prompt() + e.receipt().usage().completion(),
                        e.receipt().trace().root()))
                .toList();
        SignedVoucher voucher = payer.latest();
        Transaction post = new Transaction.PostCheckpoint(
                entries.size(), book.checkpoint(entries.size()).root(), postings);
        Transaction redeem =
                new Transaction.Redeem(voucher.voucher().channel(), voucher.cumulative(), voucher.signature());
        return ready.operator().send(List.of(post, redeem)).join();
    }

    /** What the auditor found in a receipt. */
    List<String> auditorFaults(Hash receipt) {
        return auditor.flatMap(a -> a.report(receipt)).orElseThrow().faults();
    }

    /** The receipt's status once nothing changes any more. */
    assay.ledger.state.Receipt.Status verdict(Hash receipt) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < end) {
            Optional<assay.ledger.state.Receipt> state =
                    ledger.state().receipt(ready.operator().signer().address(), receipt);
            if (state.isPresent() && state.get().status().isFinal()) {
                return state.get().status();
            }
            Thread.sleep(5);
        }
        throw new AssertionError("no verdict on " + receipt + "; posting says: "
                + posting.map(Posting::trouble).orElse("nothing"));
    }

    @Override
    public void close() throws IOException {
        engine.close();
        posting.ifPresent(Posting::close);
        auditor.ifPresent(Auditor::close);
        book.close();
        ledger.close();
    }
}
