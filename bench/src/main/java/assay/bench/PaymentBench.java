package assay.bench;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.receipt.Digests;
import assay.core.receipt.Transcript;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.engine.infer.BusyException;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.GenerationListener;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.Model;
import assay.engine.infer.PickedToken;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.pay.LedgerTerms;
import assay.ledger.pay.Payload;
import assay.ledger.pay.Requirements;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.ChannelConfig;
import assay.ledger.tx.Transaction.DepositAuthorization;
import assay.node.Home;
import assay.node.Node;
import assay.node.NodeConfig;
import assay.node.http.ApiError;
import assay.node.openai.ChatCall;
import assay.node.openai.ChatHandle;
import assay.node.openai.ChatListener;
import assay.node.openai.Delta;
import assay.node.openai.FinishReason;
import assay.node.openai.Paying;
import assay.node.openai.ReceiptRef;
import assay.node.openai.Usage;
import assay.node.serve.Book;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * What payment and receipt add to a request that a voucher pays: everything from the request's arrival in the
 * node to the word that its receipt is on the disk, less what the same request takes an engine that knows of neither,
 * beside single flushes of as many bytes to the same disk, one after each request.
 *
 * <p>A request waits for two flushes: of its acceptance, if the engine is done before that, and of its receipt. A model
 * of a few kilobytes answers with one token, so that the engine's time is small, little noise is taken off with it, and
 * little hides behind it. Reading the request counts as payment here.
 */
public final class PaymentBench {
    private static final EngineOptions ENGINE = new EngineOptions(1, 256, 16, 64, 32, 32, 16L << 20);
    private static final int WARM = 3000;
    private static final int REST_MILLIS = 2;
    private static final long FAR_SECONDS = 3600;

    private PaymentBench() {}

    /** Measures this many requests and prints a table. */
    public static void run(int requests, PrintStream out) throws Exception {
        Path dir = Files.createTempDirectory("assay-pay-bench");
        try {
            Path file = RandomModel.tiny("llama", GgmlType.Q8_0, 1).write(dir.resolve("tiny.gguf"));
            NodeConfig config = new NodeConfig(
                    dir.resolve("home"), "tiny", file, Hash.sha256(new byte[1]), "CC0-1.0", dir, 0, ENGINE);
            Model model = Model.load(file);
            try (Node node = Node.start(config, model);
                    Engine alone = new Engine(model, ENGINE);
                    FileChannel flushed = FileChannel.open(
                            dir.resolve("flushes"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                new PaymentBench.Run(node, alone, new Home(config.home()), flushed).measure(requests, out);
            }
        } finally {
            delete(dir);
        }
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> all = Files.walk(dir)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static final class Run {
        private final Node node;
        private final Engine alone;
        private final FileChannel flushed;
        private final PrivateKey payer = PrivateKey.generate(new SecureRandom());
        private final ChannelConfig channel;
        private final Hash id;
        private long promised;

        Run(Node node, Engine alone, Home home, FileChannel flushed) throws IOException {
            this.node = node;
            this.alone = alone;
            this.flushed = flushed;
            Address operator = home.account("operator").address();
            channel = new ChannelConfig(
                    payer.address(),
                    payer.address(),
                    operator,
                    operator,
                    LedgerTerms.WITHDRAW_DELAY_SECONDS,
                    Hash.ofBytes(new byte[Hash.SIZE_BYTES]));
            id = Stock.channel(node.ledger().chainId(), channel);
            Sender faucet = new Sender(
                    node.ledger(),
                    new Signer(home.account("faucet"), node.ledger().chainId()));
            if (faucet.send(new Transaction.Transfer(payer.address(), Amount.ofUnits(1000)))
                            .join()
                    instanceof Outcome.Rejected(var reason)) {
                throw new IOException("no money: " + reason);
            }
        }

        void measure(int requests, PrintStream out) throws Exception {
            long[] total = new long[requests];
            long[] engine = new long[requests];
            long[] rest = new long[requests];
            long[] flush = new long[requests];
            for (int i = -WARM; i < requests; i++) {
                ChatCall call = call(i);
                Paying.X402 paying = new Paying.X402(Optional.of(header(call, i == -WARM)), "urn:bench");
                Ended ended = new Ended();
                long start = System.nanoTime();
                ChatHandle handle = node.chats().submit(call, paying, ended);
                String receipt = ended.receipt.join();
                long took = System.nanoTime() - start;
                handle.headers(); // tells the payer, and lets the channel's next request in
                Book.Entry entry = node.book().find(receipt).orElseThrow();
                Transcript transcript = node.book().transcript(entry);
                long once = flush(entry.envelope().encode().length + transcript.encode().length);
                if (i >= -1) { // before that it is to become warm, and posting and audits may lag behind
                    quiet(entry.digest());
                }
                long without = alone(transcript.promptIds(), call);
                if (i >= -1) {
                    Thread.sleep(REST_MILLIS);
                }
                if (i >= 0) {
                    total[i] = took;
                    engine[i] = without;
                    rest[i] = took - without;
                    flush[i] = once;
                }
            }
            out.printf(Locale.ROOT, "%d requests of one token, paid by vouchers; milliseconds%n", requests);
            line(out, "request in the node", total);
            line(out, "the same in an engine alone", engine);
            line(out, "payment and receipt", rest);
            line(out, "one flush of as many bytes", flush);
            out.printf(
                    Locale.ROOT,
                    "payment and receipt beside one flush: %.3f at p50%n",
                    (median(rest) - median(flush)) * 1e-6);
        }

        /** Lets the last request's posting and audit end, which on a network are other machines' work. */
        private void quiet(Hash digest) throws InterruptedException {
            while (node.ledger()
                    .state()
                    .receipt(channel.receiver(), digest)
                    .filter(r -> r.status().isFinal())
                    .isEmpty()) {
                Thread.sleep(1);
            }
        }

        private static ChatCall call(int i) throws ApiError {
            String body = "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"" + i
                    + " requests\"}],\"max_tokens\":1}";
            return ChatCall.parse(body.getBytes(StandardCharsets.UTF_8));
        }

        /** A voucher for one more request, as a stock client sends it; the first comes with the deposit. */
        private String header(ChatCall call, boolean isFirst) throws ApiError, MalformedException {
            long chain = node.ledger().chainId();
            Amount most = most(call);
            Requirements terms = new LedgerTerms(chain, channel.receiver()).batch(most);
            Amount cumulative = Amount.ofMicro(promised + most.micro());
            promised = cumulative.micro();
            Json.Members payload = Json.object()
                    .put("type", isFirst ? "deposit" : "voucher")
                    .put("channelConfig", Payload.json(channel))
                    .put(
                            "voucher",
                            Json.object()
                                    .put("channelId", "0x" + id.hex())
                                    .put("maxClaimableAmount", Long.toString(cumulative.micro()))
                                    .put(
                                            "signature",
                                            payer.sign(Stock.voucher(chain, id, cumulative))
                                                    .toString())
                                    .build());
            if (isFirst) {
                payload.put("deposit", deposit(chain));
            }
            Json.Obj payment = Json.object()
                    .put("x402Version", 2)
                    .put("payload", payload.build())
                    .put("accepted", terms.json())
                    .build();
            return Base64.getEncoder().encodeToString(JsonText.writeBytes(payment));
        }

        /** What the node asks: told by its refusal, as a client hears it. */
        private Amount most(ChatCall call) throws MalformedException {
            try {
                node.chats().submit(call, new Paying.X402(Optional.empty(), "urn:bench"), new Ended());
                throw new AssertionError("answered without payment");
            } catch (ApiError e) {
                byte[] json = Base64.getDecoder().decode(e.headers().get("PAYMENT-REQUIRED"));
                BigInteger amount = Requirements.parse(
                                assay.core.codec.Field.root(JsonText.parse(json, 16, 1 << 16))
                                        .at("accepts")
                                        .items(16)
                                        .getFirst(),
                                2)
                        .amount();
                return Amount.ofMicro(amount.longValueExact());
            }
        }

        private Json.Obj deposit(long chain) {
            long before = System.currentTimeMillis() / 1000 + FAR_SECONDS;
            Amount value = Amount.ofUnits(900);
            DepositAuthorization unsigned = new DepositAuthorization(
                    value, 0, before, Hash.sha256(new byte[1]), payer.sign(Hash.sha256(new byte[1])));
            return Json.object()
                    .put("amount", Long.toString(value.micro()))
                    .put(
                            "authorization",
                            Json.object()
                                    .put(
                                            "erc3009Authorization",
                                            Json.object()
                                                    .put("validAfter", "0")
                                                    .put("validBefore", Long.toString(before))
                                                    .put(
                                                            "salt",
                                                            "0x"
                                                                    + unsigned.salt()
                                                                            .hex())
                                                    .put(
                                                            "signature",
                                                            payer.sign(Stock.deposit(
                                                                            chain, payer.address(), id, unsigned))
                                                                    .toString())
                                                    .build())
                                    .build())
                    .build();
        }

        /** What the same question takes without node, payment and receipt. */
        private long alone(int[] promptIds, ChatCall call) throws BusyException {
            CompletableFuture<GenerationResult> done = new CompletableFuture<>();
            GenerationRequest request = new GenerationRequest(
                    promptIds, Digests.ids(promptIds), call.request().sampling(1), promptIds.length);
            long start = System.nanoTime();
            alone.submit(request, new Alone(done));
            done.join();
            return System.nanoTime() - start;
        }

        private long flush(int count) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(count);
            long start = System.nanoTime();
            flushed.write(bytes);
            flushed.force(false);
            return System.nanoTime() - start;
        }
    }

    /** Waits for an answer. */
    private record Alone(CompletableFuture<GenerationResult> done) implements GenerationListener {
        @Override
        public void started(int cached) {
            // Only the end counts.
        }

        @Override
        public boolean token(int choice, PickedToken token) {
            return true;
        }

        @Override
        public void done(GenerationResult result) {
            done.complete(result);
        }

        @Override
        public void failed(Throwable why) {
            done.completeExceptionally(why);
        }
    }

    /** Waits for a receipt. */
    private static final class Ended implements ChatListener {
        private final CompletableFuture<String> receipt = new CompletableFuture<>();

        @Override
        public void started(int promptTokens) {
            // Only the end counts.
        }

        @Override
        public void delta(Delta delta) {
            // Only the end counts.
        }

        @Override
        public void choiceFinished(int choice, FinishReason reason) {
            // Only the end counts.
        }

        @Override
        public void done(Usage usage, ReceiptRef ref) {
            receipt.complete(ref.id());
        }

        @Override
        public void failed(ApiError error) {
            receipt.completeExceptionally(error);
        }
    }

    private static double median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void line(PrintStream out, String name, long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        out.printf(
                Locale.ROOT,
                "%-32s p10 %7.3f   p50 %7.3f   p90 %7.3f   p99 %7.3f%n",
                name,
                sorted[sorted.length / 10] * 1e-6,
                sorted[sorted.length / 2] * 1e-6,
                sorted[sorted.length * 9 / 10] * 1e-6,
                sorted[sorted.length * 99 / 100] * 1e-6);
    }
}
