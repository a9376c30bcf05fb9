package assay.cli;

import assay.core.audit.AuditKey;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.program.Program;
import assay.engine.compile.Compiler;
import assay.engine.compile.FileWeights;
import assay.engine.gguf.GgufFile;
import assay.engine.store.Sizes;
import assay.engine.store.StoredModel;
import assay.ledger.crypto.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The user's audit keys, one file a program, for the owner's eyes alone. Why nobody else may have one says {@link
 * AuditKey}.
 */
final class AuditKeys {
    private static final long FILE_MAX_BYTES = 1L << 30;

    private final Assay assay;

    AuditKeys(Assay assay) {
        this.assay = assay;
    }

    /** Where the key of a program is, unless somebody says otherwise. */
    static Path usual(Assay assay, Hash program) {
        return assay.folders().data().resolve("audit-keys").resolve(program.hex() + ".key");
    }

    /** Draws a key from a model's weights; they are read whole and held against the program's roots. */
    int draw(String name, @org.jspecify.annotations.Nullable Path out) throws IOException, Mistake, MalformedException {
        StoredModel model = Show.found(assay.models(), name);
        AuditKey key;
        try (GgufFile file = GgufFile.open(model.file())) {
            assay.screen().passing("compiling " + model.name() + "…");
            Program program = Compiler.compile(file);
            assay.screen().passing("drawing a key…");
            key = AuditKey.draw(program, new FileWeights(file), new SecureRandom());
        }
        assay.screen().passing("");
        Path to = out != null ? out : usual(assay, key.programRoot());
        OwnerOnly.createFolder(OwnerOnly.folderOf(to));
        byte[] bytes = key.encode();
        try {
            OwnerOnly.writeNew(to, bytes);
        } catch (FileAlreadyExistsException e) {
            throw new Mistake(
                    to + " is there already, and counts the verdicts that it gave",
                    "remove it yourself if you want another, or say --out FILE",
                    Exit.FAILED);
        }
        tell(model, key, to, bytes.length);
        return Exit.OK;
    }

    private void tell(StoredModel model, AuditKey key, Path to, int sizeBytes) {
        Screen screen = assay.screen();
        if (assay.json()) {
            screen.json(Json.object()
                    .put("key", to.toString())
                    .put("program", key.programRoot().hex())
                    .put("size_bytes", sizeBytes)
                    .build());
            return;
        }
        screen.out()
                .println(screen.green("✔ ") + to + "  " + Sizes.text(sizeBytes) + ", program "
                        + key.programRoot().hex().substring(0, 16) + "…");
        screen.out()
                .println("  with it: assay audit RECEIPT --light   (the weights of " + model.name()
                        + " are not needed any more)");
        screen.out().println(screen.faint("  it is a secret: a node that knows it passes every audit made with it"));
    }

    /** Reads a key that nobody else may read. */
    static AuditKey read(Path file) throws IOException, Mistake, MalformedException {
        if (!Files.isRegularFile(file)) {
            throw new Mistake(
                    "there is no audit key " + file,
                    "where the weights are: assay audit key MODEL; then copy it here, or say --key FILE",
                    Exit.UNDECIDED);
        }
        if (OwnerOnly.isOpenToOthers(file)) {
            throw new Mistake(
                    "others may read the audit key " + file,
                    "draw another one: a node that knows it passes every audit",
                    Exit.FAILED);
        }
        if (Files.size(file) > FILE_MAX_BYTES) {
            throw new MalformedException(file + " is too long for an audit key", -1);
        }
        return AuditKey.parse(Files.readAllBytes(file));
    }

    /** Counts a verdict, on the disk, before it is told: each one tells something of the key. */
    static void count(Path file) throws IOException {
        try (FileChannel channel = OwnerOnly.open(file);
                FileLock lock = channel.lock()) {
            ByteBuffer count = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(count, AuditKey.VERDICTS_OFFSET);
            long verdicts = count.getLong(0);
            count.clear().putLong(verdicts + 1).flip();
            channel.write(count, AuditKey.VERDICTS_OFFSET);
            channel.force(true);
            if (!lock.isValid()) {
                throw new IOException("the lock on " + file + " was lost");
            }
        }
    }
}
