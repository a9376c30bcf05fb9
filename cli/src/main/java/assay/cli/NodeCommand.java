package assay.cli;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.engine.infer.EngineOptions;
import assay.engine.store.StoredModel;
import assay.node.Home;
import assay.node.Node;
import assay.node.NodeConfig;
import assay.node.serve.Pace;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
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

    @Mixin
    private Joining joining = new Joining();

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

    @Option(
            names = "--post-count",
            paramLabel = "COUNT",
            description = "Receipts that are posted together (default: each at once where transactions cost nothing,"
                    + " else 64).")
    private @Nullable Integer postCount;

    @Option(
            names = "--post-age",
            paramLabel = "SECONDS",
            description = "How long a receipt waits for others (default: 30).")
    private @Nullable Integer postAge;

    @Option(
            names = "--redeem-fees",
            paramLabel = "COUNT",
            description = "A channel's voucher is redeemed when it is worth so many fees (default: 10).")
    private @Nullable Integer redeemFees;

    @Option(
            names = "--post-text",
            description =
                    "Post the model's tokenizer and template on the ledger, unless they are there: disputes about text"
                            + " need them. Says first what it costs (SmolLM2: 37 transactions, 1.2 MB).")
    private boolean postText;

    @Mixin
    private OutsideOptions outside = new OutsideOptions();

    NodeCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        Home home = joining.home(assay, "joined");
        Bounds.within("--port", port, 1, 65535);
        OptionalInt context = Bounds.contextTokens(contextTokens);
        checkPace();
        outside.keep(home);
        Joining.Begun begun = joining.begin(assay, home);
        URI at = endpoint == null ? URI.create("http://127.0.0.1:" + port) : endpoint;
        Node node = Node.join(
                config(home, begun, context),
                begun.model(),
                begun.ledger(),
                at,
                Optional.of(pace(Pace.of(begun.ledger().state().params()))),
                line -> Joining.say(assay, line));
        if (assay.json()) {
            assay.screen()
                    .json(Json.object()
                            .put("uri", node.uri().toString())
                            .put("endpoint", at.toString())
                            .put("model", begun.stored().name())
                            .put("height", begun.ledger().state().height())
                            .build());
        } else {
            assay.screen().out().println(begun.stored().name() + " answers at " + node.uri() + ", registered as " + at);
            node.accounts().forEach(line -> assay.screen().out().println("  " + line));
        }
        if (postText) {
            postText(node);
        }
        return Joining.untilStopped(assay, node::close);
    }

    /** A node that cannot pay for it answers all the same. */
    private void postText(Node node) {
        try {
            node.postText(line -> Joining.say(assay, line));
        } catch (IOException e) {
            Joining.say(assay, "tokenizer and template are not posted: " + e.getMessage());
        }
    }

    private void checkPace() throws Mistake {
        if (postCount != null) {
            Bounds.within("--post-count", postCount, 1, Integer.MAX_VALUE);
        }
        if (postAge != null) {
            Bounds.within("--post-age", postAge, 0, Integer.MAX_VALUE);
        }
        if (redeemFees != null) {
            Bounds.within("--redeem-fees", redeemFees, 0, Integer.MAX_VALUE);
        }
    }

    /** Receipts that are to be posted together wait for one another, also where transactions cost nothing. */
    private Pace pace(Pace usual) {
        long age = postCount == null ? usual.ageMillis() : Pace.SHARED.ageMillis();
        return new Pace(
                postCount == null ? usual.receipts() : postCount,
                postAge == null ? age : 1_000L * postAge,
                redeemFees == null ? usual.redeemFees() : redeemFees);
    }

    private NodeConfig config(Home home, Joining.Begun begun, OptionalInt context) {
        StoredModel stored = begun.stored();
        EngineOptions engine = context.isPresent() ? begun.engine().withContext(context.getAsInt()) : begun.engine();
        return new NodeConfig(
                home.dir(),
                stored.name(),
                stored.file(),
                stored.digest(),
                stored.licence(),
                stored.derivedFolder(),
                port,
                engine);
    }
}
