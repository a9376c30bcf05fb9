package assay.cli;

import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.engine.gguf.GgufFile;
import assay.engine.infer.Saturations;
import assay.engine.store.ModelStore;
import assay.engine.store.Sizes;
import assay.engine.store.StoredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay show}: everything that is known about one model. */
@Command(
        name = "show",
        header = "Show what a model is and what it takes on disk, or where a receipt stands and who earned what.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay show smollm2-135m",
            "  assay show smollm2-135m --json",
            "  assay show 6f1c….receipt",
        })
final class Show implements Callable<Integer> {
    private final Assay assay;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            defaultValue = ModelStore.DEFAULT_MODEL,
            description =
                    "A model's name as assay list prints it, or a receipt's file, or its id or digest or how these begin"
                            + " (default: ${DEFAULT-VALUE}).")
    private String name = "";

    @Option(
            names = "--home",
            paramLabel = "FOLDER",
            description = "Of a receipt: whose network gave it (default: the user's).")
    private @Nullable Path home;

    Show(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        Path folder =
                home == null ? assay.folders().data() : home.toAbsolutePath().normalize();
        if (ShowReceipt.isMeant(name) && assay.models().find(name).isEmpty()) {
            return new ShowReceipt(assay).show(name, folder);
        }
        StoredModel model = found(assay.models(), name);
        Map<String, Json> facts;
        try (GgufFile file = GgufFile.open(model.file())) {
            facts = FileFacts.of(file);
            facts.putAll(program(model, file));
        }
        Optional<Saturations> counted = Saturations.read(model.derivedFolder());
        long derived = model.derivedSizeBytes();
        if (assay.json()) {
            LinkedHashMap<String, Json> all =
                    new LinkedHashMap<>(ModelLines.json(model, derived).members());
            all.putAll(facts);
            counted.ifPresent(c -> {
                all.put("computedPositions", Json.of(c.positions()));
                all.put("saturations", Json.of(c.count()));
            });
            assay.screen().json(new Json.Obj(all));
            return Exit.OK;
        }
        Screen screen = assay.screen();
        screen.out().println(screen.bold(model.name()));
        line("licence", model.licence());
        line("source", model.source());
        line("file", model.file().toString());
        line("sha256", model.digest().hex());
        line("on disk", onDisk(model, derived));
        facts.forEach((key, value) -> line(FileFacts.label(key), FileFacts.text(value)));
        line(
                "saturations",
                counted.map(c -> c.count() + " in " + Counted.of(c.positions(), "position")
                                + " computed here (none is usual)")
                        .orElse("not known: it has not run here"));
        return Exit.OK;
    }

    /** The exact program's identity; why there is none, if the file cannot be expressed exactly. */
    private Map<String, Json> program(StoredModel model, GgufFile file) throws IOException {
        try {
            return Programs.facts(Programs.of(model, file, assay.screen()));
        } catch (MalformedException e) {
            assay.screen().passing("");
            return Map.of("program", Json.of("none: " + FileFacts.printable(String.valueOf(e.getMessage()))));
        }
    }

    private void line(String label, String value) {
        Screen screen = assay.screen();
        screen.out().println("  " + screen.faint(label + " ".repeat(Math.max(1, 18 - label.length()))) + value);
    }

    private static String onDisk(StoredModel model, long derived) {
        String packed = derived == 0 ? "nothing packed yet" : Sizes.text(derived) + " packed";
        return Sizes.text(model.sizeBytes()) + (model.inPlace() ? " (your own file)" : "") + ", " + packed;
    }

    /** The model with this name, its file whole, or a mistake that lists the names there are. */
    static StoredModel found(ModelStore models, String name) throws IOException, Mistake {
        Optional<StoredModel> model = models.find(name);
        if (model.isEmpty()) {
            throw unknown(models.list(), name);
        }
        return model.get();
    }

    /** The same without a look at the file. */
    static StoredModel named(ModelStore models, String name) throws IOException, Mistake {
        List<StoredModel> all = models.list();
        return all.stream()
                .filter(m -> m.name().equalsIgnoreCase(name)
                        || m.source().equals(name)
                        || name.length() >= 8 && m.digest().hex().startsWith(name))
                .findFirst()
                .orElseThrow(() -> unknown(all, name));
    }

    private static Mistake unknown(List<StoredModel> all, String name) {
        List<String> names = all.stream().map(StoredModel::name).toList();
        return new Mistake(
                "there is no model '" + name + "' on this machine",
                names.isEmpty() ? "fetch the default one with: assay pull" : "there are: " + String.join(", ", names),
                Exit.FAILED);
    }
}
