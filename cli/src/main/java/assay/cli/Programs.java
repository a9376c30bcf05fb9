package assay.cli;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.program.Program;
import assay.core.receipt.Receipt;
import assay.engine.compile.Compiler;
import assay.engine.gguf.GgufFile;
import assay.engine.store.StoredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds compiled programs on this machine; whatever is found has the root that was asked for. */
final class Programs {
    /** Name of a model's program in its folder of derived files. */
    static final String DERIVED = "program";

    private static final long FILE_MAX_BYTES = 1L << 30;

    private Programs() {}

    /** The program of a receipt: beside it, in the user's own network, or derived from a pulled model. */
    static Optional<Program> find(Assay assay, Receipt receipt, Path receiptFile) throws IOException {
        Hash root = receipt.model().program();
        String name = root.hex() + ".program";
        Path folder = receiptFile.toAbsolutePath().normalize().getParent();
        List<Path> places = new ArrayList<>();
        if (folder != null) {
            places.add(folder.resolve(name));
            places.add(folder.resolveSibling("programs").resolve(name));
        }
        places.add(assay.folders().data().resolve("node").resolve("programs").resolve(name));
        for (StoredModel model : assay.models().list()) {
            if (model.digest().equals(receipt.model().file())) {
                places.add(model.derivedFolder().resolve(DERIVED));
            }
        }
        for (Path place : places) {
            Optional<Program> found = read(place).filter(p -> p.root().equals(root));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** A model's program: as an earlier command left it, or compiled now and left for the next one. */
    static Program of(StoredModel model, GgufFile file, Screen screen) throws IOException, MalformedException {
        Path kept = model.derivedFolder().resolve(DERIVED);
        Optional<Program> known = read(kept);
        if (known.isPresent()) {
            return known.get();
        }
        screen.passing("compiling " + model.name() + "…");
        Program program = Compiler.compile(file);
        Files.createDirectories(model.derivedFolder());
        Path part = Files.createTempFile(model.derivedFolder(), DERIVED, ".part");
        Files.write(part, program.encode());
        Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        screen.passing("");
        return program;
    }

    /** What identifies a program, for {@code show}. */
    static Map<String, Json> facts(Program program) {
        Map<String, Json> facts = new LinkedHashMap<>();
        facts.put("programRoot", Json.of(program.root().hex()));
        facts.put("weightRoot", Json.of(program.weightRoot().hex()));
        facts.put("tokenizerDigest", Json.of(program.tokenizerDigest().hex()));
        facts.put("templateDigest", Json.of(program.templateDigest().hex()));
        facts.put("unicodeDigest", Json.of(program.unicode().hex()));
        facts.put("programContext", Json.of(program.shape().context()));
        return facts;
    }

    /** The program in a file; empty if there is no file or it holds none. */
    static Optional<Program> read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > FILE_MAX_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(Program.parse(Files.readAllBytes(file)));
        } catch (MalformedException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
