package assay.engine.infer;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * How often a model reached the bounds of its exact program while it ran here: embeddings, linear outputs and
 * residual sums that were saturated, q, k and v that were clamped. None for an ordinary model; many say that the
 * exact program is far from the float model. Kept in the model's folder of derived files; a killed process loses
 * what it counted.
 *
 * @param positions that were computed, replays included
 * @param count of values that were saturated or clamped in them
 */
public record Saturations(long positions, long count) {
    private static final String FILE = "saturations";
    private static final int FILE_MAX_BYTES = 1024;

    /** Refuses negative counts. */
    public Saturations {
        if (positions < 0 || count < 0) {
            throw new IllegalArgumentException("counts of " + positions + " and " + count);
        }
    }

    /** What was counted so far; empty if the model never ran, or the file is damaged. */
    public static Optional<Saturations> read(Path derivedFolder) throws IOException {
        Path file = derivedFolder.resolve(FILE);
        if (!Files.isRegularFile(file) || Files.size(file) > FILE_MAX_BYTES) {
            return Optional.empty();
        }
        try {
            Field json = Field.root(JsonText.parse(Files.readAllBytes(file), 2, FILE_MAX_BYTES));
            return Optional.of(new Saturations(
                    json.at("positions").integer(0, Long.MAX_VALUE),
                    json.at("count").integer(0, Long.MAX_VALUE)));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /** Adds this to what was counted before. */
    public void addTo(Path derivedFolder) throws IOException {
        Saturations before = read(derivedFolder).orElse(new Saturations(0, 0));
        Json.Obj json = Json.object()
                .put("positions", before.positions + positions)
                .put("count", before.count + count)
                .build();
        Files.createDirectories(derivedFolder);
        Path part = Files.createTempFile(derivedFolder, FILE, ".part");
        try {
            Files.write(part, JsonText.writeBytes(json));
            Files.move(
                    part,
                    derivedFolder.resolve(FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
