package assay.engine.infer;

import assay.core.base.MalformedException;
import assay.core.program.Program;
import assay.engine.fast.PackedMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * A compiled model in a folder: {@code program}, and {@code packed} with the matrices as the kernels want
 * them. Both name the model file's size and time; whatever does not fit is made again.
 *
 * <p>The head of {@code packed}: a magic line, 32 bytes of program root, size and time of the model file
 * (int64), count; for each matrix, in the program's order, four ints of {@link PackedMatrix#head} and the
 * CRC-32C of its words; then all words. Little-endian.
 */
final class PackedFiles {
    private static final byte[] MAGIC = "assay/packed/2\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED = MAGIC.length + 32 + 8 + 8 + 4;
    private static final int EACH = 20;
    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path model;
    private final Path program;
    private final Path packed;

    /** What was found. */
    record Loaded(Program program, Map<String, PackedMatrix> matrices) {}

    PackedFiles(Path model, Path folder) {
        this.model = model;
        this.program = folder.resolve("program");
        this.packed = folder.resolve("packed");
    }

    /** The model that an earlier load left, unless anything about it is not as it was written. */
    Optional<Loaded> read() throws IOException {
        if (!Files.exists(program) || !Files.exists(packed)) {
            return Optional.empty();
        }
        Model.checkMemory(Files.size(packed));
        try (FileChannel in = FileChannel.open(packed, StandardOpenOption.READ);
                Arena arena = Arena.ofShared()) {
            Program known = Program.parse(Files.readAllBytes(program));
            MemorySegment file = in.map(FileChannel.MapMode.READ_ONLY, 0, in.size(), arena);
            return Optional.of(new Loaded(known, read(known, file)));
        } catch (MalformedException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private Map<String, PackedMatrix> read(Program known, MemorySegment file) throws IOException, MalformedException {
        int count = known.matrices().size();
        byte[] head = new byte[FIXED + EACH * count];
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, 0, head, 0, head.length);
        if (!Arrays.equals(Arrays.copyOf(head, FIXED), fixed(known, count))) {
            throw new MalformedException("packed for another model", 0);
        }
        ByteBuffer heads = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).position(FIXED);
        long at = head.length;
        long[] from = new long[count];
        int[][] shapes = new int[count][4];
        int[] sums = new int[count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < 4; j++) {
                shapes[i][j] = heads.getInt();
            }
            sums[i] = heads.getInt();
            from[i] = at;
            at += 4L * PackedMatrix.wordsOf(shapes[i]);
        }
        if (at != file.byteSize()) {
            throw new MalformedException("packed file of " + file.byteSize() + " bytes, expected " + at, 0);
        }
        PackedMatrix[] matrices = new PackedMatrix[count];
        List<String> faults = Collections.synchronizedList(new ArrayList<>());
        IntStream.range(0, count).parallel().forEach(i -> {
            try {
                int[] words = new int[PackedMatrix.wordsOf(shapes[i])];
                MemorySegment.copy(file, WORD, from[i], words, 0, words.length);
                if (crc(file.asSlice(from[i], 4L * words.length)) != sums[i]) {
                    throw new MalformedException("matrix " + i + " was altered", from[i]);
                }
                matrices[i] = PackedMatrix.read(shapes[i], words);
            } catch (MalformedException e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        });
        if (!faults.isEmpty()) {
            throw new MalformedException(faults.getFirst(), 0);
        }
        Map<String, PackedMatrix> byName = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            byName.put(known.matrices().get(i).name(), matrices[i]);
        }
        return byName;
    }

    /** Leaves a compiled model in the folder, if the disk has room for it; a failure to write is no fault. */
    void write(Program compiled, Map<String, PackedMatrix> matrices) throws IOException {
        List<PackedMatrix> ordered = new ArrayList<>();
        compiled.matrices().forEach(m -> ordered.add(matrices.get(m.name())));
        long need = ordered.stream().mapToLong(PackedMatrix::sizeBytes).sum() + (64L << 20);
        Path folder = Files.createDirectories(packed.toAbsolutePath().getParent());
        if (Files.getFileStore(folder).getUsableSpace() < need) {
            return;
        }
        Path part = folder.resolve("packed." + ProcessHandle.current().pid() + ".part");
        Path programPart = folder.resolve("program." + ProcessHandle.current().pid() + ".part");
        try {
            writeWords(part, compiled, ordered);
            Files.write(programPart, compiled.encode());
            Files.move(programPart, program, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, packed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(programPart);
            Files.deleteIfExists(part);
        }
    }

    private void writeWords(Path part, Program compiled, List<PackedMatrix> ordered) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(FIXED + EACH * ordered.size()).order(ByteOrder.LITTLE_ENDIAN);
        head.put(fixed(compiled, ordered.size()));
        for (PackedMatrix m : ordered) {
            for (int value : m.head()) {
                head.putInt(value);
            }
            head.putInt(crc(bytes(m)));
        }
        try (FileChannel out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(out, head.flip());
            for (PackedMatrix m : ordered) {
                writeFully(out, bytes(m).asByteBuffer());
            }
            out.force(true);
        }
    }

    private static MemorySegment bytes(PackedMatrix m) {
        byte[] bytes = new byte[Math.toIntExact(m.sizeBytes())];
        MemorySegment.copy(m.contents(), 0, MemorySegment.ofArray(bytes), WORD, 0, m.contents().length);
        return MemorySegment.ofArray(bytes);
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private byte[] fixed(Program compiled, int count) throws IOException {
        return ByteBuffer.allocate(FIXED)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put(compiled.root().bytes())
                .putLong(Files.size(model))
                .putLong(Files.getLastModifiedTime(model).toMillis())
                .putInt(count)
                .array();
    }

    private static int crc(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return (int) crc.getValue();
    }
}
