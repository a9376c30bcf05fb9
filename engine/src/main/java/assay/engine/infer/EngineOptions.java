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
 */
public record EngineOptions(
        int threads,
        int contextTokens,
        int sequencesMax,
        int queueMax,
        int chunkTokens,
        int mixedTokens,
        long cacheBytes) {
    /** Most choices of one request. */
    private static final int CHOICES_MAX = 8;

    /** Checks the ranges. */
    public EngineOptions {
        if (threads < 1 || threads > 64 || contextTokens < 1 || sequencesMax < 1 || queueMax < 1) {
            throw new IllegalArgumentException("threads, context, sequences and queue are at least 1");
        }
        if (chunkTokens < 8 || chunkTokens % 8 != 0 || mixedTokens < 8) {
            throw new IllegalArgumentException("a chunk is a multiple of 8 tokens, got " + chunkTokens);
        }
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
        return new EngineOptions(n, contextTokens, sequencesMax, queueMax, chunkTokens, mixedTokens, cacheBytes);
    }

    /** The same with another context. */
    public EngineOptions withContext(int tokens) {
        return new EngineOptions(threads, tokens, sequencesMax, queueMax, chunkTokens, mixedTokens, cacheBytes);
    }

    /** The same with another chunk. */
    public EngineOptions withChunk(int chunk, int mixed) {
        return new EngineOptions(threads, contextTokens, sequencesMax, queueMax, chunk, mixed, cacheBytes);
    }

    /** The same with another prefix cache. */
    public EngineOptions withCache(long bytes) {
        return new EngineOptions(threads, contextTokens, sequencesMax, queueMax, chunkTokens, mixedTokens, bytes);
    }
}
