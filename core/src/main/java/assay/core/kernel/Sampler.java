package assay.core.kernel;

import assay.core.base.Hash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;

/**
 * Picks one id from logits, exactly: the same id on every machine for the same seed.
 *
 * <p>Order of steps: bias and penalties; arg max at temperature 0; else weights from a table of powers
 * of two, top-k, min-p, top-p, and one draw from SHA-256. docs/protocol/program.md, section 6. One
 * sampler serves one choice of one request and counts the ids that it was told of; not thread-safe.
 */
public final class Sampler {
    private static final long LOG2_E_AT_16 = 94548;
    private static final long LN_2_AT_16 = 45426;

    private final Sampling sampling;
    private final long seed;
    private final Hash promptDigest;
    private final int choice;
    private final int vocabulary;
    private final BitSet masked;
    private final Tables tables;
    private final long inverseTemperature;
    private final int[] counts;
    private final long[] scores;
    private final long[] keys;
    private Hash state;
    private int generated;

    /**
     * @param seed the request's seed
     * @param promptDigest digest of the prompt's ids
     * @param choice 0 to n - 1
     * @param vocabulary count of logits
     * @param masked ids that are never picked (rows without a token)
     */
    public Sampler(
            Sampling sampling, long seed, Hash promptDigest, int choice, int vocabulary, BitSet masked, Tables tables) {
        this.sampling = sampling;
        this.seed = seed;
        this.promptDigest = promptDigest;
        this.choice = choice;
        this.vocabulary = vocabulary;
        this.masked = (BitSet) masked.clone();
        this.tables = tables;
        this.inverseTemperature = inverse(sampling.temperature());
        this.counts = new int[vocabulary];
        this.scores = new long[vocabulary];
        this.keys = new long[vocabulary];
        this.state = firstState(seed, promptDigest, choice, sampling.canonical());
    }

    /**
     * The id for the position after {@code position - 1} ids.
     *
     * @param logits (vocabulary) at 16, starting at {@code from}
     * @param position count of ids before the one picked, prompt included
     */
    public int pick(int[] logits, int from, int position) {
        long max = adjust(logits, from);
        if (sampling.temperature() == 0) {
            int best = 0;
            while (scores[best] != max) {
                best++;
            }
            return best;
        }
        int kept = weigh(max);
        if (sampling.topK() > 0 || sampling.minP() > 0 || sampling.topP() < 1) {
            kept = keepBest(kept);
        }
        return draw(kept, position);
    }

    /** Tells the sampler that an id was generated: penalties and the state's digest follow. */
    public void accept(int id) {
        counts[id]++;
        generated++;
        state = nextState(state, id);
    }

    /** Digest of everything that the next pick depends on, logits apart. */
    public Hash state() {
        return state;
    }

    /** Count of ids accepted so far. */
    public int generated() {
        return generated;
    }

    /** Scores of all ids: logits with bias and penalties; the lowest value where masked. Returns the largest. */
    private long adjust(int[] logits, int from) {
        for (int id = 0; id < vocabulary; id++) {
            scores[id] = logits[from + id];
        }
        for (Map.Entry<Integer, Double> e : sampling.logitBias().entrySet()) {
            if (e.getKey() < vocabulary) {
                scores[e.getKey()] += at16(e.getValue());
            }
        }
        if (sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0) {
            long presence = at16(sampling.presencePenalty());
            long frequency = at16(sampling.frequencyPenalty());
            for (int id = 0; id < vocabulary; id++) {
                if (counts[id] > 0) {
                    scores[id] -= presence + frequency * counts[id];
                }
            }
        }
        for (int id = masked.nextSetBit(0); id >= 0 && id < vocabulary; id = masked.nextSetBit(id + 1)) {
            scores[id] = Long.MIN_VALUE;
        }
        long max = Long.MIN_VALUE;
        for (int id = 0; id < vocabulary; id++) {
            max = Math.max(max, scores[id]);
        }
        return max;
    }

    /** Keys {@code weight << 32 | ~id} of all ids with a weight, in ascending id; returns how many. */
    private int weigh(long max) {
        int kept = 0;
        for (int id = 0; id < vocabulary; id++) {
            if (scores[id] == Long.MIN_VALUE) {
                continue;
            }
            long u = units(max - scores[id], inverseTemperature);
            long w = weight(u, tables.exp2Sampler(u & 4095));
            if (w > 0) {
                keys[kept++] = w << 32 | (0xFFFFFFFFL & ~id);
            }
        }
        return kept;
    }

    /** Applies top-k, min-p and top-p, in that order; what is kept comes back in ascending id. */
    private int keepBest(int count) {
        int kept = count;
        if (sampling.topK() > 0 && sampling.topK() < kept) {
            kept = bestFirst(kept, sampling.topK(), Long.MAX_VALUE, 1L << 16);
        }
        long largest = 0;
        for (int i = 0; i < kept; i++) {
            largest = Math.max(largest, keys[i] >>> 32);
        }
        kept = dropBelow(kept, (long) Math.rint(sampling.minP() * 0x1p16) * largest);
        if (sampling.topP() < 1) {
            long total = 0;
            for (int i = 0; i < kept; i++) {
                total += keys[i] >>> 32;
            }
            kept = bestFirst(kept, kept, total, (long) Math.rint(sampling.topP() * 0x1p16));
        }
        sortById(kept);
        return kept;
    }

    /** Keeps the keys with weight * 2^16 >= minimum, in their order; returns how many. */
    private int dropBelow(int count, long minimum) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (keys[i] >>> 32 << 16 >= minimum) {
                keys[kept++] = keys[i];
            }
        }
        return kept;
    }

    /**
     * Moves the largest keys to the front in descending order: {@code most} of them, or the shortest prefix
     * with sum * 2^16 >= share * total; returns how many.
     */
    private int bestFirst(int count, int most, long total, long share) {
        for (int i = count / 2 - 1; i >= 0; i--) {
            siftDown(i, count);
        }
        int popped = 0;
        long sum = 0;
        while (popped < most && !(popped > 0 && notLess(sum, 1L << 16, share, total))) {
            sum += keys[0] >>> 32;
            popLargest(count - popped);
            popped++;
        }
        long[] best = new long[popped];
        for (int i = 0; i < popped; i++) {
            best[i] = keys[count - 1 - i];
        }
        System.arraycopy(best, 0, keys, 0, popped);
        return popped;
    }

    private int draw(int kept, int position) {
        long total = 0;
        for (int i = 0; i < kept; i++) {
            total += keys[i] >>> 32;
        }
        long target = Math.unsignedMultiplyHigh(random(position), total);
        long sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += keys[i] >>> 32;
            if (sum > target) {
                return ~(int) keys[i];
            }
        }
        throw new AssertionError("the target is below the sum of weights");
    }

    private long random(int position) {
        return random(seed, promptDigest, choice, position);
    }

    /** First 8 bytes, big-endian, of the draw's digest. */
    public static long random(long seed, Hash promptDigest, int choice, int position) {
        byte[] bytes = Hash.tagged("assay/draw/1", staticDraw(seed, promptDigest, choice), le32(position))
                .bytes();
        return ByteBuffer.wrap(bytes).getLong();
    }

    /**
     * The state before the first pick.
     *
     * @param parameters {@link Sampling#canonical}
     */
    public static Hash firstState(long seed, Hash promptDigest, int choice, byte[] parameters) {
        return Hash.tagged("assay/sampler/1", staticDraw(seed, promptDigest, choice), parameters);
    }

    /** The state after an id was generated. */
    public static Hash nextState(Hash state, int id) {
        return Hash.tagged("assay/sampler/1", state.bytes(), le32(id));
    }

    /** {@code rT = min(rint(2^16 / T), 2^26)}; 0 at temperature 0. */
    public static long inverse(double temperature) {
        return temperature == 0 ? 0 : (long) Math.min(0x1p26, Math.rint(0x1p16 / temperature));
    }

    /** How far below the largest score an id is, in units of 1/4096 of a power of two. */
    public static long units(long distance, long inverseTemperature) {
        return Fixed.rdiv(Fixed.rdiv(Math.min(distance, 1L << 36) * inverseTemperature, 16) * LOG2_E_AT_16, 20);
    }

    /** The weight at {@code u} units; {@code exp2} is the table's entry {@code u & 4095}. */
    public static long weight(long u, long exp2) {
        return Fixed.rdiv(exp2, (int) Math.min(u >> 12, 62));
    }

    private static byte[] staticDraw(long seed, Hash promptDigest, int choice) {
        return ByteBuffer.allocate(44)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(seed)
                .put(promptDigest.bytes())
                .putInt(choice)
                .array();
    }

    /**
     * Natural log-probabilities at temperature 1 of raw logits, in units of 2^-16.
     *
     * <p>{@code l - max - rdiv(log2(Z) * 45426, 16)}, Z the sum of table weights, log2 by squaring.
     *
     * @param logits (vocabulary) at 16, starting at {@code from}
     * @param ids whose log-probabilities are wanted
     */
    public long[] logprobs(int[] logits, int from, int[] ids) {
        long max = Long.MIN_VALUE;
        for (int id = 0; id < vocabulary; id++) {
            max = Math.max(max, masked.get(id) ? Long.MIN_VALUE : logits[from + id]);
        }
        long total = 0;
        for (int id = 0; id < vocabulary; id++) {
            if (!masked.get(id)) {
                long u = Fixed.rdiv((max - logits[from + id]) * LOG2_E_AT_16, 20);
                total += Fixed.rdiv(tables.exp2Sampler(u & 4095), (int) Math.min(u >> 12, 62));
            }
        }
        long normaliser = max + Fixed.rdiv(log2(total) * LN_2_AT_16, 16);
        long[] out = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            out[i] = logits[from + ids[i]] - normaliser;
        }
        return out;
    }

    /** The ids with the largest raw logits, best first, lowest id on a tie, masked ones left out. */
    public int[] best(int[] logits, int from, int count) {
        long[] top = new long[count];
        Arrays.fill(top, Long.MIN_VALUE);
        for (int id = 0; id < vocabulary; id++) {
            long key = ((long) logits[from + id] << 32) | (0xFFFFFFFFL & ~id);
            if (key > top[count - 1] && !masked.get(id)) {
                int at = count - 1;
                while (at > 0 && top[at - 1] < key) {
                    top[at] = top[at - 1];
                    at--;
                }
                top[at] = key;
            }
        }
        return Arrays.stream(top)
                .filter(k -> k != Long.MIN_VALUE)
                .mapToInt(k -> ~(int) k)
                .toArray();
    }

    /** log2(z / 2^30) at 16, floor, for 2^30 &lt;= z &lt; 2^62: bit by bit, by squaring. */
    static long log2(long z) {
        int whole = Fixed.bits(z) - 31;
        long m = whole >= 0 ? z >> whole : z << -whole;
        long result = whole;
        for (int i = 0; i < 16; i++) {
            m = m * m >> 30;
            result <<= 1;
            if (m >= 1L << 31) {
                m >>= 1;
                result |= 1;
            }
        }
        return result;
    }

    /** {@code rint(2^16 x)}. */
    public static long at16(double value) {
        return (long) Math.rint(value * 0x1p16);
    }

    /** a * b >= c * d for non-negative numbers, without overflow. */
    public static boolean notLess(long a, long b, long c, long d) {
        long high = Math.multiplyHigh(a, b) - Math.multiplyHigh(c, d);
        return high != 0 ? high > 0 : Long.compareUnsigned(a * b, c * d) >= 0;
    }

    private static byte[] le32(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)};
    }

    // A binary heap over keys[0, size): the largest key is the heaviest, lowest id first. Popping moves it
    // to the end, as heap sort does, so that only as many ids are sorted as are kept.

    private void popLargest(int size) {
        long top = keys[0];
        keys[0] = keys[size - 1];
        keys[size - 1] = top;
        siftDown(0, size - 1);
    }

    private void siftDown(int at, int size) {
        long key = keys[at];
        for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && keys[child + 1] > keys[child]) {
                child++;
            }
            if (keys[child] <= key) {
                break;
            }
            keys[at] = keys[child];
            at = child;
        }
        keys[at] = key;
    }

    private void sortById(int kept) {
        for (int i = 0; i < kept; i++) {
            keys[i] = ~(int) keys[i] * (1L << 32) | keys[i] >>> 32;
        }
        Arrays.sort(keys, 0, kept);
        for (int i = 0; i < kept; i++) {
            keys[i] = keys[i] << 32 | (0xFFFFFFFFL & ~(int) (keys[i] >> 32));
        }
    }
}
