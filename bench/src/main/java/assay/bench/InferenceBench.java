package assay.bench;

import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.text.Tokenizer;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code assay bench inference}: tokens a second, beside llama.cpp on the same file if it is there.
 *
 * <p>Every measure is run by one program and then by the other, all measures one round after another,
 * after a round that does not count; the table has medians over the rounds. Prompts are the first
 * tokens of an English text that comes with the bench. Two lines below say what a whole process takes.
 */
public final class InferenceBench {
    private static final int CONTEXT = 1_024;
    private static final int SHORT_PROMPT = 4;
    private static final int LONG_PROMPT = 512;
    private static final int CLIENT_PROMPT = 32;
    private static final int STEPS = 128;
    private static final int CLIENTS = 8;

    /** llama.cpp shares its positions among all clients. */
    private static final int PEER_CONTEXT = CLIENTS * (CLIENT_PROMPT + STEPS);

    /**
     * What to do.
     *
     * @param threads of both programs
     * @param rounds that count, at least 1
     * @param json whether to print JSON instead of a table
     */
    public record Options(int threads, int rounds, boolean json) {
        public Options {
            if (threads < 1 || rounds < 1) {
                throw new IllegalArgumentException("at least 1 thread and 1 round");
            }
        }

        /** Two threads, five rounds, a table. */
        public static Options standard() {
            return new Options(2, 5, false);
        }
    }

    /** What is measured: {@code tokens} in the seconds that the contender gives. */
    private record Measure(String key, String title, int tokens, String goal, Run run) {}

    /** What stands around the table: whom it is beside, and what a whole process takes. */
    private record Around(String beside, StartBench.Figures start) {}

    private interface Run {
        double seconds(Contender contender) throws IOException;
    }

    private InferenceBench() {}

    /** Measures and prints; {@code model} is a GGUF file. */
    public static void run(Path model, Options options, PrintStream out) throws IOException, MalformedException {
        EngineOptions engineOptions = EngineOptions.standard()
                .withThreads(options.threads())
                .withContext(CONTEXT)
                .withCache(0);
        System.err.println("start to first token, and memory: seven processes");
        StartBench.Figures start = StartBench.run(model);
        try (Engine engine = new Engine(Model.load(model), engineOptions)) {
            List<Measure> measures = measures(prompt(engine.model()));
            try (LlamaPeer peer = LlamaPeer.start(model, options.threads(), PEER_CONTEXT)) {
                String beside = "beside " + peer.version() + " (" + peer.system() + ")";
                measure(List.of(new EngineContender(engine), peer), measures, new Around(beside, start), options, out);
            } catch (PeerMissingException e) {
                String why = String.valueOf(e.getMessage());
                measure(List.of(new EngineContender(engine)), measures, new Around(why, start), options, out);
            }
        }
    }

    static int[] prompt(Model model) throws IOException, MalformedException {
        Tokenizer tokenizer =
                model.tokenizer().orElseThrow(() -> new MalformedException("the model file has no tokenizer", -1));
        try (@Nullable InputStream in = InferenceBench.class.getResourceAsStream("texts/prose.txt")) {
            byte[] text = Objects.requireNonNull(in, "texts/prose.txt").readAllBytes();
            int[] ids = tokenizer.encode(new String(text, StandardCharsets.UTF_8));
            if (ids.length < LONG_PROMPT) {
                throw new MalformedException("the bench's text has only " + ids.length + " tokens", -1);
            }
            return ids;
        }
    }

    private static List<Measure> measures(int[] ids) {
        int[] few = Arrays.copyOf(ids, SHORT_PROMPT);
        int[] many = Arrays.copyOf(ids, LONG_PROMPT);
        List<int[]> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Arrays.copyOfRange(ids, i * CLIENT_PROMPT, (i + 1) * CLIENT_PROMPT));
        }
        return List.of(
                new Measure("decodeShort", "decode, context 4-132", STEPS, ">= 1.6 x", c -> c.decode(few, STEPS)),
                new Measure("decodeLong", "decode, context 512-640", STEPS, ">= 1.6 x", c -> c.decode(many, STEPS)),
                new Measure("prefill", "prefill of 512", LONG_PROMPT, ">= 1.8 x, aim 2.2 x", c -> c.prefill(many)),
                new Measure("oneClient", "1 client, 32 + 128", STEPS, "", c -> c.many(clients.subList(0, 1), STEPS)),
                new Measure(
                        "eightClients",
                        "8 clients, 32 + 128 each",
                        CLIENTS * STEPS,
                        ">= 350 and 2.5 x one",
                        c -> c.many(clients, STEPS)));
    }

    private static void measure(
            List<Contender> contenders, List<Measure> measures, Around around, Options options, PrintStream out)
            throws IOException {
        double[][][] rates = new double[measures.size()][contenders.size()][options.rounds()];
        Told told = new Told("inference", options.rounds() + 1);
        for (int round = -1; round < options.rounds(); round++) {
            for (int m = 0; m < rates.length; m++) {
                for (int c = 0; c < contenders.size(); c++) {
                    Measure measure = measures.get(m);
                    double rate = measure.tokens / measure.run.seconds(contenders.get(c));
                    if (round >= 0) {
                        rates[m][c][round] = rate;
                    }
                }
            }
            told.step();
        }
        if (options.json()) {
            out.println(JsonText.write(json(contenders, measures, rates, around, options)));
        } else {
            print(measures, rates, around, options, out);
        }
    }

    private static void print(
            List<Measure> measures, double[][][] rates, Around around, Options options, PrintStream out) {
        out.println(around.beside);
        out.println(Counted.of(options.threads(), "thread") + ", tokens/s, medians of "
                + Counted.of(options.rounds(), "round"));
        String row = "%-26s %9s %10s %7s   %s";
        out.println(String.format(Locale.ROOT, row, "", "assay", "llama.cpp", "ratio", "goal"));
        for (int m = 0; m < rates.length; m++) {
            double own = Spread.of(rates[m][0]).median();
            OptionalDouble peer = rates[m].length > 1
                    ? OptionalDouble.of(Spread.of(rates[m][1]).median())
                    : OptionalDouble.empty();
            out.println(String.format(
                            Locale.ROOT,
                            row,
                            measures.get(m).title,
                            decimals(own, 1),
                            peer.isPresent() ? decimals(peer.getAsDouble(), 1) : "-",
                            peer.isPresent() ? decimals(own / peer.getAsDouble(), 2) : "-",
                            measures.get(m).goal)
                    .stripTrailing());
        }
        int last = rates.length - 1;
        out.println("8 clients over one: "
                + decimals(
                        Spread.of(rates[last][0]).median()
                                / Spread.of(rates[last - 1][0]).median(),
                        2) + " x");
        around.start.print(out);
    }

    private static Json json(
            List<Contender> contenders, List<Measure> measures, double[][][] rates, Around around, Options options) {
        List<Json> rows = new ArrayList<>();
        for (int m = 0; m < rates.length; m++) {
            Json.Members row = Json.object().put("measure", measures.get(m).key);
            for (int c = 0; c < contenders.size(); c++) {
                List<Json> runs = new ArrayList<>();
                for (double rate : rates[m][c]) {
                    runs.add(new Json.Num(decimals(rate, 2)));
                }
                row.put(
                        contenders.get(c).name(),
                        Json.object()
                                .put(
                                        "median",
                                        new Json.Num(
                                                decimals(Spread.of(rates[m][c]).median(), 2)))
                                .put("runs", Json.of(runs))
                                .build());
            }
            rows.add(row.build());
        }
        return Json.object()
                .put("unit", "tokens/s")
                .put("threads", options.threads())
                .put("peer", around.beside)
                .put("start", around.start.json())
                .put("measures", Json.of(rows))
                .build();
    }

    private static String decimals(double value, int places) {
        return new BigDecimal(value).setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    }
}
