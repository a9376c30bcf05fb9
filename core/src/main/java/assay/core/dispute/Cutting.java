package assay.core.dispute;

import assay.core.base.MalformedException;
import assay.core.kernel.Sampler;
import assay.core.receipt.Receipt;
import java.util.Arrays;

/** Finds the sampler's two cuts by sorting, as the referee never has to. */
final class Cutting {
    private final Plan plan;
    private final Inputs in;

    Cutting(Plan plan, Inputs in, Rules rules) {
        this.plan = plan;
        this.in = in;
    }

    /** Keys of the last ids that top-k and top-p keep. */
    long[] cuts(int index) throws MalformedException {
        Receipt.Scalars words = in.receipt().request().sampling();
        long[] w = in.values(index - 1, 0, plan.shape().vocabulary());
        long[] keys = new long[w.length];
        int count = 0;
        for (int id = 0; id < w.length; id++) {
            if (w[id] > 0) {
                keys[count++] = -Picking.key(w[id], id);
            }
        }
        keys = Arrays.copyOf(keys, count);
        Arrays.sort(keys); // heaviest first, since they are negated
        long first = words.topK() > 0 && words.topK() < count ? -keys[words.topK() - 1] : Picking.LOWEST;
        long minimum = Sampler.at16(words.minP()) * new Constants(plan.shape(), in).exp2Sampler(0);
        long before = Math.max(first, (minimum + 65535 >> 16) << 20);
        return new long[] {first, words.topP() == 1 ? before : last(keys, before, Sampler.at16(words.topP()))};
    }

    private static long last(long[] negated, long before, long share) {
        long all = 0;
        int kept = 0;
        while (kept < negated.length && -negated[kept] >= before) {
            all += -negated[kept++] >> 20;
        }
        long sum = 0;
        int i = 0;
        while (i < kept && !(i > 0 && Sampler.notLess(sum, 1L << 16, share, all))) {
            sum += -negated[i++] >> 20;
        }
        return -negated[i - 1];
    }
}
