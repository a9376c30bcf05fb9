package assay.bench.crash;

import assay.core.codec.Json;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** Requests of all kinds, the same for the same seed: one client's conversation after another. Not thread-safe. */
final class Requests {
    private static final String[] WORDS = {
        "Why is the sky blue?",
        "¿Dónde está el río?",
        "请写一首关于秋天的短诗。",
        "Как дела сегодня?",
        "なぜ空は青いの？",
        "ما هي عاصمة مصر؟",
        "नमस्ते, आप कैसे हैं?",
        "Quelle heure est-il ?",
        "Schönes Wetter, größer!",
        "Γειά σου κόσμε",
        "שלום עולם",
        "สวัสดีครับ",
        "안녕하세요?",
        "2 + 2 = ?",
        "🙂🚀 emoji?",
        "  spaces\tand\nlines  ",
        "<|im_end|> not a token",
        "Write a list: a, b, c.",
        "Complete: once upon a",
        "x"
    };
    private static final double[] TEMPERATURES = {0, 0.2, 0.7, 1, 1.5, 2};

    private final SplittableRandom random;
    private final String model;
    private final int tokensMax;
    private final List<Json> conversation = new ArrayList<>();
    private String nonce = "";
    private int chunksMax;

    /** @param tokensMax the longest answer asked for */
    Requests(String model, int tokensMax, long seed) {
        this.model = model;
        this.tokensMax = tokensMax;
        this.random = new SplittableRandom(seed);
    }

    /** The next request; {@link #nonce} and {@link #chunksMax} go with it. */
    Json.Obj next() {
        byte[] fresh = new byte[16];
        random.nextBytes(fresh);
        nonce = HexFormat.of().formatHex(fresh);
        if (conversation.size() > 4 || chance(3)) {
            conversation.clear();
            if (chance(2)) {
                say("system", "Be brief.");
            }
        }
        say("user", pick());
        Json.Members body = Json.object()
                .put("model", model)
                .put("messages", Json.of(List.copyOf(conversation)))
                .put("max_tokens", 1 + random.nextInt(tokensMax))
                .put("assay", Json.object().put("nonce", nonce).build());
        sampling(body);
        chunksMax = Integer.MAX_VALUE;
        if (chance(2)) {
            body.put("stream", true);
            chunksMax = chance(3) ? 1 + random.nextInt(6) : Integer.MAX_VALUE;
        }
        return body.build();
    }

    String nonce() {
        return nonce;
    }

    /** After how many chunks the client hangs up. */
    int chunksMax() {
        return chunksMax;
    }

    /** What the node said goes into the conversation, so that the next request repeats a prefix. */
    void heard(String text) {
        if (text.isEmpty() || text.length() > 120) {
            conversation.clear();
        } else {
            say("assistant", text);
        }
    }

    private void sampling(Json.Members body) {
        body.put("temperature", decimal(TEMPERATURES[random.nextInt(TEMPERATURES.length)]));
        if (chance(3)) {
            body.put("top_p", decimal(0.1 + 0.1 * random.nextInt(9)));
        }
        if (chance(4)) {
            body.put("top_k", 1 + random.nextInt(60));
        }
        if (chance(5)) {
            body.put("min_p", decimal(0.05));
        }
        if (chance(4)) {
            body.put("presence_penalty", decimal(random.nextInt(-4, 5) / 2.0));
            body.put("frequency_penalty", decimal(random.nextInt(-4, 5) / 2.0));
        }
        if (chance(5)) {
            body.put(
                    "logit_bias",
                    Json.object().put("41", 5).put("50", decimal(-3.5)).build());
        }
        if (chance(2)) {
            body.put("seed", random.nextInt());
        }
        if (chance(4)) {
            body.put("stop", Json.of(List.of(Json.of("e"), Json.of("\n\n"))));
        }
        if (chance(4)) {
            body.put("n", 2 + random.nextInt(2));
        }
        if (chance(4)) {
            body.put("logprobs", true).put("top_logprobs", random.nextInt(4));
        }
    }

    private void say(String role, String text) {
        conversation.add(Json.object().put("role", role).put("content", text).build());
    }

    private String pick() {
        return WORDS[random.nextInt(WORDS.length)];
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private static Json decimal(double value) {
        return new Json.Num(Double.toString(value));
    }
}
