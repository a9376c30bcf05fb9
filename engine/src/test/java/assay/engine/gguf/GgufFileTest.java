package assay.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
    @TempDir
    Path folder;

    @Test
    void valuesAreReadAsTheyWereWritten() throws Exception {
        Path path = new GgufWriter()
                .string("s", "gr\u00fc\u00df \ud83d\ude00")
                .integer("i", -5)
                .float32("f", 1e-5f)
                .bool("b", true)
                .strings("ss", List.of("", "a", "\u4f60"))
                .integers("ii", new int[] {Integer.MIN_VALUE, 0, 7})
                .floats("ff", new float[] {0.5f, Float.NaN})
                .write(folder.resolve("m.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            assertEquals(Optional.of("gr\u00fc\u00df \ud83d\ude00"), file.string("s"));
            assertEquals(OptionalLong.of(-5), file.integer("i"));
            assertEquals(Optional.of(1e-5f), file.float32("f"));
            assertEquals(Optional.of(true), file.bool("b"));
            assertEquals(List.of("", "a", "\u4f60"), file.strings("ss").orElseThrow());
            assertArrayEquals(
                    new int[] {Integer.MIN_VALUE, 0, 7}, file.integers("ii").orElseThrow());
            assertArrayEquals(new float[] {0.5f, Float.NaN}, file.floats("ff").orElseThrow());
            assertEquals(List.of("b", "f", "ff", "i", "ii", "s", "ss"), List.copyOf(file.keys()));
            assertEquals(Optional.of(ValueType.ARRAY), file.type("ss"));
            assertEquals(3, file.count("ss"));
        }
    }

    @Test
    void valuesOfAnotherKindReadAsAbsent() throws Exception {
        Path path = new GgufWriter().string("s", "1").floats("ff", new float[2]).write(folder.resolve("m.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            assertEquals(OptionalLong.empty(), file.integer("s"));
            assertEquals(Optional.empty(), file.bool("s"));
            assertEquals(Optional.empty(), file.float32("ff"));
            assertEquals(Optional.empty(), file.strings("ff"));
            assertTrue(file.integers("ff").isEmpty());
            assertEquals(Optional.empty(), file.string("absent"));
        }
    }

    @Test
    void filesOfThePublicPackageAreRead() throws Exception {
        Path path = unpacked("qwen2-q4_k_m");
        try (GgufFile file = GgufFile.open(path)) {
            assertEquals(Optional.of("qwen2"), file.string("general.architecture"));
            assertEquals(OptionalLong.of(64), file.integer("qwen2.attention.key_length"));
            assertEquals(
                    272, file.strings("tokenizer.ggml.tokens").orElseThrow().size());
            Tensor down = file.tensor("blk.0.ffn_down.weight").orElseThrow();
            assertEquals(GgmlType.Q6_K, down.type());
            assertEquals(256, down.columns());
            assertEquals(256, down.rows());
            assertEquals(210 * 256, down.data().byteSize());
            assertTrue(down.data().isReadOnly());
        }
    }

    @Test
    void tensorsBeyondTwoGibibytesAreReached() throws Exception {
        // A sparse file: 2^31 + 2^20 bytes of zeros that the disk does not hold, then eight floats.
        long rows = (1L << 29) + (1 << 18);
        ByteBuffer head = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        head.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(2)
                .putLong(0);
        head.putLong(3).put("far".getBytes(StandardCharsets.US_ASCII)).putInt(1).putLong(8);
        head.putInt(0).putLong(rows * 4);
        head.putLong(4)
                .put("wide".getBytes(StandardCharsets.US_ASCII))
                .putInt(2)
                .putLong(1)
                .putLong(rows);
        head.putInt(0).putLong(0);
        long start = (head.position() + 31) & -32;
        Path path = folder.resolve("large.gguf");
        try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
            raw.write(head.array(), 0, head.position());
            raw.setLength(start + rows * 4 + 32);
            raw.seek(start + rows * 4);
            raw.write(new byte[] {0, 0, (byte) 0x80, 0x3f});
        }
        try (GgufFile file = GgufFile.open(path)) {
            Tensor far = file.tensor("far").orElseThrow();
            assertEquals(1f, far.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0));
            assertEquals(rows * 4, file.tensor("wide").orElseThrow().data().byteSize());
        }
    }

    @Test
    void shardsAreOneModel() throws Exception {
        shard(0, 3, "a").write(folder.resolve("m-00001-of-00002.gguf"));
        shard(1, 3, "b", "c").write(folder.resolve("m-00002-of-00002.gguf"));
        try (GgufFile file = GgufFile.open(folder.resolve("m-00001-of-00002.gguf"))) {
            assertEquals(
                    List.of("a", "b", "c"),
                    file.tensors().stream().map(Tensor::name).toList());
            assertEquals(2, file.paths().size());
        }
    }

    @Test
    void shardsThatDoNotFitTogetherAreRefused() throws Exception {
        Path first = folder.resolve("m-00001-of-00002.gguf");
        Path second = folder.resolve("m-00002-of-00002.gguf");
        shard(0, 2, "a").write(first);
        assertThrows(NoSuchFileException.class, () -> GgufFile.open(first));
        shard(1, 2, "a").write(second);
        refused(first, "appears twice");
        shard(1, 2, "b", "c").write(second);
        refused(first, "split.tensors.count says 2");
        shard(0, 2, "b").write(second);
        refused(first, "does not say that it is shard 2 of 2");
        shard(1, 2, "b").string("llama.hidden", "x").write(second);
        refused(first, "belongs in the first shard");
        shard(1, 2, "b").write(second);
        refused(second, "open m-00001-of-00002.gguf");
        refused(Files.copy(first, folder.resolve("renamed.gguf")), "its name must end in");
    }

    @Test
    void formsThatAreNotReadAreRefusedByName() throws Exception {
        byte[] good = new GgufWriter().string("k", "v").bytes();
        refused(with(good, 0, 'g'), "not a GGUF file");
        refused(with(good, 4, 1), "version 1 is not supported");
        refused(with(good, 4, 4), "version 4 is not supported");
        byte[] swapped = with(good, 4, 0);
        swapped[7] = 3;
        refused(swapped, "big-endian");
        refused(new byte[10], "10 bytes");
        byte[] v2 = with(good, 4, 2);
        try (GgufFile file = GgufFile.open(Files.write(folder.resolve("v2.gguf"), v2))) {
            assertEquals(Optional.of("v"), file.string("k"));
        }
    }

    @Test
    void typesWithoutMeaningAreKnownByName() throws Exception {
        byte[] file = new GgufWriter()
                .tensor("w", GgmlType.F16, new long[] {256}, new byte[512])
                .bytes();
        int typeAt = 24 + 8 + 1 + 4 + 8;
        assertEquals(1, file[typeAt]);
        try (GgufFile read = GgufFile.open(Files.write(folder.resolve("t"), with(file, typeAt, 18)))) {
            GgmlType type = read.tensors().getFirst().type();
            assertEquals("IQ3_XXS", type.name());
            assertFalse(type.supported());
            assertThrows(IllegalArgumentException.class, () -> type.rowBytes(256));
        }
        refused(with(file, typeAt, 4), "w has type Q4_2, which ggml has removed");
        refused(with(file, typeAt, 99), "w has unknown type 99");
    }

    @Test
    void optionalKeysOfAnotherKindAreRefused() throws Exception {
        refused(
                new GgufWriter()
                        .string("general.architecture", "llama")
                        .integer("llama.rope.freq_base", 10_000)
                        .bytes(),
                "llama.rope.freq_base is of type UINT32, expected FLOAT");
        refused(
                new GgufWriter().integer("tokenizer.ggml.add_bos_token", 1).bytes(),
                "tokenizer.ggml.add_bos_token is of type UINT32");
    }

    @Test
    void randomModelsAreTheSameForTheSameSeed() throws Exception {
        RandomModel model = RandomModel.tiny("llama", GgmlType.Q4_1, 3);
        assertEquals(
                Hash.sha256(model.writer().bytes()), Hash.sha256(model.writer().bytes()));
        for (GgmlType type : GgmlType.values()) {
            if (type.supported()) {
                Path path = RandomModel.tiny("qwen2", type, 1).write(folder.resolve("r"));
                try (GgufFile file = GgufFile.open(path)) {
                    assertEquals(
                            type, file.tensor("token_embd.weight").orElseThrow().type());
                }
            }
        }
    }

    private static GgufWriter shard(int number, int tensors, String... names) {
        GgufWriter out = new GgufWriter();
        if (number == 0) {
            out.string("general.architecture", "llama");
        }
        out.integer("split.no", number).integer("split.count", 2).integer("split.tensors.count", tensors);
        for (String name : names) {
            out.vector(name, new float[8]);
        }
        return out;
    }

    private Path unpacked(String name) throws Exception {
        Path packed = Path.of("..", "vectors", "llama", name + ".gguf.gz");
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            return Files.write(folder.resolve(name + ".gguf"), in.readAllBytes());
        }
    }

    private static byte[] with(byte[] file, int at, int value) {
        byte[] changed = file.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private void refused(byte[] bytes, String why) throws Exception {
        refused(Files.write(folder.resolve("bad.gguf"), bytes), why);
    }

    private static void refused(Path path, String why) {
        MalformedException e = assertThrows(MalformedException.class, () -> GgufFile.open(path));
        assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
    }
}
