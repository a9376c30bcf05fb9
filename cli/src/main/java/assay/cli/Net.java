package assay.cli;

import assay.core.base.Amount;
import assay.ledger.crypto.Address;
import assay.ledger.state.Genesis;
import assay.node.Home;
import assay.node.consensus.CometBft;
import assay.node.consensus.LocalNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code assay net}: several validators on this machine, until they are stopped. */
@Command(
        name = "net",
        sortOptions = false,
        header = "Run a ledger on several validators of this machine, with CometBFT.",
        description = {
            "%nThe first time it writes the configuration and a faucet's key; later it goes on from what is there.",
            "Ctrl-C stops it.%n",
        },
        footerHeading = "%nExamples:%n",
        footer = {"  assay net --validators 4", "  assay net --home net --port 30000"})
final class Net implements Callable<Integer> {
    private final Assay assay;

    @Option(
            names = "--validators",
            paramLabel = "COUNT",
            defaultValue = "4",
            description = "How many, 1 to 16, when a network is made (default: ${DEFAULT-VALUE}).")
    private int validators = 4;

    @Option(names = "--home", paramLabel = "FOLDER", description = "Where it lives (default: net, in the user's).")
    private @Nullable Path home;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "26656",
            description = "The first of ten ports for each validator, when a network is made.")
    private int port = LocalNetwork.PORT;

    Net(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake {
        Bounds.within("--validators", validators, 1, 16);
        Bounds.within("--port", port, 1024, 65_000);
        CometBft comet = CometBft.find()
                .orElseThrow(() -> new Mistake(
                        "CometBFT " + CometBft.VERSION + " is not installed", CometBft.INSTALL, Exit.FAILED));
        String version = comet.version();
        if (!version.startsWith(CometBft.VERSION)) {
            throw new Mistake(
                    comet.program() + " is CometBFT " + version + ", not " + CometBft.VERSION,
                    CometBft.INSTALL,
                    Exit.FAILED);
        }
        Path dir = home == null
                ? assay.folders().data().resolve("net")
                : home.toAbsolutePath().normalize();
        boolean isNew = !LocalNetwork.exists(dir);
        int first = isNew ? port : LocalNetwork.port(dir);
        OptionalInt busy = LocalNetwork.busyPort(first, isNew ? validators : LocalNetwork.count(dir));
        if (busy.isPresent()) {
            throw new Mistake(
                    "port " + busy.getAsInt() + " is in use",
                    isNew ? "give this network others: --port 30000" : "does this network run already? " + dir,
                    Exit.FAILED);
        }
        if (isNew) {
            Address faucet = new Home(dir).account("faucet").address();
            int network = new SecureRandom().nextInt(1 << 20);
            LocalNetwork.make(
                    comet,
                    dir,
                    founders -> Genesis.local(network, faucet, Amount.ofUnits(1_000_000_000), founders),
                    validators,
                    port);
        }
        String pin = "#" + LocalNetwork.genesis(dir).digest().hex();
        CountDownLatch stopped = new CountDownLatch(1);
        LocalNetwork network = LocalNetwork.start(comet, dir, first, Net::application, line -> assay.screen()
                .out()
                .println(line));
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            network.close();
            stopped.countDown();
        }));
        assay.screen().out().println("validators in " + dir + ":");
        network.urls().forEach(url -> assay.screen().out().println("  " + url + pin));
        assay.screen().out().flush();
        String url = "'" + network.urls().getFirst() + pin + "'";
        assay.screen()
                .err()
                .println("  money    assay wallet send ACCOUNT 201 --from faucet --home " + dir + " --ledger " + url);
        assay.screen().err().println("  look     assay ledger status --ledger " + url);
        assay.screen().err().println("  Ctrl-C stops it; nothing is lost");
        stopped.await();
        return Exit.OK;
    }

    /** The command that serves a ledger: this same Java with the same classes. */
    private static List<String> application(Path ledger, String address) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "assay.cli.Main",
                "ledger",
                "--abci",
                address,
                "--home",
                ledger.toString());
    }
}
