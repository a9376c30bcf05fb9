package assay.cli;

import assay.core.codec.Json;
import assay.engine.store.Sizes;
import assay.engine.store.StoredModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code assay list}: the models on this machine. */
@Command(
        name = "list",
        aliases = "ls",
        header = "List the models on this machine.",
        footerHeading = "%nExamples:%n",
        footer = {"  assay list", "  assay list --json"})
final class ListModels implements Callable<Integer> {
    private final Assay assay;

    ListModels(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException {
        List<StoredModel> models = assay.models().list();
        if (assay.json()) {
            List<Json> items = new ArrayList<>();
            for (StoredModel model : models) {
                items.add(ModelLines.json(model, model.derivedSizeBytes()));
            }
            LinkedHashMap<String, Json> top = new LinkedHashMap<>();
            top.put("models", new Json.Arr(items));
            assay.screen().json(new Json.Obj(top));
            return Exit.OK;
        }
        print(models);
        return Exit.OK;
    }

    private void print(List<StoredModel> models) throws IOException {
        Screen screen = assay.screen();
        if (models.isEmpty()) {
            screen.out().println("no models yet; fetch the default one with: assay pull");
            return;
        }
        int width = models.stream().mapToInt(m -> m.name().length()).max().orElse(0);
        String form = "%-" + Math.max(width, 4) + "s  %9s  %9s  %-12s  %s";
        screen.out()
                .println(screen.faint(String.format(Locale.ROOT, form, "name", "file", "packed", "licence", "source")));
        long used = 0;
        for (StoredModel m : models) {
            long derived = m.derivedSizeBytes();
            used += derived + (m.inPlace() ? 0 : m.sizeBytes());
            screen.out()
                    .println(String.format(
                            Locale.ROOT,
                            form,
                            m.name(),
                            Sizes.text(m.sizeBytes()),
                            derived == 0 ? "-" : Sizes.text(derived),
                            m.licence(),
                            m.source()));
        }
        screen.out()
                .println(screen.faint(
                        Sizes.text(used) + " on disk in " + assay.folders().cache()));
    }
}
