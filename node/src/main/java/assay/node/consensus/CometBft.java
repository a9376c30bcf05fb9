package assay.node.consensus;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The CometBFT program of this machine and its folders.
 *
 * @param program the file to run
 */
public record CometBft(Path program) {
    /** The version that everything here is written for. */
    public static final String VERSION = "0.38.26";

    /** How to get it. */
    public static final String INSTALL =
            "go install github.com/cometbft/cometbft/cmd/cometbft@v" + VERSION + "   (needs Go; a minute or two)";

    private static final long PATIENCE_SECONDS = 120;

    /** The program on the path, or where {@code go install} puts it. */
    public static Optional<CometBft> find() {
        List<Path> places = new ArrayList<>();
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "" : path).split(java.io.File.pathSeparator, -1)) {
            if (!folder.isEmpty()) {
                places.add(Path.of(folder));
            }
        }
        places.add(Path.of(System.getProperty("user.home"), "go", "bin"));
        return places.stream()
                .map(folder -> folder.resolve("cometbft"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(CometBft::new);
    }

    /** Its version, for example {@code 0.38.26}. */
    public String version() throws IOException, InterruptedException {
        return run("version");
    }

    /** Makes the folders {@code node0}, {@code node1} and so on of so many validators. */
    public void makeFolders(Path dir, int validators) throws IOException, InterruptedException {
        run("testnet", "--v", Integer.toString(validators), "--o", dir.toString());
    }

    /** The name by which peers know the node in this folder. */
    public String nodeId(Path home) throws IOException, InterruptedException {
        return run("show-node-id", "--home", home.toString());
    }

    /** The Ed25519 key by which the validator in this folder signs blocks. */
    static Hash consensusKey(Path home) throws IOException {
        try {
            byte[] file = Files.readAllBytes(home.resolve("config/priv_validator_key.json"));
            Field key = Field.root(JsonText.parse(file, 8, 1 << 16)).at("pub_key");
            return Hash.ofBytes(key.at("value").base64(Hash.SIZE_BYTES));
        } catch (MalformedException e) {
            throw new IOException(home + " holds no key of a validator", e);
        }
    }

    /** Starts a node; what it says is appended to a file. */
    Process start(Path home, Path log) throws IOException {
        return new ProcessBuilder(program.toString(), "start", "--home", home.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /**
     * Sets values in {@code config.toml}.
     *
     * @param values by {@code section.key}, or {@code key} before the first section; as TOML writes them
     * @throws IOException also if the file has no such key, which then has another name in this version
     */
    static void configure(Path file, Map<String, String> values) throws IOException {
        Map<String, String> left = new TreeMap<>(values);
        List<String> out = new ArrayList<>();
        String section = "";
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1) + ".";
            }
            int equals = line.indexOf(" = ");
            String value = equals < 0 ? null : left.remove(section + line.substring(0, equals));
            out.add(value == null ? line : line.substring(0, equals) + " = " + value);
        }
        if (!left.isEmpty()) {
            throw new IOException(file + " has no " + left.keySet() + ": is this CometBFT " + VERSION + "?");
        }
        Files.write(file, out, StandardCharsets.UTF_8);
    }

    /** A value of {@code config.toml}, by {@code section.key}; as TOML writes it. */
    static String configured(Path file, String key) throws IOException {
        String section = "";
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1) + ".";
            }
            int equals = line.indexOf(" = ");
            if (equals > 0 && key.equals(section + line.substring(0, equals))) {
                return line.substring(equals + 3);
            }
        }
        throw new IOException(file + " has no " + key);
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile("assay-cometbft", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            String text = Files.readString(said, StandardCharsets.UTF_8).strip();
            if (!ended || process.exitValue() != 0) {
                throw new IOException("cometbft " + String.join(" ", arguments) + ": " + text);
            }
            return text;
        } finally {
            Files.delete(said);
        }
    }
}
