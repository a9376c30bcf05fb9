package assay.engine.infer;

/**
 * How an engine shares the machine.
 *
 * @param threads 1 to 64: workers of a step
 * @param contextTokens most positions of one sequence
 * @param sequencesMax requests worked on at once
 * @param queueMax requests that wait, beyond which a request is refused
 * @param chunkTokens most positions of one step when nobody is decoding, a multiple of 8
 * @param mixedTokens most positions of one step while somebody is
 * @param cacheBytes memory for K and V of ended sequences
 * @param workBytes memory for K and V, traces and log probabilities of what is worked on: what does not fit beside
 *     the rest waits; a request that does not fit alone is refused
 */
public record EngineOptions(
        int threads,
        int contextTokens,
        int sequencesMax,
        int queueMax,
        int chunkTokens,
        int mixedTokens,
        long cacheBytes,
        long workBytes) {
    /** With less, a small model has no use for its context. */
    private static final long WORK_MIN_BYTES = 64L << 20;

    /** Most choices of one request. */
    private static final int CHOICES_MAX = 8;

    /** Checks the ranges. */
    public EngineOptions {
        if (threads < 1 || threads > 64 || contextTokens < 1 || sequencesMax < 1 || queueMax < 1) {
            throw new IllegalArgumentException("threads, context, sequences and queue are at least 1");
        }
        if (cacheBytes < 0 || workBytes < 1) {
            throw new IllegalArgumentException("memory of " + cacheBytes + " and " + workBytes + " bytes");
        }
        if (chunkTokens < 8 || chunkTokens % 8 != 0 || mixedTokens < 8) {
            throw new IllegalArgumentException("a chunk is a multiple of 8 tokens, got " + chunkTokens);
        }
    }

    /** Half of the heap, less the prefix cache, for what is worked on. */
    public EngineOptions(
            int threads,
            int contextTokens,
            int sequencesMax,
            int queueMax,
            int chunkTokens,
            int mixedTokens,
            long cacheBytes) {
        this(
                threads,
                contextTokens,
                sequencesMax,
                queueMax,
                chunkTokens,
                mixedTokens,
                cacheBytes,
                Math.max(WORK_MIN_BYTES, Runtime.getRuntime().maxMemory() / 2 - cacheBytes));
    }

    /** Most positions of any step: a chunk, or one of every choice that is decoding and the least that is read besides. */
    int stepMax() {
        return Math.max(Math.max(chunkTokens, mixedTokens), sequencesMax * CHOICES_MAX + 8);
    }

    /** As many threads as the machine has, at most 16; 16 requests at once, 32 waiting. */
    public static EngineOptions standard() {
        int threads = Math.max(1, Math.min(16, Runtime.getRuntime().availableProcessors()));
        return new EngineOptions(threads, 8192, 16, 32, 256, 96, 256L << 20);
    }

    /** The same with another count of threads. */
    public EngineOptions withThreads(int n) {
        return with(n, contextTokens, chunkTokens, mixedTokens, cacheBytes, workBytes);
    }

    /** The same with another context. */
    public EngineOptions withContext(int tokens) {
        return with(threads, tokens, chunkTokens, mixedTokens, cacheBytes, workBytes);
    }

    /** The same with another chunk. */
    public EngineOptions withChunk(int chunk, int mixed) {
        return with(threads, contextTokens, chunk, mixed, cacheBytes, workBytes);
    }

    /** The same with another prefix cache. */
    public EngineOptions withCache(long bytes) {
        return with(threads, contextTokens, chunkTokens, mixedTokens, bytes, workBytes);
    }

    /** The same with other memory for what is worked on. */
    public EngineOptions withWork(long bytes) {
        return with(threads, contextTokens, chunkTokens, mixedTokens, cacheBytes, bytes);
    }

    private EngineOptions with(int n, int tokens, int chunk, int mixed, long cache, long work) {
        return new EngineOptions(n, tokens, sequencesMax, queueMax, chunk, mixed, cache, work);
    }
}
