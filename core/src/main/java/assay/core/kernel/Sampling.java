package assay.core.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a request says about picking tokens, as parsed: every field is covered by the receipt.
 *
 * <p>The decimals are turned into integers once ({@code rint(2^16 * x)} and the like) before anything
 * is sampled; all of them have one canonical text, that of {@link Double#toString(double)}.
 *
 * @param temperature 0 (arg max) to 2
 * @param topK 0 (off) or the count of ids kept
 * @param topP 0 (exclusive) to 1 (off)
 * @param minP 0 (off) to 1
 * @param presencePenalty -2 to 2
 * @param frequencyPenalty -2 to 2
 * @param logitBias token id to bias, -100 to 100
 * @param maxTokens at least 1: the most tokens of one choice
 * @param stop up to 4 stop strings, none empty
 * @param n choices, 1 to 8
 * @param logprobs whether log probabilities are part of the answer
 * @param topLogprobs 0 to 20 alternatives a position
 */
public record Sampling(
        double temperature,
        int topK,
        double topP,
        double minP,
        double presencePenalty,
        double frequencyPenalty,
        SortedMap<Integer, Double> logitBias,
        int maxTokens,
        List<String> stop,
        int n,
        boolean logprobs,
        int topLogprobs) {

    /** Checks every range; a violation names the field as the OpenAI API spells it. */
    public Sampling {
        range("temperature", temperature, 0, 2);
        range("top_k", topK, 0, Integer.MAX_VALUE);
        range("top_p", topP, 0, 1);
        if (topP == 0) {
            throw new IllegalArgumentException("top_p must be above 0, got 0");
        }
        range("min_p", minP, 0, 1);
        range("presence_penalty", presencePenalty, -2, 2);
        range("frequency_penalty", frequencyPenalty, -2, 2);
        for (Map.Entry<Integer, Double> e : logitBias.entrySet()) {
            range("logit_bias", e.getKey(), 0, Integer.MAX_VALUE);
            range("logit_bias", e.getValue(), -100, 100);
        }
        range("max_tokens", maxTokens, 1, Integer.MAX_VALUE);
        if (stop.size() > 4 || stop.contains("")) {
            throw new IllegalArgumentException("stop takes up to 4 strings, none empty");
        }
        range("n", n, 1, 8);
        range("top_logprobs", topLogprobs, 0, 20);
        logitBias = Collections.unmodifiableSortedMap(new TreeMap<>(logitBias));
        stop = List.copyOf(stop);
    }

    /** Arg max, one choice, nothing else set. */
    public static Sampling greedy(int maxTokens) {
        return new Sampling(0, 0, 1, 0, 0, 0, new TreeMap<>(), maxTokens, List.of(), 1, false, 0);
    }

    /** The parameters as bytes that determine them: one line a field, decimals in shortest form. */
    public byte[] canonical() {
        StringBuilder out = new StringBuilder();
        out.append("temperature=").append(temperature).append("\ntop_k=").append(topK);
        out.append("\ntop_p=").append(topP).append("\nmin_p=").append(minP);
        out.append("\npresence_penalty=").append(presencePenalty);
        out.append("\nfrequency_penalty=").append(frequencyPenalty);
        logitBias.forEach(
                (id, bias) -> out.append("\nlogit_bias.").append(id).append('=').append(bias));
        out.append("\nmax_tokens=").append(maxTokens).append("\nn=").append(n);
        out.append("\nlogprobs=").append(logprobs).append("\ntop_logprobs=").append(topLogprobs);
        for (String s : stop) {
            out.append("\nstop.").append(s.length()).append('=').append(s);
        }
        return out.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String decimal(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static void range(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(
                    name + " must be from " + decimal(low) + " to " + decimal(high) + ", got " + decimal(value));
        }
    }
}
