package assay.cli;

import assay.core.codec.Json;
import assay.engine.store.ModelStore;
import assay.engine.store.StoredModel;
import assay.ledger.light.LightLedger;
import assay.node.Home;
import assay.node.HostProcess;
import assay.node.follow.FollowedLedger;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay host}: keeps a model's file for a network whose ledger is elsewhere. */
@Command(
        name = "host",
        sortOptions = false,
        header = "Join a network as a host: keep a model's file, serve it, show chunks of it.",
        description = {
            "%nFollows the ledger block by block and believes no endpoint of it. Needs a stake in its account the first"
                    + " time: it says how much, and in which. Stopping it does not end the offer: chunks that it does not"
                    + " show cost stake. Ctrl-C stops it.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  assay host --ledger http://127.0.0.1:26657#GENESIS --home host1 --port 11460"})
final class HostCommand implements Callable<Integer> {
    private static final long GIGABYTE = 1_000_000_000;

    private final Assay assay;

    @Mixin
    private LedgerOption ledger = new LedgerOption();

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "A model's name or source (default: smollm2-135m).")
    private @Nullable String model;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "11460",
            description = "Where it listens on this machine (default: ${DEFAULT-VALUE}).")
    private int port = 11460;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Where others reach it, as the ledger will have it (default: the port of this machine).")
    private @Nullable URI endpoint;

    @Option(
            names = "--free",
            paramLabel = "GB",
            defaultValue = "100",
            description = "What is served in a day to those who do not pay (default: ${DEFAULT-VALUE}).")
    private int freeGigabytes = 100;

    @Option(names = "--home", paramLabel = "FOLDER", description = "Keys and a copy of the ledger.")
    private @Nullable Path home;

    HostCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake {
        if (!ledger.isGiven()) {
            throw new Mistake("say which network: --ledger URL", "a network of your own is: assay up", Exit.USAGE);
        }
        Bounds.within("--port", port, 1, 65535);
        Bounds.within("--free", freeGigabytes, 0, Integer.MAX_VALUE);
        Path folder = home == null
                ? assay.folders().data().resolve("host")
                : home.toAbsolutePath().normalize();
        LightLedger light = ledger.open(folder);
        StoredModel stored =
                assay.models().pull(model == null ? ModelStore.DEFAULT_SOURCE : model, new Bar(assay.screen()));
        FollowedLedger followed = FollowedLedger.open(light, folder.resolve("followed"));
        HostProcess host = HostProcess.join(
                new Home(folder),
                new HostProcess.Settings(
                        stored.name(), stored.file(), port, Optional.ofNullable(endpoint), freeGigabytes * GIGABYTE),
                followed,
                line -> Joining.say(assay, line));
        if (assay.json()) {
            assay.screen()
                    .json(Json.object()
                            .put("account", host.account().toString())
                            .put("model", stored.name())
                            .put("uri", host.uri().toString())
                            .build());
        } else {
            assay.screen().out().println("hosting " + stored.name() + " at " + host.uri() + " as " + host.account());
        }
        return Joining.untilStopped(assay, host::close);
    }
}
