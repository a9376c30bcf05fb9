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
import assay.engine.infer.Model;
import assay.engine.infer.Saturations;
import assay.ledger.crypto.Address;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.LiveLedger;
import assay.node.audit.Auditor;
import assay.node.audit.Deliveries;
import assay.node.audit.Disputing;
import assay.node.audit.ReplayedWorks;
import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import assay.node.metrics.Metrics;
import assay.node.openai.ChatService;
import assay.node.openai.ModelCard;
import assay.node.openai.OpenAi;
import assay.node.openai.OpenAiOptions;
import assay.node.pay.Desk;
import assay.node.pay.FacilitatorApi;
import assay.node.pay.OutsideTerms;
import assay.node.serve.Allowance;
import assay.node.serve.Book;
import assay.node.serve.Chats;
import assay.node.serve.Duties;
import assay.node.serve.Erasing;
import assay.node.serve.Exposure;
import assay.node.serve.LocalPayer;
import assay.node.serve.Opener;
import assay.node.serve.Pace;
import assay.node.serve.Posting;
import assay.node.serve.Promises;
import assay.node.serve.Splits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A whole network in one process: a ledger, a node with its log, an auditor, and the HTTP surface. */
public final class Node implements AutoCloseable {
    private final Parts parts;
    private final LiveLedger ledger;
    private final Engine engine;
    private final Book book;
    private final Chats chats;
    private final Posting posting;
    private final Duties duties;
    private final Auditor auditor;
    private final WebServer web;
    private final Bootstrap.Ready ready;
    private final Home home;

    /** Everything on one page: each part is in {@code parts} as soon as it holds something. */
    private Node(NodeConfig config, Model model, Optional<Joined> joined, Parts parts)
            throws IOException, MalformedException, InterruptedException {
        this.parts = parts;
        home = new Home(config.home());
        Program program = model.program();
        ModelText text = ModelText.of(program, model.tokenizer());
        if (joined.isPresent()) {
            Joined network = joined.get();
            ledger = network.ledger();
            parts.add(network.ledger()::close);
            ready = Bootstrap.join(ledger, home, program, config, network.endpoint(), network.say());
        } else {
            EmbeddedLedger own = Bootstrap.open(home);
            ledger = own;
            parts.add(own::close);
            ready = Bootstrap.run(own, home, program, config);
        }
        home.keep(program);
        NodeSigner signer = home.nodeKey();
        Address operator = ready.operator().signer().address();
        book = Book.open(home.node(), signer);
        parts.add(book::close);
        Posting.refuseFork(ledger, operator, book);
        LocalPayer payer = payer(ledger, ready, book, home);
        Desk desk = desk(home, ledger, ready, book);
        parts.add(desk::close);
        engine = new Engine(model, config.engine());
        Pace pace = joined.flatMap(Joined::pace)
                .orElseGet(() -> Pace.of(ledger.state().params()));
        posting = new Posting(ledger, ready.operator(), book, payer, desk.charges(), pace);
        Opener opener = new Opener(engine, book, ledger, operator, home.openings());
        parts.add(opener::close);
        duties = new Duties(ledger, ready.operator(), book, opener::answer);
        Exposure exposure = new Exposure(ledger, operator, book);
        Chats.Offer offer = offer(config, ledger, ready, program, signer, engine);
        chats = new Chats(
                engine, text, book, payer, desk, exposure, offer, InstantSource.system(), e -> posting.post());
        auditor =
                new Auditor(engine, text, ledger, ready.auditor(), digest -> find(book, digest), home.auditorSecret());
        ReplayedWorks works = new ReplayedWorks(engine, text, config.modelFile(), digest -> find(book, digest));
        Disputing disputes = new Disputing(ledger, ready.operator(), works);
        parts.add(auditor::close);
        parts.add(posting::close);
        parts.add(duties::close);
        parts.add(works::close);
        parts.add(disputes::close);
        parts.add(() -> {
            engine.close();
            remember(engine.saturations(), config.derivedFolder());
        });
        chats.recover();
        posting.start();
        duties.start();
        disputes.start();
        Consumer<Hash> forget = auditor::forget;
        new Erasing(ledger, operator, book, forget.andThen(opener::forget)).start();
        Router router = new Router();
        OpenAi.route(router, chats, new Metrics(), OpenAiOptions.payable(home.apiKey()));
        Splits splits = new Splits(home.node());
        parts.add(splits::close);
        new Status(ledger, book, auditor, ready, splits, config.modelName()).route(router);
        OwnerApi owner = new OwnerApi(chats, book, ledger, ready, home.apiKey());
        owner.route(router);
        new DisputeApi(ledger, owner).route(router);
        new OpeningApi(opener, book, owner).route(router);
        new FacilitatorApi(ledger, ready.operator(), InstantSource.system()).route(router);
        if (joined.isPresent()) {
            new Deliveries(ledger, operator, digest -> find(book, digest)).route(router);
        }
        web = WebServer.start(WebOptions.loopback(config.port()), router);
        parts.add(web::close);
    }

    /**
     * Starts everything on a loaded model and finishes what a killed process left behind.
     *
     * @throws MalformedException if the model cannot chat
     */
    public static Node start(NodeConfig config, Model model)
            throws IOException, MalformedException, InterruptedException {
        Node node = startWithoutAuditor(config, model);
        node.audit();
        return node;
    }

    /** The same, but receipts wait for their replay until {@link #audit}, or for the next start. */
    public static Node startWithoutAuditor(NodeConfig config, Model model)
            throws IOException, MalformedException, InterruptedException {
        return begin(config, model, Optional.empty());
    }

    /**
     * A network whose ledger is elsewhere.
     *
     * @param ledger is closed with the node
     * @param endpoint where others reach this node
     * @param pace how long receipts wait for others; empty for what suits the network
     * @param say is told what the network waits for
     */
    private record Joined(LiveLedger ledger, URI endpoint, Optional<Pace> pace, Consumer<String> say) {}

    /**
     * Joins a network whose ledger is elsewhere: registers, serves, posts, and delivers to drawn auditors.
     *
     * @param ledger is closed with the node, also if it cannot start
     * @param endpoint where others reach this node
     * @param say is told what the network waits for
     */
    public static Node join(NodeConfig config, Model model, LiveLedger ledger, URI endpoint, Consumer<String> say)
            throws IOException, MalformedException, InterruptedException {
        return join(config, model, ledger, endpoint, Optional.empty(), say);
    }

    /**
     * The same.
     *
     * @param pace how long receipts wait for others; empty for what suits the network
     */
    public static Node join(
            NodeConfig config, Model model, LiveLedger ledger, URI endpoint, Optional<Pace> pace, Consumer<String> say)
            throws IOException, MalformedException, InterruptedException {
        return begin(config, model, Optional.of(new Joined(ledger, endpoint, pace, say)));
    }

    private static Node begin(NodeConfig config, Model model, Optional<Joined> joined)
            throws IOException, MalformedException, InterruptedException {
        Parts parts = new Parts();
        boolean isStarted = false;
        try {
            Node node = new Node(config, model, joined, parts);
            isStarted = true;
            return node;
        } finally {
            if (!isStarted) {
                parts.close();
            }
        }
    }

    private static Chats.Offer offer(
            NodeConfig config,
            LiveLedger ledger,
            Bootstrap.Ready ready,
            Program program,
            NodeSigner signer,
            Engine engine) {
        String operator = ready.operator().signer().address().toString();
        return new Chats.Offer(
                new ModelCard(
                        config.modelName(),
                        System.currentTimeMillis() / 1000,
                        operator,
                        program.root(),
                        engine.context()),
                new Receipt.Model(
                        config.modelName(),
                        program.root(),
                        program.weightRoot(),
                        program.tokenizerDigest(),
                        program.templateDigest(),
                        program.unicode(),
                        config.fileDigest()),
                new Receipt.Node(operator, signer.key(), ReceiptLog.originOf(signer.key())),
                ready.model(),
                ready.price(),
                ledger.chainId(),
                config.engine().queueMax(),
                () -> ledger.state().height());
    }

    private static LocalPayer payer(LiveLedger ledger, Bootstrap.Ready ready, Book book, Home home) {
        Allowance allowance = new Allowance(home.dailyLimit(), InstantSource.system());
        allowance.restore(book, ready.channel().hex());
        LocalPayer payer =
                new LocalPayer(ledger, ready.wallet(), ready.channel(), Amount.ofUnits(50), Optional.of(allowance));
        payer.restore(book.promises().owed(ready.channel()), book.promises().promised(ready.channel()));
        return payer;
    }

    private static Desk desk(Home home, LiveLedger ledger, Bootstrap.Ready ready, Book book) throws IOException {
        Desk desk = Desk.open(
                ledger,
                ready.operator(),
                home.account("operator"),
                OutsideTerms.read(home.payments()),
                book.covers(
                        ledger.state().log(ready.operator().signer().address()).size()),
                InstantSource.system());
        for (Promises.Standing s : book.promises().standings()) {
            if (ledger.state().channel(s.channel()).isPresent()) {
                desk.charges().restore(s.channel(), s.told(), s.owed(), Optional.of(s.highest()));
            }
        }
        return desk;
    }

    private static Optional<Auditor.Case> find(Book book, Hash digest) throws IOException, MalformedException {
        Optional<Book.Entry> entry = book.find(digest);
        return entry.isEmpty() || book.isErased(entry.get().id())
                ? Optional.empty()
                : Optional.of(new Auditor.Case(entry.get().receipt(), book.transcript(entry.get())));
    }

    /** Lets the auditor begin, unless it did: with what earlier processes left to replay. */
    public void audit() {
        auditor.start();
    }

    /**
     * Posts the model's tokenizer and template on the ledger, where they are not, and waits until they are.
     *
     * @param say is told what it costs before anything is sent
     * @throws IOException if the operator cannot pay for it, or the ledger takes no more
     */
    public void postText(Consumer<String> say) throws IOException {
        TextPosting.run(ledger, ready.operator(), ready.model(), engine.model().program(), say);
    }

    /** Where the API answers. */
    public URI uri() {
        return web.uri();
    }

    /** The key that the API asks for. */
    public String apiKey() throws IOException {
        return home.apiKey();
    }

    /** The ledger. */
    public LiveLedger ledger() {
        return ledger;
    }

    /** Receipts and their log. */
    public Book book() {
        return book;
    }

    /** What answers behind the API. */
    public ChatService chats() {
        return chats;
    }

    /** The engine. */
    public Engine engine() {
        return engine;
    }

    /** Accounts of this network, as {@code role address} lines for people. */
    public List<String> accounts() {
        return List.of(
                "wallet   " + ready.wallet().signer().address(),
                "operator " + ready.operator().signer().address(),
                "auditor  " + ready.auditor().signer().address());
    }

    /** Why receipts do not reach the ledger; empty while all is well. */
    public String trouble() {
        return posting.trouble().isEmpty() ? duties.trouble() : posting.trouble();
    }

    private static void remember(Saturations counted, Path derivedFolder) {
        try {
            counted.addTo(derivedFolder);
        } catch (IOException e) {
            return; // a count for people, on a disk that has no room for it
        }
    }

    /** Takes no new work, ends what runs, and leaves everything on the disk; replays go on at the next start. */
    @Override
    public void close() throws IOException {
        chats.stop();
        book.stopWaiting();
        ledger.stopWaiting();
        parts.close();
    }
}
