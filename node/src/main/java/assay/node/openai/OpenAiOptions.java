package assay.node.openai;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * How the OpenAI surface behaves.
 *
 * @param apiKey what {@code Authorization: Bearer} must carry on {@code /v1}, or null for none
 * @param deltasMax deltas that may wait for a slow reader before its answer is stopped
 * @param keepAliveMillis how often an idle answer shows that it lives
 * @param clock for {@code created}
 * @param payable whether who has no key may pay by x402, and read model cards and receipts
 */
public record OpenAiOptions(
        @Nullable String apiKey, int deltasMax, int keepAliveMillis, InstantSource clock, boolean payable) {
    /** Checks the ranges. */
    public OpenAiOptions {
        if (deltasMax < 1 || keepAliveMillis < 1 || apiKey != null && apiKey.isEmpty()) {
            throw new IllegalArgumentException("deltasMax " + deltasMax + ", keepAliveMillis " + keepAliveMillis);
        }
    }

    /** 1,024 deltas, a sign of life each second. */
    public static OpenAiOptions of(@Nullable String apiKey) {
        return new OpenAiOptions(apiKey, 1024, 1000, InstantSource.system(), false);
    }

    /** The same, and who has no key may pay. */
    public static OpenAiOptions payable(String apiKey) {
        return new OpenAiOptions(apiKey, 1024, 1000, InstantSource.system(), true);
    }
}
