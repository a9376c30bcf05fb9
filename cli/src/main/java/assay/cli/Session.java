package assay.cli;

import assay.client.Client;
import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.engine.store.ModelStore;
import assay.engine.store.StoredModel;
import assay.ledger.store.EmbeddedLedger;
import assay.node.Home;
import assay.node.Node;
import assay.node.NodeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A way to a node: the one that runs on this home, or one of our own that ends with us.
 *
 * @param client asks it
 * @param model that it serves
 * @param home folder of keys, ledger and receipts
 * @param own ours, if none was running
 * @param first whether this home was set up just now
 */
record Session(Client client, String model, Path home, Optional<Node> own, boolean first) implements AutoCloseable {
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final long RETRY_MILLIS = 200;
    private static final String IN_USE = "is in use by another process";

    /**
     * What is asked of a node; what is left out is the running node's, or the default.
     *
     * @param model name or source
     * @param contextTokens room for question and answer
     * @param threads of the engine
     * @param port on loopback, 0 for any
     */
    record Wish(Optional<String> model, OptionalInt contextTokens, OptionalInt threads, int port) {}

    /** The running node, or one of our own; waits while another command has the home for itself. */
    static Session open(Assay assay, Path home, Wish wish)
            throws IOException, InterruptedException, Mistake, MalformedException {
        Optional<Running> running = Running.find(home);
        return running.isPresent() ? join(assay, home, wish, running.get()) : start(assay, home, wish);
    }

    private static Session join(Assay assay, Path home, Wish wish, Running running) throws IOException, Mistake {
        if (wish.model().isPresent() && !isNamed(assay, wish.model().get(), running.model())) {
            throw new Mistake(
                    "the running network serves " + running.model() + ", not "
                            + wish.model().get(),
                    "leave --model out, or stop it (process " + running.pid() + ")",
                    Exit.FAILED);
        }
        if (wish.contextTokens().isPresent() && wish.contextTokens().getAsInt() > running.contextTokens()) {
            throw new Mistake(
                    "the running network has a context of " + Counted.of(running.contextTokens(), "token"),
                    "stop it (process " + running.pid() + ") and start it with: assay up --ctx "
                            + wish.contextTokens().getAsInt(),
                    Exit.FAILED);
        }
        Client client = Client.connect(running.uri()).bearer(new Home(home).apiKey());
        return new Session(client, running.model(), home, Optional.empty(), false);
    }

    private static boolean isNamed(Assay assay, String asked, String name) throws IOException {
        return asked.equalsIgnoreCase(name)
                || assay.models().find(asked).map(m -> m.name().equals(name)).orElse(false);
    }

    /** A node of our own. */
    static Session start(Assay assay, Path home, Wish wish)
            throws IOException, InterruptedException, Mistake, MalformedException {
        Screen screen = assay.screen();
        StoredModel stored = assay.models().pull(wish.model().orElse(ModelStore.DEFAULT_SOURCE), new Bar(screen));
        screen.passing("loading " + stored.name() + "…");
        Model model = loaded(stored);
        EngineOptions engine = EngineOptions.standard();
        engine = wish.threads().isPresent() ? engine.withThreads(wish.threads().getAsInt()) : engine;
        engine = wish.contextTokens().isPresent()
                ? engine.withContext(wish.contextTokens().getAsInt())
                : engine;
        NodeConfig config = new NodeConfig(
                home,
                stored.name(),
                stored.file(),
                stored.digest(),
                stored.licence(),
                stored.derivedFolder(),
                wish.port(),
                engine);
        boolean first = !EmbeddedLedger.exists(new Home(home).ledger());
        Node node = patiently(config, model, screen);
        screen.passing("");
        Client client = Client.connect(node.uri()).bearer(node.apiKey());
        return new Session(client, stored.name(), home, Optional.of(node), first);
    }

    private static Model loaded(StoredModel stored) throws IOException, Mistake {
        try {
            return Model.load(stored.file(), stored.derivedFolder());
        } catch (MalformedException e) {
            throw new Mistake(
                    stored.file() + " cannot be run: " + e.getMessage(),
                    "if it was cut short or damaged: assay rm " + stored.name() + ", and fetch it again",
                    Exit.FAILED);
        }
    }

    /** One process at a time has a home's ledger: another {@code assay ask} is waited for. */
    private static Node patiently(NodeConfig config, Model model, Screen screen)
            throws IOException, InterruptedException, MalformedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return Node.startWithoutAuditor(config, model);
            } catch (IOException e) {
                boolean inUse = String.valueOf(e.getMessage()).contains(IN_USE);
                if (!inUse || System.nanoTime() > deadline) {
                    throw e;
                }
                screen.passing("another assay is at work in " + config.home() + "; waiting for it…");
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    /** Lets the auditor of our own node begin: it would take the answer's time before. */
    void audit() {
        own.ifPresent(Node::audit);
    }

    @Override
    public void close() throws IOException {
        if (own.isPresent()) {
            own.get().close();
        }
    }
}
