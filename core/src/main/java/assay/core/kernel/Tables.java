package assay.core.kernel;

/**
 * The tables of the exact program: powers of two and the logistic function.
 *
 * <p>They are made once with {@link StrictMath} and stored in the program under its root, so that
 * another implementation needs no floating point.
 */
public final class Tables {
    private final int[] exp2;
    private final int[] sigmoid;
    private final int[] exp2Sampler;

    /**
     * @param exp2 (256): rint(2^15 * 2^(-i/256))
     * @param sigmoid (8192): rint(2^15 / (1 + exp(-(j - 4096)/256)))
     * @param exp2Sampler (4096): rint(2^30 * 2^(-i/4096))
     */
    public Tables(int[] exp2, int[] sigmoid, int[] exp2Sampler) {
        if (exp2.length != 256 || sigmoid.length != 8192 || exp2Sampler.length != 4096) {
            throw new IllegalArgumentException("tables have 256, 8192 and 4096 entries");
        }
        this.exp2 = exp2.clone();
        this.sigmoid = sigmoid.clone();
        this.exp2Sampler = exp2Sampler.clone();
    }

    /** The tables as every compiler makes them. */
    public static Tables standard() {
        int[] exp2 = new int[256];
        for (int i = 0; i < exp2.length; i++) {
            exp2[i] = (int) Math.rint(0x1p15 * StrictMath.pow(2, -i / 256.0));
        }
        int[] sigmoid = new int[8192];
        for (int j = 0; j < sigmoid.length; j++) {
            sigmoid[j] = (int) Math.rint(0x1p15 / (1 + StrictMath.exp(-(j - 4096) / 256.0)));
        }
        int[] sampler = new int[4096];
        for (int i = 0; i < sampler.length; i++) {
            sampler[i] = (int) Math.rint(0x1p30 * StrictMath.pow(2, -i / 4096.0));
        }
        return new Tables(exp2, sigmoid, sampler);
    }

    /** 2^15 * 2^(-i/256), i from 0 to 255. */
    public int exp2(long i) {
        return exp2[(int) i];
    }

    /** 2^15 * logistic((j - 4096)/256), j from 0 to 8191. */
    public int sigmoid(int j) {
        return sigmoid[j];
    }

    /** 2^30 * 2^(-i/4096), i from 0 to 4095. */
    public int exp2Sampler(long i) {
        return exp2Sampler[(int) i];
    }

    /** A copy of the attention's table. */
    public int[] exp2Table() {
        return exp2.clone();
    }

    /** A copy of the logistic table. */
    public int[] sigmoidTable() {
        return sigmoid.clone();
    }

    /** A copy of the sampler's table. */
    public int[] exp2SamplerTable() {
        return exp2Sampler.clone();
    }
}
