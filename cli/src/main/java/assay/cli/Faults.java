package assay.cli;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.engine.store.PullException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells a person what went wrong: one line, then what to do next. */
final class Faults implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Assay assay;

    /** What is told. */
    private record Told(String what, String advice, int exitCode) {}

    Faults(Assay assay) {
        this.assay = assay;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        if (assay.verbose()) {
            e.printStackTrace(assay.screen().err());
        }
        return tell(told(e), assay.json());
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        List<String> near = e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String advice = near.isEmpty() ? "try: " + name + " --help" : "did you mean " + String.join(", ", near) + "?";
        return tell(new Told(what(e), advice, Exit.USAGE), List.of(arguments).contains("--json"));
    }

    private static String what(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String first = unmatched.getUnmatched().getFirst();
            boolean atTop = e.getCommandLine().getParent() == null;
            return first.startsWith("-")
                    ? "there is no option '" + first + "'"
                    : atTop ? "there is no command '" + first + "'" : "'" + first + "' is one word too many";
        }
        return lowerFirst(String.valueOf(e.getMessage()));
    }

    private static Told told(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return switch (e) {
            case Mistake m -> new Told(message, m.advice(), m.exitCode());
            case PullException p -> new Told(message, p.advice(), Exit.FAILED);
            case MalformedException m -> new Told(message, "", Exit.USAGE);
            case NoSuchFileException n -> new Told("there is no file " + message, "", Exit.FAILED);
            case AccessDeniedException a -> new Told("access denied: " + message, "check who owns it", Exit.FAILED);
            case IOException io -> new Told(message, "", Exit.FAILED);
            default ->
                new Told(
                        "a fault of this program: " + e.getClass().getSimpleName() + ": " + message,
                        "please report it with what the same command prints with --verbose",
                        Exit.FAILED);
        };
    }

    private int tell(Told told, boolean json) {
        Screen screen = assay.screen();
        if (json) {
            LinkedHashMap<String, Json> error = new LinkedHashMap<>();
            error.put("message", new Json.Str(told.what));
            error.put("advice", new Json.Str(told.advice));
            LinkedHashMap<String, Json> top = new LinkedHashMap<>();
            top.put("error", new Json.Obj(error));
            screen.json(new Json.Obj(top));
        } else {
            screen.err().println(screen.redOnErr("assay: ") + told.what);
            if (!told.advice.isEmpty()) {
                screen.err().println("  " + told.advice);
            }
        }
        return told.exitCode;
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
