package assay.cli;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.engine.store.ModelStore;
import assay.engine.store.StoredModel;
import assay.ledger.light.LightLedger;
import assay.node.AuditorProcess;
import assay.node.Home;
import assay.node.follow.FollowedLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay auditor}: replays drawn receipts on a network whose ledger is elsewhere. */
@Command(
        name = "auditor",
        sortOptions = false,
        header = "Join a network as an auditor of a model: replay what it is drawn for, commit, reveal.",
        description = {
            "%nFollows the ledger block by block and believes no endpoint of it. Needs 201 units in its account the first"
                    + " time: it says which. Ctrl-C stops it.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  assay auditor --ledger http://127.0.0.1:26657#GENESIS --home auditor1"})
final class AuditorCommand implements Callable<Integer> {
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

    @Option(names = "--home", paramLabel = "FOLDER", description = "Keys and a copy of the ledger.")
    private @Nullable Path home;

    AuditorCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        if (!ledger.isGiven()) {
            throw new Mistake("say which network: --ledger URL", "a network of your own is: assay up", Exit.USAGE);
        }
        Path folder = home == null
                ? assay.folders().data().resolve("auditor")
                : home.toAbsolutePath().normalize();
        LightLedger light = ledger.open(folder);
        StoredModel stored =
                assay.models().pull(model == null ? ModelStore.DEFAULT_SOURCE : model, new Bar(assay.screen()));
        Model loaded = Model.load(stored.file(), stored.derivedFolder());
        EngineOptions engine = EngineOptions.standard();
        engine = threads == null ? engine : engine.withThreads(threads);
        FollowedLedger followed = FollowedLedger.open(light, folder.resolve("followed"));
        AuditorProcess auditor =
                AuditorProcess.join(new Home(folder), loaded, stored.file(), engine, followed, line -> assay.screen()
                        .err()
                        .println(line));
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(auditor)));
        if (assay.json()) {
            assay.screen()
                    .json(Json.object()
                            .put("account", auditor.account().toString())
                            .put("model", stored.name())
                            .put("height", followed.state().height())
                            .build());
        } else {
            assay.screen().out().println("auditing " + stored.name() + " as " + auditor.account());
        }
        assay.screen().out().flush();
        stopped.await();
        return Exit.OK;
    }

    private void end(AuditorProcess auditor) {
        try {
            auditor.close();
        } catch (IOException e) {
            assay.screen().err().println("assay: " + e.getMessage());
        }
        stopped.countDown();
    }
}
