package assay.node.openai;

import assay.node.metrics.Metrics;

/** The figures of chat completions, under vLLM's names where it has them. */
final class ChatMetrics {
    private static final double[] SECONDS = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640
    };
    private static final double[] TOKEN_SECONDS = {
        0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5
    };

    private final Metrics.Counter promptTokens;
    private final Metrics.Counter generationTokens;
    private final Metrics.Counter cacheQueries;
    private final Metrics.Counter cacheHits;
    private final Metrics.Counter finished;
    private final Metrics.Counter refused;
    private final Metrics.Histogram firstToken;
    private final Metrics.Histogram nextToken;
    private final Metrics.Histogram whole;

    ChatMetrics(Metrics m, ChatService service) {
        m.gauge("vllm:num_requests_running", "Requests that compute now.", () -> service.health()
                .running());
        m.gauge("vllm:num_requests_waiting", "Requests in the queue.", () -> service.health()
                .waiting());
        m.gauge("vllm:kv_cache_usage_perc", "Share of the KV cache in use, 0 to 1.", () -> service.health()
                .cacheUsed());
        m.gauge("assay:request_memory_budget_bytes", "Memory for requests that compute.", () -> service.health()
                .budgetBytes());
        m.gauge("assay:request_memory_reserved_bytes", "The part of it that is set aside.", () -> service.health()
                .reservedBytes());
        promptTokens = m.counter("vllm:prompt_tokens_total", "Prompt tokens of finished answers.", "model_name");
        generationTokens = m.counter("vllm:generation_tokens_total", "Tokens of finished answers.", "model_name");
        cacheQueries = m.counter("vllm:prefix_cache_queries_total", "Prompt tokens looked up.", "model_name");
        cacheHits = m.counter("vllm:prefix_cache_hits_total", "Prompt tokens reused.", "model_name");
        finished = m.counter(
                "vllm:request_success_total", "Choices that ended, by reason.", "finished_reason", "model_name");
        refused = m.counter("assay:requests_refused_total", "Chat requests refused or failed, by code.", "code");
        firstToken = m.histogram("vllm:time_to_first_token_seconds", "To the first text.", SECONDS, "model_name");
        nextToken = m.histogram(
                "vllm:inter_token_latency_seconds", "From a token to the next.", TOKEN_SECONDS, "model_name");
        whole = m.histogram("vllm:e2e_request_latency_seconds", "From request to receipt.", SECONDS, "model_name");
    }

    void firstToken(String model, double seconds) {
        firstToken.observe(seconds, model);
    }

    void nextToken(String model, double seconds) {
        nextToken.observe(seconds, model);
    }

    void choiceFinished(String model, FinishReason reason) {
        finished.add(1, reason.wire(), model);
    }

    void aborted(String model) {
        finished.add(1, "abort", model);
    }

    void refused(String code) {
        refused.add(1, code);
    }

    void done(String model, Usage usage, double seconds) {
        promptTokens.add(usage.promptTokens(), model);
        generationTokens.add(usage.completionTokens(), model);
        cacheQueries.add(usage.promptTokens(), model);
        cacheHits.add(usage.cachedTokens(), model);
        whole.observe(seconds, model);
    }
}
