package assay.node.openai;

import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.core.text.ChatRequest;
import assay.node.http.ApiError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Answers with the last message's words: one word is one token.
 *
 * <p>The last message may start with a command: {@code !busy}, {@code !full}, {@code !long}, {@code
 * !poor} (refused), {@code !fail} (fails after two words), {@code !sick} (fails before the first),
 * {@code !hang} (says nothing until cancelled), {@code !endless} (words without end, {@link
 * #paceMillis} apart), {@code !boom} (throws).
 */
final class FakeChatService implements ChatService {
    static final ModelCard MODEL =
            new ModelCard("echo", 1_700_000_000, "tests", Hash.sha256("echo".getBytes(StandardCharsets.UTF_8)), 4096);

    /** A cancellation that reached this service. */
    record Cancelled(CancelReason reason, List<Integer> tokensSent, int tokensComputed) {}

    final Deque<ChatCall> calls = new ConcurrentLinkedDeque<>();
    final List<Cancelled> cancelled = new CopyOnWriteArrayList<>();
    final Map<String, byte[]> receipts = new ConcurrentHashMap<>();
    volatile long paceMillis = 2;
    volatile int lastComputed;
    volatile Health.State state = Health.State.READY;

    @Override
    public List<ModelCard> models() {
        return List.of(MODEL);
    }

    @Override
    public ChatHandle submit(ChatCall call, Paying paying, ChatListener listener) throws ApiError {
        ChatRequest request = call.request();
        if (!request.model().equals(MODEL.id())) {
            throw ApiError.modelNotFound(request.model(), MODEL.id());
        }
        calls.add(call);
        String text = request.messages().getLast().content();
        switch (text.split(" ", 2)[0]) {
            case "!busy" -> throw ApiError.busy("The queue is full: 8 requests.", 7);
            case "!full" -> throw ApiError.unavailable("disk_full", "The disk is full.", 30);
            case "!long" -> throw ApiError.contextLength(4096, 5000, 100);
            case "!poor" -> throw ApiError.insufficientQuota("The wallet is empty.");
            case "!boom" -> throw new IllegalStateException("a fault of ours, with secrets in it");
            default -> {}
        }
        Answer answer = new Answer(call, listener, text);
        Thread.startVirtualThread(answer);
        return answer;
    }

    @Override
    public Optional<ReceiptFile> receipt(String id) {
        return Optional.ofNullable(receipts.get(id)).map(b -> new ReceiptFile("application/json", b));
    }

    @Override
    public Health health() {
        return new Health(state, "echoes", 1, 2, 8, 256, 1024);
    }

    /** Words with the space before them, as a tokenizer would cut. */
    static List<String> tokens(String text) {
        List<String> out = new ArrayList<>();
        for (String word : text.split(" ", -1)) {
            out.add(out.isEmpty() ? word : " " + word);
        }
        return out;
    }

    private final class Answer implements ChatHandle, Runnable {
        private final byte[] body;
        private final ChatRequest request;
        private final ChatListener listener;
        private final String text;
        private final CountDownLatch stop = new CountDownLatch(1);
        private volatile int computed;

        Answer(ChatCall call, ChatListener listener, String text) {
            body = call.body();
            request = call.request();
            this.listener = listener;
            this.text = text;
        }

        @Override
        public ModelCard model() {
            return MODEL;
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public void cancel(CancelReason reason, List<Integer> tokensSent) {
            cancelled.add(new Cancelled(reason, tokensSent, computed));
            stop.countDown();
        }

        @Override
        public void run() {
            try {
                if (text.equals("!sick")) {
                    listener.failed(ApiError.internal("engine_failed", "The engine failed."));
                    return;
                }
                listener.started(3);
                if (text.equals("!hang")) {
                    stop.await();
                    return;
                }
                boolean whole = true;
                for (int choice = 0; choice < request.sampling().n(); choice++) {
                    whole &= choice(choice);
                }
                if (whole) {
                    finish();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean choice(int choice) throws InterruptedException {
            boolean endless = text.startsWith("!endless");
            List<String> tokens = tokens(text);
            int most = request.sampling().maxTokens();
            int count = endless ? most : Math.min(most, tokens.size());
            for (int i = 0; i < count; i++) {
                if (stop.await(endless ? paceMillis : 0, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                if (text.startsWith("!fail") && i == 2) {
                    listener.failed(ApiError.internal("engine_failed", "The engine failed."));
                    return false;
                }
                String token = tokens.get(i % tokens.size());
                computed = i + 1;
                lastComputed = computed;
                listener.delta(new Delta(choice, token, i + 1, logprobs(token)));
            }
            listener.choiceFinished(
                    choice, !endless && count == tokens.size() ? FinishReason.STOP : FinishReason.LENGTH);
            return true;
        }

        private List<TokenLogprob> logprobs(String token) {
            if (!request.sampling().logprobs()) {
                return List.of();
            }
            List<TokenLogprob> top = new ArrayList<>();
            for (int i = 0; i < request.sampling().topLogprobs(); i++) {
                byte[] other = i == 1 ? new byte[] {(byte) 0xE2, (byte) 0x82} : utf8(token);
                top.add(new TokenLogprob(other, i == 2 ? Double.NEGATIVE_INFINITY : -0.5 - i, List.of()));
            }
            return List.of(new TokenLogprob(utf8(token), -0.5, top));
        }

        private void finish() {
            int most = request.sampling().maxTokens();
            boolean endless = text.startsWith("!endless");
            int completion = (endless ? most : Math.min(most, tokens(text).size()))
                    * request.sampling().n();
            Hash digest = Hash.sha256(body);
            String id = digest.hex().substring(0, 16);
            receipts.put(id, ("{\"receiptFor\":\"" + digest + "\"}").getBytes(StandardCharsets.UTF_8));
            LinkedHashMap<String, Json> extra = new LinkedHashMap<>();
            extra.put("paid", new Json.Str("0.000143"));
            extra.put("log_index", new Json.Num("41"));
            listener.done(new Usage(3, 1, completion), new ReceiptRef(id, digest, new Json.Obj(extra)));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
