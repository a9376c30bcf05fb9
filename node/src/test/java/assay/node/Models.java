package assay.node;

import assay.core.base.MalformedException;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.RandomModel;
import assay.engine.infer.Model;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tiny model, and others that a dishonest node might run in its place. */
final class Models {
    private static final int BLOCK = 34;

    private Models() {}

    static final RandomModel TINY = RandomModel.tiny("llama", GgmlType.Q8_0, 77);

    /** Changes the bytes of one tensor, in blocks of Q8_0: an F16 scale, then 32 codes. */
    interface Change {
        void apply(byte[] blocks);
    }

    static Model honest(Path dir) throws IOException, MalformedException {
        return Model.load(TINY.write(dir.resolve("honest.gguf")));
    }

    /** The honest model's file with some tensors changed. */
    static Model changed(Path dir, String name, Change change, String... tensors)
            throws IOException, MalformedException {
        Path file = TINY.write(dir.resolve(name + ".gguf"));
        byte[] bytes = Files.readAllBytes(file);
        try (GgufFile gguf = GgufFile.open(file)) {
            for (String tensor : tensors) {
                byte[] data = gguf.tensor(tensor).orElseThrow().data().toArray(ValueLayout.JAVA_BYTE);
                int at = indexOf(bytes, data);
                change.apply(data);
                System.arraycopy(data, 0, bytes, at, data.length);
            }
        }
        Files.write(file, bytes);
        return Model.load(file);
    }

    /** All matrices with 4 bits a weight instead of 8. */
    static Model coarser(Path dir) throws IOException, MalformedException {
        return changed(dir, "coarser", Models::roundCodes, matrices());
    }

    static Model withLayerSkipped(Path dir, int layer) throws IOException, MalformedException {
        String name = "blk." + layer + ".";
        return changed(dir, "skipped", Models::silence, name + "attn_output.weight", name + "ffn_down.weight");
    }

    private static String[] matrices() {
        String[] parts = {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"};
        String[] names = new String[2 * parts.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = "blk." + i % 2 + "." + parts[i / 2] + ".weight";
        }
        return names;
    }

    private static void roundCodes(byte[] blocks) {
        for (int i = 0; i < blocks.length; i++) {
            if (i % BLOCK >= 2) {
                blocks[i] = (byte) Math.clamp(Math.round(blocks[i] / 16f) * 16, -128, 112);
            }
        }
    }

    private static void silence(byte[] blocks) {
        for (int i = 0; i < blocks.length; i++) {
            if (i % BLOCK >= 2) {
                blocks[i] = 0;
            }
        }
    }

    /** A little of another training: every code moves by one, up or down. */
    static void tune(byte[] blocks) {
        for (int i = 0; i < blocks.length; i++) {
            if (i % BLOCK >= 2) {
                blocks[i] += (byte) ((i & 1) == 0 && blocks[i] < 127 ? 1 : blocks[i] > -128 ? -1 : 0);
            }
        }
    }

    static void oneWeight(byte[] blocks) {
        blocks[BLOCK + 5] ^= 0x40;
    }

    private static int indexOf(byte[] whole, byte[] part) {
        for (int at = 0; at + part.length <= whole.length; at++) {
            int end = at + Math.min(64, part.length);
            if (java.util.Arrays.equals(whole, at, end, part, 0, end - at)) {
                return at;
            }
        }
        throw new AssertionError("the file does not hold the tensor");
    }
}
