package assay.cli;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.crypto.OwnerOnly;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A network that runs on a home, as its file {@code running.json} says; for the owner's eyes alone.
 *
 * @param uri where its API answers
 * @param pid of its process
 * @param model that it serves
 * @param contextTokens of its engine
 */
record Running(URI uri, long pid, String model, int contextTokens) {
    private static final String FILE = "running.json";
    private static final int FILE_MAX_BYTES = 4096;
    private static final int CONNECT_MILLIS = 1000;

    /** The network that runs on this home: its process lives and its port takes connections. */
    static Optional<Running> find(Path home) throws IOException {
        Path file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Field json = Field.root(JsonText.parse(Files.readAllBytes(file), 2, FILE_MAX_BYTES));
            Running said = new Running(
                    URI.create(json.at("uri").string(256)),
                    json.at("pid").integer(1, Long.MAX_VALUE),
                    json.at("model").string(256),
                    json.at("context").int32(1, Integer.MAX_VALUE));
            return said.isAlive() ? Optional.of(said) : Optional.empty();
        } catch (MalformedException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isAlive() {
        if (ProcessHandle.of(pid).isEmpty()) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Says so in the home. */
    void write(Path home) throws IOException {
        Json.Obj json = Json.object()
                .put("uri", uri.toString())
                .put("pid", pid)
                .put("model", model)
                .put("context", contextTokens)
                .build();
        Path part = home.resolve(FILE + ".part");
        Files.deleteIfExists(part);
        OwnerOnly.writeNew(part, JsonText.writeBytes(json));
        Files.move(part, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Says that nothing runs there any more. */
    static void forget(Path home) throws IOException {
        Files.deleteIfExists(home.resolve(FILE));
    }
}
