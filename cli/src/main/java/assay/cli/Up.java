package assay.cli;

import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.node.Home;
import assay.node.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay up}: a whole network in one process, until it is stopped. */
@Command(
        name = "up",
        sortOptions = false,
        header = "Run a network of your own: ledger, node and auditor, with an OpenAI API on this machine.",
        description = "%nCtrl-C stops it; every receipt and payment is on the disk by then.%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay up",
            "  assay up --model ./qwen2.5-0.5b-instruct-q8_0.gguf --ctx 4096",
            "  export OPENAI_BASE_URL=http://127.0.0.1:11435/v1",
            "  export OPENAI_API_KEY=$(assay wallet key)",
        })
final class Up implements Callable<Integer> {
    private final Assay assay;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "A model's name or source (default: smollm2-135m).")
    private @Nullable String model;

    @Option(
            names = "--ctx",
            paramLabel = "TOKENS",
            description = "Room for question and answer (default: the model's).")
    private @Nullable Integer contextTokens;

    @Option(names = "--threads", paramLabel = "COUNT", description = "Threads of the engine (default: all).")
    private @Nullable Integer threads;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "11435",
            description = "On this machine only; 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port = 11435;

    @Option(names = "--home", paramLabel = "FOLDER", description = "Keys, ledger and receipts (default: the user's).")
    private @Nullable Path home;

    @Mixin
    private OutsideOptions outside = new OutsideOptions();

    private final CountDownLatch stopped = new CountDownLatch(1);

    Up(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        Path folder =
                home == null ? assay.folders().data() : home.toAbsolutePath().normalize();
        refuseIfRunning(folder);
        Session.Wish wish = wish();
        refuseIfTaken(wish.port());
        outside.keep(new Home(folder));
        Session session = Session.start(assay, folder, wish);
        Node node = session.own().orElseThrow();
        session.audit();
        Thread ending = Thread.ofPlatform().unstarted(() -> end(session, folder));
        Runtime.getRuntime().addShutdownHook(ending);
        Running running = new Running(
                node.uri(),
                ProcessHandle.current().pid(),
                session.model(),
                node.engine().context());
        running.write(folder);
        tell(session, running);
        stopped.await();
        return Exit.OK;
    }

    private Session.Wish wish() throws Mistake {
        return new Session.Wish(
                Optional.ofNullable(model),
                Bounds.contextTokens(contextTokens),
                Bounds.threads(threads),
                Bounds.within("--port", port, 0, 65535));
    }

    private static void refuseIfRunning(Path folder) throws IOException, Mistake {
        Optional<Running> running = Running.find(folder);
        if (running.isPresent()) {
            throw new Mistake(
                    "a network runs on " + Footer.brief(folder) + " already: "
                            + running.get().uri() + " (process " + running.get().pid() + ")",
                    "use it, stop it with Ctrl-C where it runs, or give this one another --home and --port",
                    Exit.FAILED);
        }
    }

    /** Before anything is fetched or loaded. */
    private static void refuseIfTaken(int port) throws Mistake {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new Mistake(
                    "port " + port + " of this machine cannot be had: " + e.getMessage(),
                    "give another with --port; 0 takes any that is free",
                    Exit.FAILED);
        }
    }

    private void end(Session session, Path folder) {
        try {
            Running.forget(folder);
            session.close();
        } catch (IOException e) {
            assay.screen().err().println("assay: " + e.getMessage());
        }
        stopped.countDown();
    }

    private void tell(Session session, Running running) throws IOException {
        Screen screen = assay.screen();
        Path secret = session.home().resolve("keys").resolve("api.secret");
        if (assay.json()) {
            screen.json(Json.object()
                    .put("uri", running.uri().toString())
                    .put("base_url", running.uri() + "/v1")
                    .put("pid", running.pid())
                    .put("model", running.model())
                    .put("context_tokens", running.contextTokens())
                    .put("home", session.home().toString())
                    .build());
            return;
        }
        if (session.first()) {
            Ask.welcome(screen, session.home());
        }
        var out = screen.out();
        String uri = running.uri().toString();
        out.println(screen.green("✔ ") + screen.bold(session.model()) + " answers at " + screen.bold(uri) + ", up to "
                + Counted.of(running.contextTokens(), "token"));
        out.println();
        out.println("  ask it         " + Screen.launcher() + " ask \"…\"   or   " + Screen.launcher() + " chat");
        out.println("  any OpenAI     export OPENAI_BASE_URL=" + uri + "/v1");
        out.println("  client         export OPENAI_API_KEY=$(" + Screen.launcher() + " wallet key"
                + (home == null ? "" : " --home " + Footer.brief(session.home())) + ")");
        out.println("  watch          " + uri + "/metrics   " + uri + "/health   " + uri + "/assay/status");
        out.println("  receipts       "
                + Footer.brief(new Home(session.home()).node().resolve("receipts")));
        out.println();
        out.println(screen.faint(
                "  the key stands for this network's wallet of play money; it is made from " + Footer.brief(secret)));
        out.println(screen.faint("  Ctrl-C stops it; nothing is lost"));
        out.flush();
    }
}
