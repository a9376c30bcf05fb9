package assay.bench;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.text.Tokenizer;
import assay.engine.gguf.GgufFile;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code assay bench accuracy}: how far the exact program is from the float model, on texts.
 *
 * <p>A text is taken raw: no chat template, no special strings parsed, and the beginning-of-text token
 * only if the model asks for it. Its first N tokens go through {@link FloatModel}, the exact program
 * and, if it is there, llama.cpp; each position but the last is scored.
 */
public final class AccuracyBench {
    private static final int SLICE = 64;
    private static final double KL_GOAL = 0.0002;
    private static final double SAME_TOP_GOAL = 0.992;
    private static final double RATIO_GOAL = 1.001;

    /**
     * What to do.
     *
     * @param files texts in UTF-8
     * @param tokensMax tokens of each text that are used, at least 2
     * @param threads of all three programs
     * @param json whether to print JSON instead of a table
     * @param logitsDigest whether to print the SHA-256 of the exact logits and nothing else: int32
     *     little-endian, all positions, all rows
     */
    public record Options(List<Path> files, int tokensMax, int threads, boolean json, boolean logitsDigest) {
        public Options {
            files = List.copyOf(files);
            if (tokensMax < 2 || threads < 1) {
                throw new IllegalArgumentException("at least 2 tokens and 1 thread");
            }
        }
    }

    private record Text(Path path, int[] ids) {}

    private record Scored(Text text, Agreement exact, @Nullable Agreement llama) {}

    private final Options options;
    private final PrintStream out;
    private final GgufFile file;
    private final Tokenizer tokenizer;
    private final ExactLogits exact;
    private final FloatModel reference;

    private AccuracyBench(Options options, PrintStream out, GgufFile file, Engine engine) throws MalformedException {
        this.options = options;
        this.out = out;
        this.file = file;
        tokenizer = engine.model()
                .tokenizer()
                .orElseThrow(() -> new MalformedException("the model file has no tokenizer", -1));
        exact = ExactLogits.fast(engine);
        reference = new FloatModel(file, options.threads());
    }

    /** Measures and prints; {@code model} is a GGUF file. */
    public static void run(Path model, Options options, PrintStream out) throws IOException, MalformedException {
        EngineOptions engineOptions = EngineOptions.standard()
                .withThreads(options.threads())
                .withContext(options.tokensMax())
                .withCache(0);
        try (GgufFile file = GgufFile.open(model);
                Engine engine = new Engine(Model.load(model), engineOptions)) {
            AccuracyBench bench = new AccuracyBench(options, out, file, engine);
            List<Text> texts = new ArrayList<>();
            for (Path path : options.files()) {
                texts.add(bench.read(path));
            }
            if (options.logitsDigest()) {
                bench.digests(texts);
                return;
            }
            try (LlamaPeer peer = LlamaPeer.start(model, options.threads(), options.tokensMax() + 8)) {
                bench.compare(texts, Optional.of(peer), "");
            } catch (PeerMissingException e) {
                bench.compare(texts, Optional.empty(), String.valueOf(e.getMessage()));
            }
        }
    }

    private Text read(Path path) throws IOException, MalformedException {
        String text = Files.readString(path, StandardCharsets.UTF_8);
        int[] ids = tokenizer.encode(text);
        if (tokenizer.vocabulary().affixes().addBos()) {
            int[] withBos = new int[ids.length + 1];
            withBos[0] = tokenizer.vocabulary().roles().bos();
            System.arraycopy(ids, 0, withBos, 1, ids.length);
            ids = withBos;
        }
        ids = Arrays.copyOf(ids, Math.min(ids.length, options.tokensMax()));
        if (ids.length < 2) {
            throw new MalformedException(path + " has fewer than two tokens", -1);
        }
        return new Text(path, ids);
    }

    private void digests(List<Text> texts) throws MalformedException {
        for (Text text : texts) {
            MessageDigest digest = Hash.newSha256();
            ByteBuffer bytes = ByteBuffer.allocate(4 * reference.vocabulary()).order(ByteOrder.LITTLE_ENDIAN);
            exact.run(text.ids, (position, logits, from) -> {
                bytes.asIntBuffer().put(logits, from, reference.vocabulary());
                digest.update(bytes.array());
            });
            out.println(Hash.ofBytes(digest.digest()).hex() + "  " + text.path);
        }
    }

    private void compare(List<Text> texts, Optional<LlamaPeer> peer, String whyNoPeer)
            throws IOException, MalformedException {
        if (!options.json()) {
            out.println(peer.map(p -> "beside " + p.version() + " (" + p.system() + ")")
                    .orElse(whyNoPeer));
            row("text", "tokens", "nll float", "nll", "KL", "same top", "ppl ratio", "ties", "same else", "lost by");
        }
        List<Scored> all = new ArrayList<>();
        for (Text text : texts) {
            Scored scored = score(text, peer);
            all.add(scored);
            if (!options.json()) {
                row(String.valueOf(text.path.getFileName()), scored.exact.summary());
                if (scored.llama != null) {
                    row("  llama.cpp", scored.llama.summary());
                }
            }
        }
        Agreement exactTotal = new Agreement();
        Agreement llamaTotal = new Agreement();
        for (Scored scored : all) {
            exactTotal.addAll(scored.exact);
            if (scored.llama != null) {
                llamaTotal.addAll(scored.llama);
            }
        }
        if (options.json()) {
            out.println(JsonText.write(json(all, exactTotal, llamaTotal, peer)));
            return;
        }
        row("all", exactTotal.summary());
        if (peer.isPresent()) {
            row("  llama.cpp", llamaTotal.summary());
        }
        row("goal", "", "", "", "<= " + KL_GOAL, ">= " + percent(SAME_TOP_GOAL), "<= " + RATIO_GOAL);
        out.println("ties: the float model's two best tokens are less than " + Agreement.TIE
                + " nats apart; same else: same top token at the other positions;");
        out.println("lost by: the largest lead, in nats, of a top token of the float model that was not the other's.");
    }

    private Scored score(Text text, Optional<LlamaPeer> peer) throws IOException, MalformedException {
        int[] ids = text.ids;
        float[][] llama = peer.isPresent() ? peer.get().logits(ids) : new float[0][];
        double[][] hidden = reference.hidden(ids);
        Agreement exactAgreement = new Agreement();
        Agreement llamaAgreement = new Agreement();
        double[][] slice = new double[SLICE][];
        exact.run(ids, (position, logits, from) -> {
            if (position == ids.length - 1) {
                return;
            }
            int within = position % SLICE;
            if (within == 0) {
                int to = Math.min(ids.length, position + SLICE);
                double[][] next = reference.logits(Arrays.copyOfRange(hidden, position, to));
                System.arraycopy(next, 0, slice, 0, next.length);
            }
            double[] model = new double[reference.vocabulary()];
            for (int r = 0; r < model.length; r++) {
                model[r] = logits[from + r] * 0x1p-16;
            }
            exactAgreement.add(slice[within], model, ids[position + 1]);
            if (llama.length > 0) {
                for (int r = 0; r < model.length; r++) {
                    model[r] = llama[position][r];
                }
                llamaAgreement.add(slice[within], model, ids[position + 1]);
            }
        });
        return new Scored(text, exactAgreement, llama.length > 0 ? llamaAgreement : null);
    }

    private void row(String name, Agreement.Summary s) {
        row(
                name,
                Integer.toString(s.positions()),
                decimals(s.referenceNll(), 5),
                decimals(s.nll(), 5),
                decimals(s.kl(), 6),
                percent(s.sameTop()),
                decimals(s.perplexityRatio(), 5),
                percent(s.ties()),
                percent(s.sameTopElsewhere()),
                decimals(s.widestLost(), 3));
    }

    private void row(String name, String... cells) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-20s", name));
        for (String cell : cells) {
            line.append(String.format(Locale.ROOT, "%12s", cell));
        }
        out.println(line);
    }

    private Json json(List<Scored> all, Agreement exactTotal, Agreement llamaTotal, Optional<LlamaPeer> peer) {
        List<Json> texts = new ArrayList<>();
        for (Scored scored : all) {
            Json.Members text = Json.object()
                    .put("text", scored.text.path.toString())
                    .put("tokens", scored.text.ids.length)
                    .put("exact", json(scored.exact.summary()));
            if (scored.llama != null) {
                text.put("llama", json(scored.llama.summary()));
            }
            texts.add(text.build());
        }
        Json.Members whole = Json.object()
                .put("model", file.string("general.name").orElse(""))
                .put("texts", Json.of(texts))
                .put("exact", json(exactTotal.summary()));
        peer.ifPresent(p -> whole.put("llama", json(llamaTotal.summary())).put("llamaVersion", p.version()));
        return whole.build();
    }

    private static Json json(Agreement.Summary s) {
        return Json.object()
                .put("positions", s.positions())
                .put("nllFloat", new Json.Num(decimals(s.referenceNll(), 8)))
                .put("nll", new Json.Num(decimals(s.nll(), 8)))
                .put("kl", new Json.Num(decimals(s.kl(), 9)))
                .put("sameTop", new Json.Num(decimals(s.sameTop(), 6)))
                .put("perplexityRatio", new Json.Num(decimals(s.perplexityRatio(), 8)))
                .put("ties", new Json.Num(decimals(s.ties(), 6)))
                .put("sameTopElsewhere", new Json.Num(decimals(s.sameTopElsewhere(), 6)))
                .put("widestLost", new Json.Num(decimals(s.widestLost(), 6)))
                .build();
    }

    private static String percent(double share) {
        return decimals(100 * share, 2) + " %";
    }

    private static String decimals(double value, int places) {
        return new BigDecimal(value).setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    }
}
