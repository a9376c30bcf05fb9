package assay.cli;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.node.AuditorProcess;
import assay.node.Home;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

    @Mixin
    private Joining joining = new Joining();

    AuditorCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        Home home = joining.home(assay, "auditor");
        Joining.Begun begun = joining.begin(assay, home);
        AuditorProcess auditor = AuditorProcess.join(
                home,
                begun.model(),
                begun.stored().file(),
                begun.engine(),
                begun.ledger(),
                begun.reach(),
                line -> Joining.say(assay, line));
        if (assay.json()) {
            assay.screen()
                    .json(Json.object()
                            .put("account", auditor.account().toString())
                            .put("model", begun.stored().name())
                            .put("height", begun.ledger().state().height())
                            .build());
        } else {
            assay.screen().out().println("auditing " + begun.stored().name() + " as " + auditor.account());
        }
        return Joining.untilStopped(assay, auditor::close);
    }
}
