package assay.cli;

import assay.client.proxy.PaidStream;
import assay.client.proxy.Proxy;
import assay.client.proxy.Refusal;
import assay.client.proxy.Spending;
import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.ledger.crypto.OwnerOnly;
import assay.node.Home;
import assay.node.http.ApiError;
import assay.node.http.EventStream;
import assay.node.http.Exchange;
import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code assay proxy}: an OpenAI endpoint for clients that know nothing of payment or receipts. */
@Command(
        name = "proxy",
        sortOptions = false,
        header = "Let any OpenAI client use the network: pays within limits and checks each receipt.",
        description = {
            "%nListens on this machine only. Pays from your wallet, never more than the limits; what was spent today is"
                    + " kept through restarts. An answer whose receipt does not hold ends in an error instead of"
                    + " [DONE].%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay proxy",
            "  assay proxy --node http://127.0.0.1:11435 --max-cost 0.01 --per-day 0.5",
            "  export OPENAI_BASE_URL=http://127.0.0.1:11436/v1 OPENAI_API_KEY=none",
        })
final class ProxyCommand implements Callable<Integer> {
    private static final String LEDGER_FILE = "proxy-spending";

    private final Assay assay;
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Option(
            names = "--node",
            paramLabel = "URL",
            description = "A node to pay; more than one: the next is asked when one is away (default: your own).")
    private List<URI> nodes = new ArrayList<>();

    @Option(
            names = "--max-cost",
            paramLabel = "UNITS",
            defaultValue = "0.01",
            description = "The most that one request may cost (default: ${DEFAULT-VALUE}).")
    private String maxCost = "0.01";

    @Option(
            names = "--per-day",
            paramLabel = "UNITS",
            defaultValue = "1",
            description = "The most that a day's requests may cost, UTC (default: ${DEFAULT-VALUE}).")
    private String perDay = "1";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "11436",
            description = "Where to listen on this machine, 0 for any (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--home", paramLabel = "FOLDER", description = "Whose wallet pays (default: the user's).")
    private @Nullable Path home;

    ProxyCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake {
        try (Proxy proxy = open();
                WebServer web = listen(proxy)) {
            Thread ending = Thread.ofPlatform().unstarted(stopped::countDown);
            Runtime.getRuntime().addShutdownHook(ending);
            tell(web.uri());
            stopped.await();
        }
        return Exit.OK;
    }

    private Proxy open() throws IOException, Mistake {
        Path folder =
                home == null ? assay.folders().data() : home.toAbsolutePath().normalize();
        Home its = new Home(folder);
        OwnerOnly.createFolder(folder);
        Spending spending = Spending.open(
                folder.resolve(LEDGER_FILE),
                limit("--max-cost", maxCost),
                limit("--per-day", perDay),
                InstantSource.system());
        return new Proxy(nodes(folder), its.account("wallet"), spending, InstantSource.system());
    }

    private static Amount limit(String option, String units) throws Mistake {
        try {
            return Amount.parse(units);
        } catch (MalformedException e) {
            throw new Mistake(option + ": " + e.getMessage(), option + " 0.01", Exit.USAGE);
        }
    }

    private List<URI> nodes(Path folder) throws IOException, Mistake {
        if (!nodes.isEmpty()) {
            return nodes;
        }
        Optional<Running> running = Running.find(folder);
        if (running.isEmpty()) {
            throw new Mistake("no network runs here", "assay up, or name a node with --node URL", Exit.FAILED);
        }
        return List.of(running.get().uri());
    }

    /** The proxy's routes on a loopback port. */
    WebServer listen(Proxy proxy) throws IOException {
        return listen(proxy, port);
    }

    static WebServer listen(Proxy proxy, int port) throws IOException {
        Router router = new Router();
        router.on("POST", "/v1/chat/completions", exchange -> chat(proxy, exchange))
                .on("GET", "/v1/models", exchange -> pass(proxy, exchange))
                .on("GET", "/v1/models/{id*}", exchange -> pass(proxy, exchange))
                .on("GET", "/v1/receipts/{id}", exchange -> pass(proxy, exchange))
                .on("GET", "/health", exchange -> pass(proxy, exchange))
                .on("GET", "/v1/{rest*}", ProxyCommand::notBuilt)
                .on("POST", "/v1/{rest*}", ProxyCommand::notBuilt);
        return WebServer.start(WebOptions.loopback(port), router);
    }

    private static void notBuilt(Exchange exchange) throws ApiError {
        throw ApiError.notFound(
                "not_built", "The route " + exchange.path() + " is not built yet; /v1/chat/completions is.");
    }

    private static void pass(Proxy proxy, Exchange exchange) throws IOException, InterruptedException {
        try {
            Proxy.Reply.Whole reply = proxy.get(exchange.path());
            exchange.send(reply.status(), reply.contentType(), reply.body());
        } catch (Refusal e) {
            exchange.sendJson(e.status(), e.json());
        }
    }

    private static void chat(Proxy proxy, Exchange exchange) throws IOException, InterruptedException, ApiError {
        try {
            switch (proxy.chat(exchange.jsonBody())) {
                case Proxy.Reply.Whole(int status, String type, byte[] body) -> exchange.send(status, type, body);
                case Proxy.Reply.Events(PaidStream stream) -> {
                    try (stream) {
                        pass(stream, exchange);
                    }
                }
            }
        } catch (Refusal e) {
            exchange.sendJson(e.status(), e.json());
        }
    }

    private static void pass(PaidStream stream, Exchange exchange) throws IOException, InterruptedException {
        EventStream out = exchange.events();
        while (true) {
            switch (stream.next()) {
                case PaidStream.Event.Data(byte[] bytes) -> out.event(bytes);
                case PaidStream.Event.Alive alive -> out.keepAlive();
                case PaidStream.Event.End end -> {
                    out.close();
                    return;
                }
            }
            out.flush();
        }
    }

    private void tell(URI uri) {
        Screen screen = assay.screen();
        if (assay.json()) {
            screen.json(Json.object()
                    .put("base_url", uri + "/v1")
                    .put("max_cost", maxCost)
                    .put("per_day", perDay)
                    .build());
            return;
        }
        var out = screen.out();
        out.println(
                screen.green("✔ ") + "any OpenAI client may use " + screen.bold(uri + "/v1") + ", with any API key");
        out.println();
        out.println("  limits         " + maxCost + " for a request, " + perDay + " for a day");
        out.println("  receipts       checked before an answer ends; one that does not hold is an error");
        out.println();
        out.println(screen.faint("  Ctrl-C stops it"));
        out.flush();
    }
}
