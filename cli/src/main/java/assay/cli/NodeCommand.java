package assay.cli;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.engine.store.ModelStore;
import assay.engine.store.StoredModel;
import assay.ledger.light.LightLedger;
import assay.node.Home;
import assay.node.Node;
import assay.node.NodeConfig;
import assay.node.follow.FollowedLedger;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay node}: answers for money on a network whose ledger is elsewhere. */
@Command(
        name = "node",
        sortOptions = false,
        header = "Join a network as a node: register, answer, post receipts, deliver to auditors.",
        description = {
            "%nFollows the ledger block by block and believes no endpoint of it. Needs 201 units in its operator's"
                    + " account the first time: it says which. Ctrl-C stops it.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay node --ledger http://127.0.0.1:26657#GENESIS --home node1 --port 11440",
        })
final class NodeCommand implements Callable<Integer> {
    private final Assay assay;
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Mixin
    private LedgerOption ledger = new LedgerOption();

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "A model's name or source (default: smollm2-135m).")
    private @Nullable String model;

    @Option(names = "--threads", paramLabel = "COUNT", description = "Threads of the engine (default: all).")
    private @Nullable Integer threads;

    @Option(names = "--ctx", paramLabel = "TOKENS", description = "Room for question and answer.")
    private @Nullable Integer contextTokens;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "11440",
            description = "Where it listens on this machine (default: ${DEFAULT-VALUE}).")
    private int port = 11440;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Where others reach it, as the ledger will have it (default: the port of this machine).")
    private @Nullable URI endpoint;

    @Mixin
    private OutsideOptions outside = new OutsideOptions();

    @Option(names = "--home", paramLabel = "FOLDER", description = "Keys, receipts and a copy of the ledger.")
    private @Nullable Path home;

    NodeCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        if (!ledger.isGiven()) {
            throw new Mistake("say which network: --ledger URL", "a network of your own is: assay up", Exit.USAGE);
        }
        if (port < 1 || port > 65535) {
            throw new Mistake("--port is 1 to 65535, got " + port, "", Exit.USAGE);
        }
        Path folder = home == null
                ? assay.folders().data().resolve("joined")
                : home.toAbsolutePath().normalize();
        outside.keep(new Home(folder));
        LightLedger light = ledger.open(folder);
        StoredModel stored =
                assay.models().pull(model == null ? ModelStore.DEFAULT_SOURCE : model, new Bar(assay.screen()));
        Model loaded = Model.load(stored.file(), stored.derivedFolder());
        EngineOptions engine = EngineOptions.standard();
        engine = threads == null ? engine : engine.withThreads(threads);
        engine = contextTokens == null ? engine : engine.withContext(contextTokens);
        NodeConfig config = new NodeConfig(
                folder,
                stored.name(),
                stored.file(),
                stored.digest(),
                stored.licence(),
                stored.derivedFolder(),
                port,
                engine);
        assay.screen().err().println("following " + light.chainId() + "…");
        FollowedLedger followed = FollowedLedger.open(light, folder.resolve("followed"));
        URI at = endpoint == null ? URI.create("http://127.0.0.1:" + port) : endpoint;
        Node node = Node.join(
                config, loaded, followed, at, line -> assay.screen().err().println(line));
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(node)));
        if (assay.json()) {
            assay.screen()
                    .json(Json.object()
                            .put("uri", node.uri().toString())
                            .put("endpoint", at.toString())
                            .put("model", stored.name())
                            .put("height", followed.state().height())
                            .build());
        } else {
            assay.screen().out().println(stored.name() + " answers at " + node.uri() + ", registered as " + at);
            node.accounts().forEach(line -> assay.screen().out().println("  " + line));
        }
        assay.screen().out().flush();
        stopped.await();
        return Exit.OK;
    }

    private void end(Node node) {
        try {
            node.close();
        } catch (IOException e) {
            assay.screen().err().println("assay: " + e.getMessage());
        }
        stopped.countDown();
    }
}
