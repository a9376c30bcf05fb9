package assay.cli;

import assay.core.codec.Json;
import assay.engine.store.ModelStore;
import assay.engine.store.Sizes;
import assay.engine.store.StoredModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay rm}: removes models and what was computed from them. */
@Command(
        name = "rm",
        header = "Remove models and what was computed from them.",
        description = "%nA file of your own that is used where it lies is only forgotten, never deleted.%n",
        footerHeading = "%nExamples:%n",
        footer = {"  assay rm smollm2-135m"})
final class Remove implements Callable<Integer> {
    private final Assay assay;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names as assay list prints them.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--force", description = "Also a model that the running network serves.")
    private boolean force;

    Remove(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, Mistake {
        ModelStore models = assay.models();
        for (String name : names) {
            StoredModel model = Show.named(models, name);
            if (!force) {
                refuseIfServed(model);
            }
        }
        long total = 0;
        for (String name : names) {
            Optional<Long> freed = models.remove(name);
            total += freed.orElse(0L);
            if (!assay.json()) {
                assay.screen().out().println("removed " + name + ", freed " + Sizes.text(freed.orElse(0L)));
            }
        }
        if (assay.json()) {
            LinkedHashMap<String, Json> m = new LinkedHashMap<>();
            m.put("freedBytes", ModelLines.number(total));
            assay.screen().json(new Json.Obj(m));
        }
        return Exit.OK;
    }

    private void refuseIfServed(StoredModel model) throws IOException, Mistake {
        Optional<Running> running = Running.find(assay.folders().data());
        if (running.isPresent() && running.get().model().equalsIgnoreCase(model.name())) {
            throw new Mistake(
                    model.name() + " is served by the network that runs here: "
                            + running.get().uri() + " (process " + running.get().pid() + ")",
                    "stop it first, with Ctrl-C where it runs (kill "
                            + running.get().pid()
                            + "); or --force: it serves on from its memory, and cannot start again without the file",
                    Exit.FAILED);
        }
    }
}
