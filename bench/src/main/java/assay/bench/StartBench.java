package assay.bench;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.engine.store.Sizes;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a person meets who types {@code ./assay ask}: the time from the start of the process to the first
 * token, with the model's file and its packed form in the file cache, and the memory of one session.
 *
 * <p>Every run is a process of its own, started through the launcher on a home that is deleted afterwards; a
 * first one, which packs the model and sets the home up, does not count.
 */
final class StartBench {
    private static final int RUNS = 5;
    private static final int JSON_MAX_BYTES = 1 << 20;
    private static final long PATIENCE_SECONDS = 600;
    private static final long POLL_MILLIS = 5;

    /** About 40 tokens with the template's own. */
    private static final String QUESTION = "Please say in one sentence why the sky is red in the evening.";

    /** Prose of about 1,900 tokens: four bytes to a token. */
    private static final int LONG_BYTES = 7_600;

    private static final int LONG_CONTEXT = 2_048;
    private static final int LONG_ANSWER = 64;

    private final String launcher;
    private final Path model;
    private final Path home;

    private StartBench(String launcher, Path model, Path home) {
        this.launcher = launcher;
        this.model = model;
        this.home = home;
    }

    /**
     * What was found.
     *
     * @param firstTokenMillis one of each run; empty if nothing could be started
     * @param promptTokens of those runs
     * @param sessionBytes peak resident memory of a session of 2,048 tokens less that of {@code --version};
     *     negative if the system does not tell
     * @param missing why nothing was measured, or {@code ""}
     */
    record Figures(List<Long> firstTokenMillis, int promptTokens, long sessionBytes, String missing) {
        Figures {
            firstTokenMillis = List.copyOf(firstTokenMillis);
        }

        /** Two lines below the table. */
        void print(PrintStream out) {
            if (!missing.isEmpty()) {
                out.println("start to first token, memory: not measured, " + missing);
                return;
            }
            out.println("start to first token: " + median() + " ms, median of " + firstTokenMillis + ", " + promptTokens
                    + "-token prompt   goal <= 2500, aim 1500");
            out.println("memory of one session, " + LONG_CONTEXT + " tokens, less that of --version: "
                    + (sessionBytes < 0
                            ? "not available on this system, which has no /proc/PID/status"
                            : Sizes.text(sessionBytes))
                    + "   goal <= 400 MB");
        }

        Json json() {
            Json.Members json = Json.object();
            if (!missing.isEmpty()) {
                return json.put("missing", missing).build();
            }
            json.put(
                    "first_token_millis",
                    Json.object()
                            .put("median", median())
                            .put(
                                    "runs",
                                    Json.of(firstTokenMillis.stream()
                                            .map(Json::of)
                                            .toList()))
                            .build());
            json.put("prompt_tokens", promptTokens);
            if (sessionBytes >= 0) {
                json.put("session_bytes", sessionBytes);
            }
            return json.build();
        }

        private long median() {
            long[] sorted = firstTokenMillis.stream()
                    .mapToLong(Long::longValue)
                    .sorted()
                    .toArray();
            return sorted[sorted.length / 2];
        }
    }

    /** Measures with this model file, if this process was started by the launcher. */
    static Figures run(Path model) throws IOException {
        String launcher = System.getProperty("assay.launcher", "");
        if (launcher.isEmpty()) {
            return new Figures(List.of(), 0, -1, "since this program was not started by ./assay");
        }
        Path home = Files.createTempDirectory("assay-start");
        try {
            return new StartBench(launcher, model, home).measure();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (MalformedException e) {
            throw new IOException("ask --json is not understood: " + e.getMessage(), e);
        } finally {
            delete(home);
        }
    }

    private Figures measure() throws IOException, InterruptedException, MalformedException {
        ask("1", QUESTION);
        List<Long> millis = new ArrayList<>();
        int prompt = 0;
        for (int i = 0; i < RUNS; i++) {
            Field said = ask("1", QUESTION).json();
            millis.add(said.at("first_token_millis").integer(0, Long.MAX_VALUE));
            prompt = said.at("usage").at("prompt_tokens").int32(1, Integer.MAX_VALUE);
        }
        long session = ask(Integer.toString(LONG_ANSWER), prose()).peakBytes;
        long nothing = start("--version").peakBytes;
        return new Figures(millis, prompt, session < 0 || nothing < 0 ? -1 : session - nothing, "");
    }

    private static String prose() throws IOException {
        try (@Nullable InputStream in = StartBench.class.getResourceAsStream("texts/prose.txt")) {
            byte[] text = Objects.requireNonNull(in, "texts/prose.txt").readNBytes(LONG_BYTES);
            String whole = new String(text, StandardCharsets.UTF_8);
            return whole.substring(0, whole.lastIndexOf(' '));
        }
    }

    private Ended ask(String tokens, String question) throws IOException, InterruptedException {
        return start(
                "ask",
                "--json",
                "--no-wait",
                "--ctx",
                Integer.toString(LONG_CONTEXT),
                "--max-tokens",
                tokens,
                "--model",
                model.toAbsolutePath().toString(),
                "--",
                question);
    }

    private record Ended(String out, long peakBytes) {
        Field json() throws MalformedException {
            return Field.root(JsonText.parse(out.strip().getBytes(StandardCharsets.UTF_8), 16, JSON_MAX_BYTES));
        }
    }

    private Ended start(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher));
        command.addAll(Arrays.asList(arguments));
        Path out = Files.createTempFile(home, "out", "");
        Path err = Files.createTempFile(home, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("ASSAY_HOME", home.resolve("home").toString());
        Process process = builder.start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        long peak = -1;
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peakBytes(process.pid()));
            if (System.nanoTime() > deadline) {
                process.destroyForcibly();
            }
        }
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command.subList(0, 2)) + " ended with " + process.exitValue() + ": "
                    + Files.readString(err).strip());
        }
        return new Ended(Files.readString(out), peak);
    }

    /** VmHWM, proc(5): it only grows, so that the last value read is at most a few milliseconds short. */
    private static long peakBytes(long pid) {
        try (Stream<String> lines =
                Files.lines(Path.of("/proc", Long.toString(pid), "status"), StandardCharsets.ISO_8859_1)) {
            Optional<String> line = lines.filter(l -> l.startsWith("VmHWM:")).findFirst();
            return line.map(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) << 10)
                    .orElse(-1L);
        } catch (IOException | java.io.UncheckedIOException | NumberFormatException e) {
            return -1;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
