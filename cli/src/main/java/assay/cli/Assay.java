package assay.cli;

import assay.engine.store.Environment;
import assay.engine.store.Folders;
import assay.engine.store.ModelStore;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code assay}: what all commands share, and the list of them. */
@Command(
        name = "assay",
        sortOptions = false,
        sortSynopsis = false,
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        header = "Ask a language model, and get an answer that anyone can check.%n",
        descriptionHeading = "%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it worked",
            "1:it did not, and the last line says why",
            "2:the command was written wrongly",
        },
        footerHeading = "%nMore:%n",
        footer = {
            "  assay COMMAND --help   what a command does, with examples",
            "  ASSAY_HOME=FOLDER      keep everything in FOLDER, not in the usual folders",
            "  NO_COLOR=1             no colours",
        })
public final class Assay implements Callable<Integer> {
    /** The commands of this module, in the order of the help; only what works is listed. */
    private static final SequencedMap<List<String>, Function<Assay, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put(List.of("ask"), Ask::new);
        COMMANDS.put(List.of("chat"), Chat::new);
        COMMANDS.put(List.of("up"), Up::new);
        COMMANDS.put(List.of("proxy"), ProxyCommand::new);
        COMMANDS.put(List.of("verify"), Verify::new);
        COMMANDS.put(List.of("audit"), Audit::new);
        COMMANDS.put(List.of("dispute"), DisputeCommand::new);
        COMMANDS.put(List.of("wallet"), WalletCommand::new);
        COMMANDS.put(List.of("ledger"), LedgerCommand::new);
        COMMANDS.put(List.of("net"), Net::new);
        COMMANDS.put(List.of("node"), NodeCommand::new);
        COMMANDS.put(List.of("auditor"), AuditorCommand::new);
        COMMANDS.put(List.of("host"), HostCommand::new);
        COMMANDS.put(List.of("simulate"), Simulate::new);
        COMMANDS.put(List.of("pull"), Pull::new);
        COMMANDS.put(List.of("list", "ls"), ListModels::new);
        COMMANDS.put(List.of("show"), Show::new);
        COMMANDS.put(List.of("rm"), Remove::new);
        COMMANDS.put(List.of("completion"), Completion::new);
    }

    private final Screen screen;
    private final Environment environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // read by picocli
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // read by picocli
    private boolean version;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print the result as JSON: one value, on standard output.")
    private boolean json;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say more; for a fault of the program, where it happened.")
    private boolean verbose;

    Assay(Screen screen, Environment environment) {
        this.screen = screen;
        this.environment = environment;
    }

    /** Runs one command and returns its exit code; every fault has been told on the screen. */
    public static int run(Screen screen, Environment environment, String... arguments) {
        return commandLine(new Assay(screen, environment), arguments).execute(arguments);
    }

    /** With the one command that is asked for, which starts quicker; with all if that is not clear. */
    static CommandLine commandLine(Assay assay, String... arguments) {
        CommandLine line = new CommandLine(assay);
        Optional<String> asked =
                Arrays.stream(arguments).filter(a -> !a.startsWith("-")).findFirst();
        Optional<Function<Assay, Object>> one = COMMANDS.entrySet().stream()
                .filter(e -> asked.isPresent()
                        && e.getKey().contains(asked.get())
                        && !asked.get().equals("completion"))
                .map(e -> e.getValue())
                .findFirst();
        if (one.isPresent()) {
            line.addSubcommand(one.get().apply(assay));
        } else {
            COMMANDS.values().forEach(make -> line.addSubcommand(make.apply(assay)));
            for (CommandSet more : ServiceLoader.load(CommandSet.class)) {
                more.commands(assay).forEach(line::addSubcommand);
            }
        }
        Faults faults = new Faults(assay);
        line.setExecutionExceptionHandler(faults);
        line.setParameterExceptionHandler(faults);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        Screen screen = assay.screen;
        line.setOut(new PrintWriter(screen.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(screen.err(), true, StandardCharsets.UTF_8));
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(Math.clamp(screen.columns(), 60, 100));
        Ansi ansi = screen.outIsTerminal() && screen.colour() ? Ansi.ON : Ansi.OFF;
        line.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
        return line;
    }

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(screen.out());
        }
        return Exit.USAGE;
    }

    /** Where to speak. */
    public Screen screen() {
        return screen;
    }

    /** The surroundings of the process. */
    public Environment environment() {
        return environment;
    }

    /** The user's folders. */
    public Folders folders() {
        return Folders.of(environment);
    }

    /** The models on this machine. */
    public ModelStore models() {
        return ModelStore.open(folders().cache(), environment);
    }

    /** True if the result is wanted as JSON. */
    public boolean json() {
        return json;
    }

    /** True if more is to be said. */
    public boolean verbose() {
        return verbose;
    }
}
