package assay.cli;

import assay.core.base.MalformedException;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.engine.store.ModelStore;
import assay.engine.store.StoredModel;
import assay.ledger.light.LightLedger;
import assay.ledger.light.Reach;
import assay.node.Home;
import assay.node.follow.FollowedLedger;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a node and an auditor have in common when they join a network: options, model, copy of the ledger, end. */
final class Joining {
    @Mixin
    private LedgerOption ledger = new LedgerOption();

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "A model's name or source (default: smollm2-135m).")
    private @Nullable String model;

    @Option(names = "--threads", paramLabel = "COUNT", description = "Threads of the engine (default: all).")
    private @Nullable Integer threads;

    @Option(names = "--home", paramLabel = "FOLDER", description = "Keys, receipts and a copy of the ledger.")
    private @Nullable Path home;

    /**
     * What a role begins with.
     *
     * @param ledger followed up to the newest block
     * @param reach where places that others wrote on it may be
     */
    record Begun(StoredModel stored, Model model, EngineOptions engine, FollowedLedger ledger, Reach reach) {}

    /**
     * The folder of the role, whatever it needs being said.
     *
     * @param name of the folder, in the user's, where none is given
     */
    Home home(Assay assay, String name) throws IOException, Mistake {
        if (!ledger.isGiven()) {
            throw new Mistake("say which network: --ledger URL", "a network of your own is: assay up", Exit.USAGE);
        }
        Bounds.threads(threads);
        return new Home(
                home == null
                        ? assay.folders().data().resolve(name)
                        : home.toAbsolutePath().normalize());
    }

    /** Loads the model and follows the ledger. */
    Begun begin(Assay assay, Home folder) throws IOException, InterruptedException, Mistake, MalformedException {
        LightLedger light = ledger.open(folder.dir());
        StoredModel stored =
                assay.models().pull(model == null ? ModelStore.DEFAULT_SOURCE : model, new Bar(assay.screen()));
        Model loaded = Model.load(stored.file(), stored.derivedFolder());
        EngineOptions engine = EngineOptions.standard();
        OptionalInt asked = Bounds.threads(threads);
        engine = asked.isPresent() ? engine.withThreads(asked.getAsInt()) : engine;
        say(assay, "following " + light.chainId() + "…");
        FollowedLedger followed = FollowedLedger.open(light, folder.dir().resolve("followed"));
        return new Begun(stored, loaded, engine, followed, light.reach());
    }

    /** Tells a person, beside what the command answers. */
    static void say(Assay assay, String line) {
        assay.screen().err().println(line);
    }

    /** Waits until the process is asked to end, and closes the role before it does. */
    static int untilStopped(Assay assay, Closeable role) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            try {
                role.close();
            } catch (IOException e) {
                say(assay, "assay: " + e.getMessage());
            }
            stopped.countDown();
        }));
        assay.screen().out().flush();
        stopped.await();
        return Exit.OK;
    }
}
