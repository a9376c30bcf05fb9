package assay.engine.fast;

import assay.core.kernel.WeightType;
import java.util.SplittableRandom;

/** Bytes of matrices as model files hold them: any code, scales of one's choosing. */
final class RandomWeights {
    private RandomWeights() {}

    /** Rows whose scales (or weights) are uniform in +-{@code size}. */
    static byte[] bytes(WeightType type, int rows, int cols, double size, SplittableRandom random) {
        byte[] b = new byte[Math.toIntExact(type.rowBytes(cols) * rows)];
        random.nextBytes(b);
        int[] halves =
                switch (type) {
                    case Q4_0, Q5_0, Q8_0, F16 -> new int[] {0};
                    case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
                    case Q6_K -> new int[] {208};
                    case F32, BF16 -> new int[0];
                };
        for (int i = 0; i < b.length; i += type.blockBytes()) {
            for (int h : halves) {
                put(b, i + h, Float.floatToFloat16((float) ((2 * random.nextDouble() - 1) * size)), 2);
            }
            int bits = Float.floatToRawIntBits((float) ((2 * random.nextDouble() - 1) * size));
            if (type == WeightType.F32) {
                put(b, i, bits, 4);
            } else if (type == WeightType.BF16) {
                put(b, i, bits >> 16, 2);
            }
        }
        return b;
    }

    private static void put(byte[] b, int at, int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            b[at + i] = (byte) (value >> 8 * i);
        }
    }
}
