package assay.bench;

import assay.bench.crash.CrashRun;
import assay.bench.crash.HonestRun;
import assay.bench.verification.VerificationBench;
import assay.cli.Assay;
import assay.cli.CommandSet;
import assay.cli.Exit;
import assay.cli.Mistake;
import assay.core.base.MalformedException;
import assay.engine.store.ModelStore;
import assay.engine.store.StoredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay bench …}: the measurements, as commands. */
public final class BenchCommands implements CommandSet {
    /** Found by {@link java.util.ServiceLoader}. */
    public BenchCommands() {}

    @Override
    public List<Object> commands(Assay assay) {
        return List.of(new Bench(assay));
    }

    /** What every measurement asks for. */
    static final class Common {
        @Option(
                names = "--model",
                paramLabel = "NAME",
                description = "A model of this machine, or a GGUF file (default: ${DEFAULT-VALUE}).",
                defaultValue = ModelStore.DEFAULT_MODEL)
        String model = ModelStore.DEFAULT_MODEL;

        @Option(
                names = "--threads",
                paramLabel = "N",
                description = "Threads of both programs (default: ${DEFAULT-VALUE}).",
                defaultValue = "2")
        int threads = 2;

        @Option(
                names = "--rounds",
                paramLabel = "N",
                description = "Rounds that count; figures are medians (default: ${DEFAULT-VALUE}).",
                defaultValue = "5")
        int rounds = 5;

        Path file(Assay assay) throws IOException, Mistake {
            Path path = Path.of(model);
            if (Files.isRegularFile(path)) {
                return path;
            }
            Optional<StoredModel> known = assay.models().find(model);
            return known.orElseThrow(() -> new Mistake(
                            "no model called " + model + " on this machine",
                            "fetch it: assay pull " + model,
                            Exit.FAILED))
                    .file();
        }

        InferenceBench.Options options(Assay assay) throws Mistake {
            if (threads < 1 || rounds < 1) {
                throw new Mistake("--threads and --rounds are at least 1", "", Exit.USAGE);
            }
            return new InferenceBench.Options(threads, rounds, assay.json());
        }
    }

    /** The group. */
    @Command(
            name = "bench",
            header = "Measure speed, accuracy and what checking costs, beside peers.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  assay bench inference",
                "  assay bench accuracy README.md docs/protocol/program.md",
                "  assay bench trace --json",
                "  assay bench light",
                "  assay bench verification",
                "  assay bench ledger",
                "  assay bench pay",
                "  assay bench crash --rounds 20",
                "  assay bench honest --requests 200"
            })
    static final class Bench {
        private final Assay assay;

        Bench(Assay assay) {
            this.assay = assay;
        }

        @Command(name = "inference", description = "Tokens a second, beside llama.cpp if it is there.")
        int inference(@Mixin Common common) throws IOException, MalformedException, Mistake {
            InferenceBench.run(
                    common.file(assay), common.options(assay), assay.screen().out());
            return Exit.OK;
        }

        @Command(name = "kernels", description = "How near the kernels are to what the machine can do.")
        int kernels(@Mixin Common common) throws IOException, MalformedException, Mistake, InterruptedException {
            KernelBench.run(
                    common.file(assay), common.options(assay), assay.screen().out());
            return Exit.OK;
        }

        @Command(name = "trace", description = "What committing costs, and what a replay costs.")
        int trace(@Mixin Common common) throws IOException, MalformedException, Mistake, InterruptedException {
            TraceBench.run(
                    common.file(assay), common.options(assay), assay.screen().out());
            return Exit.OK;
        }

        @Command(name = "light", description = "What an audit without weights costs the node and its checker.")
        int light(@Mixin Common common) throws IOException, MalformedException, Mistake, InterruptedException {
            LightBench.run(
                    common.file(assay), common.options(assay), assay.screen().out());
            return Exit.OK;
        }

        @Command(
                name = "verification",
                description = "What every way of checking costs beside the answer, from a tiny model to an 8B shape.")
        int verification(
                @Option(
                                names = "--models",
                                paramLabel = "N",
                                description = "Only the N smallest of the ladder (default: ${DEFAULT-VALUE}, all).",
                                defaultValue = "6")
                        int models,
                @Option(
                                names = "--minutes",
                                paramLabel = "N",
                                description = "About how long it may take (default: ${DEFAULT-VALUE}); a model has"
                                        + " three rounds whatever is said, and up to nine.",
                                defaultValue = "17")
                        int minutes,
                @Option(
                                names = "--out",
                                paramLabel = "FOLDER",
                                description = "Where the CSV and the picture go (default: ${DEFAULT-VALUE}).",
                                defaultValue = ".")
                        Path folder)
                throws IOException, MalformedException, InterruptedException {
            VerificationBench.run(
                    new VerificationBench.Options(
                            Math.max(1, models), Duration.ofMinutes(Math.max(1, minutes)), folder, assay.json()),
                    assay.screen().out());
            return Exit.OK;
        }

        @Command(name = "ledger", description = "Transactions a second, state roots, signatures and snapshots.")
        int ledger() throws Exception {
            LedgerBench.run(assay.screen().out());
            return Exit.OK;
        }

        @Command(name = "pay", description = "What payment and receipt add to a request, beside one flush.")
        int pay(
                @Option(
                                names = "--requests",
                                paramLabel = "N",
                                description = "Requests (default: ${DEFAULT-VALUE}).",
                                defaultValue = "1000")
                        int requests)
                throws Exception {
            PaymentBench.run(Math.max(1, requests), assay.screen().out());
            return Exit.OK;
        }

        @Command(name = "crash", description = "Kills a node under load again and again, and checks what it promised.")
        int crash(
                @Option(
                                names = "--rounds",
                                paramLabel = "N",
                                description = "Kills (default: ${DEFAULT-VALUE}).",
                                defaultValue = "100")
                        int rounds,
                @Option(names = "--seed", paramLabel = "N", description = "Repeats the requests of a run.")
                        Optional<Long> seed)
                throws IOException, MalformedException, InterruptedException {
            long used = seed.orElseGet(System::nanoTime);
            return CrashRun.run(rounds, used, assay.screen().out()) ? Exit.OK : Exit.FAILED;
        }

        @Command(name = "honest", description = "Asks a node for answers of all kinds, and counts false alarms.")
        int honest(
                @Mixin Common common,
                @Option(
                                names = "--requests",
                                paramLabel = "N",
                                description = "Requests (default: ${DEFAULT-VALUE}).",
                                defaultValue = "200")
                        int requests)
                throws IOException, MalformedException, Mistake, InterruptedException {
            return HonestRun.run(
                            common.file(assay),
                            requests,
                            System.nanoTime(),
                            assay.screen().out())
                    ? Exit.OK
                    : Exit.FAILED;
        }

        @Command(name = "accuracy", description = "Distance to the float model, beside llama.cpp if it is there.")
        int accuracy(
                @Mixin Common common,
                @Parameters(paramLabel = "FILE", arity = "1..*", description = "Text files, taken as they are.")
                        List<Path> files,
                @Option(
                                names = "--tokens",
                                paramLabel = "N",
                                description = "Most tokens of a file (default: ${DEFAULT-VALUE}).",
                                defaultValue = "1024")
                        int tokens,
                @Option(names = "--logits-digest", description = "Print the SHA-256 of the exact logits instead.")
                        boolean logitsDigest)
                throws IOException, MalformedException, Mistake {
            for (Path file : files) {
                if (!Files.isRegularFile(file)) {
                    throw new Mistake("no such file: " + file, "", Exit.USAGE);
                }
            }
            AccuracyBench.run(
                    common.file(assay),
                    new AccuracyBench.Options(files, tokens, common.threads, assay.json(), logitsDigest),
                    assay.screen().out());
            return Exit.OK;
        }
    }
}
