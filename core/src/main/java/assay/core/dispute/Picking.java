package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampler;
import assay.core.receipt.Receipt;
import java.nio.charset.StandardCharsets;

/**
 * The sampler, one element at a time. An id's key is {@code weight << 20 | 2^20 - 1 - id}: what is kept is always
 * the ids whose key is at least some number, so that top-k, min-p and top-p are three numbers.
 */
final class Picking {
    /** The cut that keeps every id with a weight. */
    static final long LOWEST = 1 << 20;

    private static final long ID_MASK = LOWEST - 1;

    private final Plan plan;
    private final Inputs in;
    private final Constants constants;

    Picking(Plan plan, Inputs in, Constants constants) {
        this.plan = plan;
        this.in = in;
        this.constants = constants;
    }

    /** What a sum over ids counts. */
    enum Sum {
        /** Ids after top-k. */
        COUNT,
        /** Weights after min-p. */
        BEFORE_TOP_P,
        /** Weights after top-p. */
        KEPT
    }

    private Receipt.Scalars words() {
        return in.receipt().request().sampling();
    }

    private int prompt() {
        return in.receipt().usage().prompt();
    }

    static long key(long value, long id) {
        return (value << 20) + (ID_MASK - id);
    }

    private static long id(long key) {
        return ID_MASK - (key & ID_MASK);
    }

    long adjusted(Op.Adjusted op, int id) throws MalformedException {
        if (constants.masked(id)) {
            return Long.MIN_VALUE;
        }
        long score = in.value(op.logits(), id);
        Receipt.Scalars s = words();
        if (s.biases() > 0) {
            score += bias(new String(in.sampling(), StandardCharsets.UTF_8), id);
        }
        if (s.presencePenalty() != 0 || s.frequencyPenalty() != 0) {
            long count = 0;
            if (plan.position() + 1 > prompt()) {
                for (long generated : in.ids(prompt(), plan.position() + 1)) {
                    count += generated == id ? 1 : 0;
                }
            }
            if (count > 0) {
                score -= Sampler.at16(s.presencePenalty()) + Sampler.at16(s.frequencyPenalty()) * count;
            }
        }
        return score;
    }

    /** The bias of an id in the text of a sampling, whose lines of biases come before any text of the payer's. */
    private static long bias(String canonical, int id) throws MalformedException {
        String line = "logit_bias." + id + "=";
        for (String l : canonical.split("\n", -1)) {
            if (l.startsWith("max_tokens=")) {
                return 0;
            }
            if (l.startsWith(line)) {
                try {
                    return Sampler.at16(Double.parseDouble(l.substring(line.length())));
                } catch (NumberFormatException e) {
                    throw new MalformedException("a bias is a decimal", -1);
                }
            }
        }
        return 0;
    }

    long best(int index, Op.Best op, long at) throws MalformedException {
        Reduce.Node node = op.nodes().node(at);
        long best = Long.MIN_VALUE;
        long[] values = in.values(node.ofInputs() ? op.scores() : index, node.from(), node.to());
        for (int i = 0; i < values.length; i++) {
            if (values[i] != Long.MIN_VALUE) {
                best = Math.max(best, node.ofInputs() ? key(values[i], node.from() + i) : values[i]);
            }
        }
        return best;
    }

    long weight(Op.Weights op, long at) throws MalformedException {
        long score = in.value(op.scores(), at);
        if (score == Long.MIN_VALUE) {
            return 0;
        }
        long max = in.value(op.best(), op.top().nodes().result(0)) >> 20;
        long u = Sampler.units(max - score, Sampler.inverse(words().temperature()));
        if (u < 0) {
            throw new MalformedException("no score is above the largest", -1);
        }
        return Sampler.weight(u, constants.exp2Sampler((int) (u & 4095)));
    }

    long above(int index, int weights, int cuts, Reduce nodes, long at, Sum sum) throws MalformedException {
        Reduce.Node node = nodes.node(at);
        if (!node.ofInputs()) {
            return Rules.sum(in.values(index, node.from(), node.to()));
        }
        long cut = cut(cuts, sum);
        long[] w = in.values(weights, node.from(), node.to());
        long total = 0;
        for (int i = 0; i < w.length; i++) {
            if (w[i] > 0 && key(w[i], node.from() + i) >= cut) {
                total += sum == Sum.COUNT ? 1 : w[i];
            }
        }
        return total;
    }

    private long cut(int cuts, Sum sum) throws MalformedException {
        return switch (sum) {
            case COUNT -> in.value(cuts, 0);
            case BEFORE_TOP_P -> beforeTopP(cuts);
            case KEPT -> in.value(cuts, 1);
        };
    }

    /** The cut after min-p: {@code w * 2^16 >= rint(min_p * 2^16) * w_max}. */
    private long beforeTopP(int cuts) throws MalformedException {
        long minimum = Sampler.at16(words().minP()) * constants.exp2Sampler(0);
        return Math.max(in.value(cuts, 0), (minimum + 65535 >> 16) << 20);
    }

    /** Whether a key is that of an id with a weight. */
    private boolean isReal(long key, int weights) throws MalformedException {
        long id = id(key);
        return key >= LOWEST && id < plan.shape().vocabulary() && in.value(weights, id) == key >> 20;
    }

    boolean kept(Op.Kept op) throws MalformedException {
        long cut = in.value(op.cuts(), 0);
        int most = words().topK();
        if (most == 0) {
            return cut == LOWEST;
        }
        long count = in.value(op.counts(), op.nodes().nodes().result(0));
        return cut == LOWEST ? count <= most : count == most && isReal(cut, op.weights());
    }

    boolean shortest(Op.Shortest op) throws MalformedException {
        long first = beforeTopP(op.cuts());
        long last = in.value(op.cuts(), 1);
        if (words().topP() == 1) {
            return last == first;
        }
        if (last < first || !isReal(last, op.weights())) {
            return false;
        }
        long all = in.value(op.all(), op.before().nodes().result(0));
        long kept = in.value(op.kept(), op.after().nodes().result(0));
        long before = kept - (last >> 20);
        long share = Sampler.at16(words().topP());
        boolean enough = kept == all || Sampler.notLess(kept, 1L << 16, share, all);
        return enough && (before == 0 || !Sampler.notLess(before, 1L << 16, share, all));
    }

    boolean likeliest(Op.Likeliest op, TraceLeaf.Token token) throws MalformedException {
        return id(in.value(op.best(), op.top().nodes().result(0))) == token.picked();
    }

    /** Whether the draw falls on the id picked: the sum of kept weights before it, along the tree of sums. */
    boolean drawn(Op.Drawn op, TraceLeaf.Token token) throws MalformedException {
        int id = token.picked();
        if (id < 0 || id >= plan.shape().vocabulary()) {
            return false;
        }
        Reduce nodes = op.top().nodes();
        long cut = in.value(op.cuts(), 1);
        long sum = 0;
        for (int level = nodes.levels() - 1; level > 0; level--) {
            long child = id >> 5 * level;
            long from = nodes.at(0, level - 1, child - child % 32);
            sum += Rules.sum(in.values(op.kept(), from, from + child % 32 + 1))
                    - in.value(op.kept(), from + child % 32);
        }
        int block = id - id % 32;
        long[] w = in.values(op.weights(), block, id + 1);
        for (int i = 0; i < w.length - 1; i++) {
            sum += w[i] > 0 && key(w[i], block + i) >= cut ? w[i] : 0;
        }
        long own = w[w.length - 1];
        long total = in.value(op.kept(), nodes.result(0));
        long random = Sampler.random(in.receipt().seed().value(), in.promptDigest(), in.choice(), plan.position() + 1);
        long target = Math.unsignedMultiplyHigh(random, total);
        return own > 0 && key(own, id) >= cut && sum <= target && target < sum + own;
    }

    boolean state(TraceLeaf.Token token) throws MalformedException {
        int first = prompt() - 1;
        if (plan.position() < first) {
            return token.state().equals(Hash.ofBytes(new byte[Hash.SIZE_BYTES]));
        }
        Hash expected = plan.position() == first
                ? Sampler.firstState(in.receipt().seed().value(), in.promptDigest(), in.choice(), in.sampling())
                : Sampler.nextState(in.tokenBefore().state(), token.fed());
        return token.state().equals(expected);
    }
}
