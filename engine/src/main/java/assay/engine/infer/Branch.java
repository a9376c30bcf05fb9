package assay.engine.infer;

import assay.core.base.Hash;
import assay.core.kernel.Sampler;
import assay.core.kernel.Sampling;
import assay.core.trace.Trace;
import java.util.Arrays;

/** One choice while it grows: its sequence, sampler, ids and the sampler's states. */
final class Branch {
    private static final byte[] NO_STATE = new byte[Hash.SIZE_BYTES];
    private static final int[] NO_IDS = {};
    private static final long[] NO_LOGPROBS = {};

    private final Sequence sequence;
    private final Sampler sampler;
    private final Sampling sampling;
    private final int promptLength;
    private int[] ids = new int[32];
    private byte[] states = new byte[32 * Hash.SIZE_BYTES];
    private int count;
    private PickedToken last = new PickedToken(-1, 0, NO_IDS, NO_LOGPROBS);
    private boolean ended;

    Branch(Sequence sequence, Sampler sampler, Sampling sampling, int promptLength) {
        this.sequence = sequence;
        this.sampler = sampler;
        this.sampling = sampling;
        this.promptLength = promptLength;
    }

    /** Samples from a row of logits and remembers the pick; the sampler counts {@code accepted}. */
    int pick(int[] logits, int from, int position) {
        byte[] state = sampler.state().bytes();
        int id = sampler.pick(logits, from, position + 1);
        remember(id, state);
        last = sampling.logprobs() ? withLogprobs(logits, from, id) : new PickedToken(id, 0, NO_IDS, NO_LOGPROBS);
        return id;
    }

    /** Tells the sampler which id was taken. */
    void accept(int id) {
        sampler.accept(id);
    }

    private PickedToken withLogprobs(int[] logits, int from, int id) {
        int[] top = sampling.topLogprobs() == 0 ? NO_IDS : sampler.best(logits, from, sampling.topLogprobs());
        int[] asked = Arrays.copyOf(top, top.length + 1);
        asked[top.length] = id;
        long[] logprobs = sampler.logprobs(logits, from, asked);
        return new PickedToken(id, logprobs[top.length], top, Arrays.copyOf(logprobs, top.length));
    }

    private void remember(int id, byte[] state) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, 2 * count);
            states = Arrays.copyOf(states, 2 * states.length);
        }
        ids[count] = id;
        System.arraycopy(state, 0, states, count * Hash.SIZE_BYTES, Hash.SIZE_BYTES);
        count++;
    }

    Sequence sequence() {
        return sequence;
    }

    PickedToken last() {
        return last;
    }

    int count() {
        return count;
    }

    int[] ids() {
        return Arrays.copyOf(ids, count);
    }

    boolean ended() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** Positions that the first ids commit to: the prompt and all of those ids but the last. */
    private int steps(int ids) {
        return ids == 0 ? 0 : promptLength + ids - 1;
    }

    /** Root over the prompt and the first ids; the digest of nothing for none. */
    Hash traceRoot(int first) {
        if (first < 0 || first > count) {
            throw new IllegalArgumentException("root after " + first + " of " + count + " ids");
        }
        int steps = steps(first);
        if (steps == 0) {
            return Hash.sha256();
        }
        return trace(first).root(steps);
    }

    /** The trace over the prompt and the first ids, of which there is at least one, tokens included. */
    Trace trace(int first) {
        int steps = steps(first);
        Trace trace = Trace.prefix(sequence.trace(), steps);
        Trace.Hasher hasher = new Trace.Hasher();
        byte[] state = new byte[Hash.SIZE_BYTES];
        for (int t = 0; t < steps; t++) {
            int pick = t - (promptLength - 1);
            if (pick < 0) {
                trace.token(hasher, sequence.id(t), NO_STATE, -1);
            } else {
                System.arraycopy(states, pick * Hash.SIZE_BYTES, state, 0, Hash.SIZE_BYTES);
                trace.token(hasher, sequence.id(t), state, ids[pick]);
            }
        }
        return trace;
    }
}
