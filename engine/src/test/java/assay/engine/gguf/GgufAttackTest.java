package assay.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.engine.compile.Compiler;
import com.sun.management.ThreadMXBean;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Model files from an enemy. Whatever the bytes, opening and compiling gives a result or a {@link
 * MalformedException}, and allocates little.
 */
class GgufAttackTest {
    private static final long ALLOCATION_MAX_BYTES = 64 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    static Path folder;

    private static byte[] good;
    private static GgufWriter writer;

    @BeforeAll
    static void makeModel() {
        writer = new RandomModel(
                        "qwen2",
                        1,
                        32,
                        2,
                        1,
                        16,
                        32,
                        RandomModel.VOCABULARY_MIN,
                        16,
                        false,
                        false,
                        n -> GgmlType.Q5_1,
                        11)
                .writer();
        good = writer.bytes();
    }

    @Test
    void truncatedFilesAreRefusedAtEverySectionAndAnywhere() throws Exception {
        SplittableRandom random = new SplittableRandom(21);
        List<Integer> lengths = new ArrayList<>(List.of(0, 1, 4, 8, 16, 23));
        for (int boundary : writer.sections().values()) {
            lengths.addAll(List.of(boundary - 1, boundary, boundary + 1));
        }
        lengths.add(good.length - 33);
        for (int i = 0; i < 200; i++) {
            lengths.add(random.nextInt(good.length - 32));
        }
        for (int length : lengths) {
            Path path = write(Arrays.copyOf(good, length));
            assertThrows(MalformedException.class, () -> read(path).run(), "cut to " + length);
        }
    }

    @Test
    void flippedBitsNeverCrash() throws Exception {
        SplittableRandom random = new SplittableRandom(22);
        int head = writer.sections().get("tensors");
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] bad = good.clone();
            // Three of four in the header, where a bit means most.
            int at = random.nextInt(i % 4 == 0 ? bad.length : head);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            refused += survives(bad, "bit " + i + " at " + at) ? 0 : 1;
        }
        assertTrue(refused > 200, "only " + refused + " of 2000 were refused");
    }

    @Test
    void overwrittenRangesNeverCrash() throws Exception {
        SplittableRandom random = new SplittableRandom(23);
        int head = writer.sections().get("tensors");
        long[] absurd = {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 62, 1L << 40, 0xffff_ffffL, 0x7fff_ffffL, 0};
        for (int i = 0; i < 1_000; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(head - 8);
            ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putLong(at, absurd[random.nextInt(absurd.length)]);
            survives(bad, "absurd number " + i + " at " + at);
        }
    }

    @Test
    void everyLengthCountDimensionAndOffsetNear2To63IsRefused() throws Exception {
        // Header counts, then a key's length, an array's count, a name's length, a dimension, an offset.
        byte[] small = new GgufWriter()
                .strings("list", List.of("x"))
                .tensor("w", GgmlType.Q4_0, new long[] {32, 2}, new byte[36])
                .bytes();
        int array = 24 + 8 + 4 + 4 + 4;
        int table = array + 8 + 8 + 1;
        int shape = table + 8 + 1 + 4;
        int[] places = {8, 16, 24, array, array + 8, table, shape, shape + 8, shape + 20};
        long[] sizes = {Long.MAX_VALUE, Long.MIN_VALUE, -1, Long.MAX_VALUE - 31, 1L << 62, 1L << 58, (1L << 32) + 32};
        for (int at : places) {
            for (long size : sizes) {
                byte[] bad = small.clone();
                ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putLong(at, size);
                Path path = write(bad);
                assertThrows(
                        MalformedException.class,
                        () -> bounded(() -> GgufFile.open(path).close(), "size " + size),
                        size + " at " + at);
            }
        }
    }

    @Test
    void dimensionsWhoseProductOverflowsAreRefused() throws Exception {
        long[][] shapes = {
            {1L << 32, 1L << 32}, {32, 1L << 58}, {1L << 20, 1L << 20, 1L << 20, 1L << 4}, {0, 4}, {31, 1}
        };
        for (long[] shape : shapes) {
            ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
            out.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                    .putInt(3)
                    .putLong(1)
                    .putLong(0);
            out.putLong(1).put((byte) 'w').putInt(shape.length);
            for (long length : shape) {
                out.putLong(length);
            }
            out.putInt(GgmlType.Q4_0.id).putLong(0);
            refused(out.array());
        }
    }

    @Test
    void tensorsThatOverlapOrRepeatAreRefused() throws Exception {
        byte[] two = new GgufWriter()
                .vector("a", new float[16])
                .vector("b", new float[16])
                .bytes();
        int secondOffset = 24 + 2 * (8 + 1 + 4 + 8 + 4 + 8) - 8;
        byte[] overlapping = two.clone();
        overlapping[secondOffset] = 32;
        refused(overlapping);
        byte[] unaligned = two.clone();
        unaligned[secondOffset] = 65;
        refused(unaligned);
        refused(new GgufWriter()
                .vector("a", new float[1])
                .vector("a", new float[1])
                .bytes());
        refused(new GgufWriter().bool("k", true).bool("k", true).bytes());
    }

    @Test
    void manyEmptyStringsAndKeysCostLittle() throws Exception {
        int count = 1 << 20;
        byte[] strings = new byte[24 + 8 + 1 + 4 + 4 + 8 + 8 * count];
        ByteBuffer out = ByteBuffer.wrap(strings).order(ByteOrder.LITTLE_ENDIAN);
        out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(0).putLong(1);
        out.putLong(1).put((byte) 'k').putInt(9).putInt(8).putLong(count);
        Path path = write(strings);
        bounded(
                () -> {
                    try (GgufFile file = GgufFile.open(path)) {
                        assertTrue(file.strings("k").orElseThrow().size() == count);
                    }
                },
                "empty strings");
        // One more than allowed, in a file that has room for it.
        byte[] more = Arrays.copyOf(strings, strings.length + 8);
        ByteBuffer.wrap(more).order(ByteOrder.LITTLE_ENDIAN).putLong(24 + 8 + 1 + 4 + 4, count + 1);
        refused(more);
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws Exception {
        byte[] file = new GgufWriter().string("k", "abcd").bytes();
        byte[][] bad = {
            {(byte) 0x80},
            {(byte) 0xc0, (byte) 0x80},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xe0, (byte) 0x80, (byte) 0x80},
            {'a', 'b', 'c', (byte) 0xc3},
            {(byte) 0xff}
        };
        for (byte[] text : bad) {
            byte[] changed = file.clone();
            System.arraycopy(text, 0, changed, 24 + 8 + 1 + 4 + 8, text.length);
            refused(changed);
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void refused(byte[] bytes) throws Exception {
        Path path = write(bytes);
        assertThrows(
                MalformedException.class,
                () -> bounded(() -> GgufFile.open(path).close(), "refusal"));
    }

    /** Whether the file was accepted; anything but acceptance or a clear refusal fails the test. */
    private static boolean survives(byte[] bytes, String what) throws Exception {
        Path path = write(bytes);
        try {
            bounded(read(path), what);
            return true;
        } catch (MalformedException e) {
            return false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
    }

    /** Opens, looks at everything that is there, and compiles. */
    private static Action read(Path path) {
        return () -> {
            try (GgufFile file = GgufFile.open(path)) {
                for (String key : file.keys()) {
                    file.string(key);
                    file.integer(key);
                    file.float32(key);
                    file.bool(key);
                    file.strings(key);
                    file.integers(key);
                    file.floats(key);
                }
                for (Tensor tensor : file.tensors()) {
                    tensor.data().get(ValueLayout.JAVA_BYTE, tensor.data().byteSize() - 1);
                }
                Compiler.compile(file);
            }
        };
    }

    private static void bounded(Action action, String what) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            action.run();
        } finally {
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < ALLOCATION_MAX_BYTES, what + " allocated " + allocated + " bytes");
        }
    }

    private static Path write(byte[] bytes) throws Exception {
        return Files.write(folder.resolve("bad.gguf"), bytes);
    }
}
