package assay.cli;

import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.engine.store.ModelStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a person can say about an answer that is wanted: the options that ask and chat share. */
public final class AnswerOptions {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "A model's name or source (default: " + ModelStore.DEFAULT_MODEL
                    + ", or what the running network serves).")
    private @Nullable String model;

    @Option(
            names = {"-s", "--system"},
            paramLabel = "TEXT",
            description = "What the model is told before the question.")
    private @Nullable String system;

    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "COUNT",
            defaultValue = "512",
            description = "The longest answer, in tokens (default: ${DEFAULT-VALUE}).")
    private int maxTokens = 512;

    @Option(
            names = "--ctx",
            paramLabel = "TOKENS",
            description = "Room for question and answer (default: the model's).")
    private @Nullable Integer contextTokens;

    @Option(
            names = {"-t", "--temperature"},
            paramLabel = "0..2",
            defaultValue = "0",
            description = "0 picks the likeliest token each time; more is more varied (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-p", paramLabel = "0..1", defaultValue = "1", hidden = true)
    private double topP = 1;

    @Option(names = "--top-k", paramLabel = "COUNT", defaultValue = "0", hidden = true)
    private int topK;

    @Option(names = "--min-p", paramLabel = "0..1", defaultValue = "0", hidden = true)
    private double minP;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End the answer before this text (up to 4 times).")
    private List<String> stop = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            description = "The same seed gives the same answer (default: random).")
    private @Nullable Long seed;

    @Option(names = "--threads", paramLabel = "COUNT", description = "Threads of the engine (default: all).")
    private @Nullable Integer threads;

    @Option(names = "--max-cost", paramLabel = "AMOUNT", description = "Refuse to pay more than this.")
    private @Nullable String maxCost;

    @Option(names = "--no-wait", description = "Do not wait for the audit; the receipt is there at once.")
    private boolean noWait;

    @Option(names = "--receipt", paramLabel = "FILE", description = "Also write the receipt to FILE.")
    private @Nullable Path receipt;

    /** The model asked for: a name or a source. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** The system message, if one was given. */
    public Optional<String> system() {
        return Optional.ofNullable(system);
    }

    /** The context size asked for, at least 1. */
    public OptionalInt contextTokens() throws Mistake {
        return Bounds.contextTokens(contextTokens);
    }

    /** The threads asked for, 1 to 64. */
    public OptionalInt threads() throws Mistake {
        return Bounds.threads(threads);
    }

    /** What these options ask of a node. */
    Session.Wish wish() throws Mistake {
        return new Session.Wish(model(), contextTokens(), threads(), 0);
    }

    /** The sampling parameters, checked; a value out of range is a mistake that names the option. */
    public Sampling sampling() throws Mistake {
        Bounds.within("--max-tokens", maxTokens, 1, Integer.MAX_VALUE);
        try {
            return new Sampling(
                    temperature, topK, topP, minP, 0, 0, new TreeMap<>(), maxTokens, List.copyOf(stop), 1, false, 0);
        } catch (IllegalArgumentException e) {
            throw new Mistake("--" + String.valueOf(e.getMessage()).replace('_', '-'), "", Exit.USAGE);
        }
    }

    /** The seed asked for. */
    public OptionalLong seed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    /** The most that may be paid. */
    public Optional<Amount> maxCost() throws Mistake {
        if (maxCost == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Amount.parse(maxCost));
        } catch (MalformedException e) {
            throw new Mistake("--max-cost " + maxCost + ": " + e.getMessage(), "", Exit.USAGE);
        }
    }

    /** False if the audit is to be waited for. */
    public boolean noWait() {
        return noWait;
    }

    /** A further file for the receipt. */
    public Optional<Path> receipt() {
        return Optional.ofNullable(receipt);
    }
}
