package assay.engine.infer;

import assay.core.kernel.Sampling;
import assay.core.program.Shape;
import assay.engine.fast.KvCache;

/**
 * The most memory that a request takes while it is worked on: K and V in whole pages, the trace, and log
 * probabilities. Pure; an upper bound, so that what is admitted is never short of memory.
 */
final class Need {
    /** A trace keeps a digest a layer and two more a position, in arrays that double. */
    private static final int TRACE_BYTES = 2 * 32;

    /** An id with its log probability: in the engine, in the answer, and once more while it is written down. */
    private static final int LOGPROB_BYTES = 160;

    private Need() {}

    /** Of a prompt and this many answers of at most so many tokens. */
    static long bytes(Shape shape, int prompt, int answers, int tokens) {
        long page = KvCache.pageBytes(shape.layers(), shape.kvHeads(), shape.headSize());
        long trace = TRACE_BYTES * (shape.layers() + 2L);
        // Answers share the prompt's whole pages; its last one, and its trace, each has for itself.
        long pages = KvCache.pages(prompt) + (long) answers * (KvCache.pages(tokens) + 1L);
        return pages * page + answers * trace * ((long) prompt + tokens);
    }

    /** The same with the log probabilities that are asked for. */
    static long bytes(Shape shape, int prompt, Sampling sampling) {
        long rows = sampling.logprobs() ? (long) sampling.n() * sampling.maxTokens() : 0;
        return bytes(shape, prompt, sampling.n(), sampling.maxTokens())
                + rows * (1 + sampling.topLogprobs()) * LOGPROB_BYTES;
    }
}
