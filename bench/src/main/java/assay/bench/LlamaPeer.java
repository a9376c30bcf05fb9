package assay.bench;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * llama.cpp in a process of its own, reached through its Python binding (llama-cpp-python) and the
 * script {@code llama_peer.py} beside this class.
 *
 * <p>A prefill takes at most 512 ids, and at most 8 prompts go together. The interpreter is {@code ASSAY_ORACLE_PYTHON} if that is set, else {@code python3}. Not
 * thread-safe.
 */
final class LlamaPeer implements Contender, AutoCloseable {
    private static final int LINE_BYTES_MAX = 1 << 16;

    private final Process process;
    private final OutputStream commands;
    private final DataInputStream answers;
    private final Path script;
    private final String version;
    private final String system;

    private LlamaPeer(Process process, Path script) throws IOException, MalformedException {
        this.process = process;
        this.script = script;
        this.commands = process.getOutputStream();
        this.answers = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        Field hello = answer();
        this.version = hello.at("version").string();
        this.system = hello.at("system").string();
    }

    /**
     * Starts llama.cpp on a model.
     *
     * @param context positions that it has room for
     * @throws PeerMissingException if there is no such interpreter, no binding, or the model is not
     *     loaded; the message says how to get it
     */
    public static LlamaPeer start(Path model, int threads, int context) throws IOException, PeerMissingException {
        String python = Objects.requireNonNullElse(System.getenv("ASSAY_ORACLE_PYTHON"), "python3");
        Path script = Files.createTempFile("llama_peer", ".py");
        try (@Nullable InputStream in = LlamaPeer.class.getResourceAsStream("llama_peer.py")) {
            Files.write(script, Objects.requireNonNull(in, "llama_peer.py").readAllBytes());
        }
        List<String> command = List.of(
                python, script.toString(), model.toString(), Integer.toString(threads), Integer.toString(context));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new LlamaPeer(process, script);
        } catch (IOException | MalformedException e) {
            Files.deleteIfExists(script);
            throw new PeerMissingException(
                    "no llama.cpp to compare with: " + python + " -c 'import llama_cpp' must work"
                            + " (pip install llama-cpp-python; ASSAY_ORACLE_PYTHON names another interpreter)",
                    e);
        }
    }

    @Override
    public String name() {
        return "llama.cpp";
    }

    /** Version of the binding. */
    public String version() {
        return version;
    }

    /** What llama.cpp says that it was built for. */
    public String system() {
        return system;
    }

    @Override
    public double decode(int[] prompt, int count) throws IOException {
        return seconds(
                Json.object().put("op", "decode").put("prompt", ids(prompt)).put("count", count));
    }

    @Override
    public double prefill(int[] prompt) throws IOException {
        return seconds(Json.object().put("op", "prefill").put("ids", ids(prompt)));
    }

    @Override
    public double many(List<int[]> prompts, int count) throws IOException {
        List<Json> all = new ArrayList<>();
        for (int[] prompt : prompts) {
            all.add(ids(prompt));
        }
        return seconds(
                Json.object().put("op", "many").put("prompts", Json.of(all)).put("count", count));
    }

    /** Logits of every position, in order. */
    public float[][] logits(int[] tokens) throws IOException {
        say(Json.object().put("op", "logits").put("ids", ids(tokens)));
        try {
            Field shape = answer();
            int rows = shape.at("rows").int32(1, 1 << 20);
            float[][] logits = new float[shape.at("positions").int32(0, tokens.length)][rows];
            byte[] bytes = new byte[4 * rows];
            for (float[] row : logits) {
                answers.readFully(bytes);
                ByteBuffer.wrap(bytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(row);
            }
            return logits;
        } catch (MalformedException e) {
            throw new IOException("llama_peer.py answered something else", e);
        }
    }

    @Override
    public void close() throws IOException {
        commands.close();
        process.destroy();
        Files.deleteIfExists(script);
    }

    private double seconds(Json.Members command) throws IOException {
        say(command);
        try {
            return answer().at("seconds").decimal();
        } catch (MalformedException e) {
            throw new IOException("llama_peer.py answered something else", e);
        }
    }

    private static Json ids(int[] ids) {
        return Json.of(Arrays.stream(ids).mapToObj(Json::of).toList());
    }

    private void say(Json.Members command) throws IOException {
        commands.write((JsonText.write(command.build()) + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }

    private Field answer() throws IOException, MalformedException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = answers.read(); b != '\n'; b = answers.read()) {
            if (b < 0 || line.size() == LINE_BYTES_MAX) {
                throw new IOException("llama.cpp's process has ended");
            }
            line.write(b);
        }
        return Field.root(JsonText.parse(line.toByteArray(), 4, LINE_BYTES_MAX));
    }
}
