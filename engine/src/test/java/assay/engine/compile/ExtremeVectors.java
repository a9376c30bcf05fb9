package assay.engine.compile;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.kernel.Attention.Exponents;
import assay.core.kernel.Sampler;
import assay.core.kernel.Sampling;
import assay.core.program.Forward;
import assay.core.program.LayerConstants;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.receipt.Digests;
import assay.engine.gguf.GgufFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What vectors/extreme holds, and how it is made again.
 *
 * <p>{@code main(folder)} writes the models, their programs and expected.json with the scalar path; check.py
 * beside them then has to agree.
 */
final class ExtremeVectors {
    /** Where the vectors are, seen from a module's folder. */
    static final Path FOLDER = Path.of("..", "vectors", "extreme");

    private static final String CASES =
            """
            [{"temperature": 0, "seed": 1},
             {"temperature": 0, "seed": 1, "logit_bias": {"5": 100, "6": -100}, "logits_shift": 14},
             {"temperature": 1, "seed": 1},
             {"temperature": 1, "seed": 2, "logits_shift": 12},
             {"temperature": 2, "seed": -3, "logits_shift": 14, "choice": 1},
             {"temperature": 0.7, "seed": 4, "top_k": 10, "logits_shift": 12},
             {"temperature": 1.3, "seed": 9223372036854775807, "top_p": 0.9, "logits_shift": 14},
             {"temperature": 1, "seed": 6, "min_p": 0.1, "logits_shift": 13},
             {"temperature": 0.9, "seed": 7, "top_k": 40, "top_p": 0.8, "min_p": 0.05, "logits_shift": 14,
              "choice": 7},
             {"temperature": 1, "seed": 8, "top_p": 0.00001, "logits_shift": 14},
             {"temperature": 0.001, "seed": 9, "logits_shift": 14},
             {"temperature": 1.1, "seed": 10, "presence_penalty": 1.5, "frequency_penalty": -0.3,
              "generated": [3, 4, 3, 9], "logit_bias": {"7": 2.25, "0": -0.1}, "logits_shift": 15},
             {"temperature": 2, "seed": 11, "masked": [0, 1, 2, 3, 20, 21, 22, 50, 70], "logits_shift": 16}]
            """;

    private ExtremeVectors() {}

    /** Everything that the scalar path says about a model. */
    static Json expected(ExtremeModel model, GgufFile file, Program program) throws MalformedException {
        Forward forward = new Forward(program, new FileWeights(file));
        int[][] x = forward.embed(model.ids());
        Json embedding = Json.of(ExactCheckTest.digest(x).hex());
        List<Json> layers = new ArrayList<>();
        for (int l = 0; l < program.shape().layers(); l++) {
            x = forward.layer(l, x);
            layers.add(Json.of(ExactCheckTest.digest(x).hex()));
        }
        int[][] logits = forward.logits(x);
        int[] last = logits[logits.length - 1];
        return Json.object()
                .put("embedding", embedding)
                .put("layers", Json.of(layers))
                .put("logits", Json.of(ExactCheckTest.digest(logits).hex()))
                .put("saturations", Json.of(forward.saturations()))
                .put("exponents", exponents(program))
                .put("matrix_roots", roots(program))
                .put("weight_root", Json.of(program.weightRoot().hex()))
                .put("program_root", Json.of(program.root().hex()))
                .put(
                        "log_probabilities",
                        Json.of(logProbabilities(program, last).hex()))
                .put("picks", picks(program, model.ids(), last))
                .build();
    }

    private static Json exponents(Program program) {
        List<Json> all = new ArrayList<>();
        for (LayerConstants layer : program.layers()) {
            Exponents f = layer.exponents();
            all.add(Json.of(List.of(Json.of(f.q()), Json.of(f.k()), Json.of(f.v()))));
        }
        return Json.of(all);
    }

    private static Json roots(Program program) {
        Json.Members roots = Json.object();
        for (Matrix m : program.matrices()) {
            roots.put(m.name(), Json.of(m.root().hex()));
        }
        return roots.build();
    }

    private static Hash logProbabilities(Program program, int[] logits) {
        int[] all = new int[logits.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        Sampler sampler =
                new Sampler(Sampling.greedy(1), 0, Digests.ids(all), 0, all.length, new BitSet(), program.tables());
        ByteBuffer out = ByteBuffer.allocate(16 * all.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int shift : new int[] {12, 15}) {
            for (long p : sampler.logprobs(shifted(logits, shift), 0, all)) {
                out.putLong(p);
            }
        }
        return Hash.sha256(out.array());
    }

    private static int[] shifted(int[] logits, int shift) {
        int[] out = logits.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] >>= shift;
        }
        return out;
    }

    /** The pick of every case, and the sampler's state before it. */
    private static Json picks(Program program, int[] ids, int[] logits) throws MalformedException {
        List<Json> picks = new ArrayList<>();
        for (Field c : cases()) {
            BitSet masked = new BitSet();
            for (int id : ints(c, "masked")) {
                masked.set(id);
            }
            Sampler sampler = new Sampler(
                    sampling(c),
                    c.at("seed").integer(Long.MIN_VALUE, Long.MAX_VALUE),
                    Digests.ids(ids),
                    integer(c, "choice"),
                    logits.length,
                    masked,
                    program.tables());
            int[] generated = ints(c, "generated");
            for (int id : generated) {
                sampler.accept(id);
            }
            int id = sampler.pick(shifted(logits, integer(c, "logits_shift")), 0, ids.length + generated.length);
            picks.add(Json.of(List.of(Json.of(id), Json.of(sampler.state().hex()))));
        }
        return Json.of(picks);
    }

    private static List<Field> cases() throws MalformedException {
        return Field.root(JsonText.parse(CASES.getBytes(StandardCharsets.UTF_8), 8, 1 << 16))
                .items(100);
    }

    private static Sampling sampling(Field c) throws MalformedException {
        TreeMap<Integer, Double> bias = new TreeMap<>();
        if (c.find("logit_bias").isPresent()) {
            for (String id : c.at("logit_bias").object().members().keySet()) {
                bias.put(Integer.valueOf(id), c.at("logit_bias").at(id).decimal());
            }
        }
        return new Sampling(
                decimal(c, "temperature", 0),
                integer(c, "top_k"),
                decimal(c, "top_p", 1),
                decimal(c, "min_p", 0),
                decimal(c, "presence_penalty", 0),
                decimal(c, "frequency_penalty", 0),
                bias,
                16,
                List.of(),
                8,
                false,
                0);
    }

    private static double decimal(Field c, String key, double otherwise) throws MalformedException {
        return c.find(key).isPresent() ? c.at(key).decimal() : otherwise;
    }

    private static int integer(Field c, String key) throws MalformedException {
        return c.find(key).isPresent() ? c.at(key).int32(0, 100) : 0;
    }

    private static int[] ints(Field c, String key) throws MalformedException {
        List<Field> items = c.find(key).isPresent() ? c.at(key).items(100) : List.of();
        int[] out = new int[items.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = items.get(i).int32(0, 1000);
        }
        return out;
    }

    /** Bytes of a compressed file of the vectors. */
    static byte[] read(String name) throws IOException {
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(FOLDER.resolve(name))))) {
            return in.readAllBytes();
        }
    }

    private static void write(Path path, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        Files.write(path, out.toByteArray());
    }

    private static Json entry(ExtremeModel model, Path folder) throws IOException, MalformedException {
        byte[] bytes = model.bytes();
        Path plain = Files.createTempFile("extreme", ".gguf");
        try {
            Files.write(plain, bytes);
            try (GgufFile file = GgufFile.open(plain)) {
                Program program = Compiler.compile(file);
                write(folder.resolve(model.fileName() + ".gguf.gz"), bytes);
                write(folder.resolve(model.fileName() + ".program.gz"), program.encode());
                List<Json> ids = new ArrayList<>();
                for (int id : model.ids()) {
                    ids.add(Json.of(id));
                }
                List<Json> sampling = new ArrayList<>();
                for (Field c : cases()) {
                    Json.Members members = Json.object();
                    c.object().members().forEach(members::put);
                    String canonical = new String(sampling(c).canonical(), StandardCharsets.UTF_8);
                    sampling.add(members.put("canonical", Json.of(canonical)).build());
                }
                return Json.object()
                        .put("model", Json.of(model.fileName() + ".gguf.gz"))
                        .put("program", Json.of(model.fileName() + ".program.gz"))
                        .put("tokens", Json.of(ids))
                        .put("sampling", Json.of(sampling))
                        .put("expected", expected(model, file, program))
                        .build();
            }
        } finally {
            Files.delete(plain);
        }
    }

    /** Writes all files into the folder given. */
    public static void main(String[] args) throws IOException, MalformedException {
        Path folder = Path.of(args[0]);
        List<Json> models = new ArrayList<>();
        for (ExtremeModel model : ExtremeModel.values()) {
            models.add(entry(model, folder));
        }
        Json all = Json.object().put("models", Json.of(models)).build();
        // One object or array a line is enough to see in a diff what changed.
        String text = JsonText.write(all).replace(",\"", ",\n\"").replace("},{", "},\n{") + "\n";
        Files.writeString(folder.resolve("expected.json"), text);
    }
}
