package assay.node;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.kernel.Sampling;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.core.text.Answer;
import assay.core.text.ChatRequest;
import assay.core.verify.TextRules;
import assay.engine.infer.BusyException;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationListener;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.PickedToken;
import assay.engine.infer.ReplayRequest;
import assay.engine.infer.ReplayResult;
import assay.node.audit.Replays;
import assay.node.pay.SignedVoucher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Answers a request as a node does, with the changes that a {@link Cheat} asks for. */
final class Forge {
    private static final String DATE = "2023-11-14";
    private static final Hash SALT = Hash.sha256(new byte[] {1});
    private static final Hash TRACE_SALT = Hash.sha256(new byte[] {2});

    private Forge() {}

    static Forged answer(TestNetwork net, String json, Cheat cheat)
            throws MalformedException, BusyException, InterruptedException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        ChatRequest request = ChatRequest.parse(body, Transcript.BODY_MAX_BYTES);
        int[] asked = net.text.promptIds(request, DATE);
        Sampling sampling = request.sampling(64);
        SignedVoucher voucher = net.payer.reserve(Amount.ofMicro(100_000)).orElseThrow();
        Receipt.Seed seed = request.seeded()
                ? new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT)
                : new Receipt.Seed(Digests.seed(Digests.body(body), voucher.digest()), Receipt.Seed.Source.DERIVED);

        int[] fed = cheat.fed.apply(asked);
        int[] told = cheat.told.apply(asked);
        Sampling used = cheat.sampling.apply(sampling);
        GenerationRequest work =
                new GenerationRequest(fed, Digests.ids(asked), used, cheat.seed.applyAsLong(seed.value()));
        List<List<Transcript.Logprobs>> logprobs = new ArrayList<>();
        GenerationResult result = generate(net, cheat.engine.orElse(net.engine), work, logprobs);

        List<Transcript.Choice> choices = new ArrayList<>();
        List<Hash> roots = new ArrayList<>();
        for (int i = 0; i < result.choices().size(); i++) {
            int[] generated = result.choices().get(i).ids();
            int[] ids = cheat.answer.apply(generated);
            TextRules.Reading reading = net.text.read(ids, sampling);
            choices.add(new Transcript.Choice(
                    reading.text(),
                    Arrays.stream(ids).boxed().toList(),
                    reading.finish(),
                    sampling.logprobs() ? List.copyOf(logprobs.get(i).subList(0, ids.length)) : List.of()));
            roots.add(result.choices().get(i).roots().after(Math.min(ids.length, generated.length)));
        }
        if (cheat.traceEngine.isPresent()) {
            roots = replayedRoots(cheat.traceEngine.get(), work, choices);
        }
        choices = cheat.choices.apply(choices);
        Transcript transcript = new Transcript(SALT, body, told, choices);
        Hash traces = cheat.traces.apply(Digests.traces(roots));
        Receipt receipt = receipt(net, request, sampling, transcript, seed, voucher, traces);
        return new Forged(cheat.receipt.apply(receipt), transcript, traces, TRACE_SALT);
    }

    private static List<Hash> replayedRoots(Engine engine, GenerationRequest work, List<Transcript.Choice> choices)
            throws InterruptedException {
        int[][] answers = choices.stream().map(Transcript.Choice::idArray).toArray(int[][]::new);
        return engine.replay(new ReplayRequest(work, answers)).choices().stream()
                .map(ReplayResult.Choice::traceRoot)
                .toList();
    }

    private static Receipt receipt(
            TestNetwork net,
            ChatRequest request,
            Sampling sampling,
            Transcript transcript,
            Receipt.Seed seed,
            SignedVoucher voucher,
            Hash traces) {
        List<Receipt.Choice> choices = new ArrayList<>();
        int completion = 0;
        for (Transcript.Choice c : transcript.choices()) {
            int tokens = c.ids().size();
            choices.add(new Receipt.Choice(tokens, c.finish(), transcript.promptIds().length + tokens - 1));
            completion += tokens;
        }
        Usage usage = new Usage(transcript.promptIds().length, 0, completion);
        long amount = Bill.of(net.ready.price(), usage);
        long owed = net.payer
                .settle(Amount.ofMicro(100_000), Amount.ofMicro(amount))
                .micro();
        return new Receipt(
                new Receipt.Request(
                        Digests.request(SALT, transcript.body()),
                        request.model(),
                        DATE,
                        Receipt.Scalars.of(sampling),
                        Digests.sampling(SALT, sampling)),
                Digests.prompt(SALT, transcript.promptIds()),
                transcript.answer(),
                choices,
                transcript.bareBytes(),
                request.nonce().isEmpty() ? voucher.digest().hex().substring(0, 32) : request.nonce(),
                net.receiptModel,
                new Receipt.Trace(Receipt.Trace.FORMAT, Digests.blind(traces, TRACE_SALT)),
                List.of(),
                seed,
                usage,
                net.ready.price(),
                new Receipt.Payment(
                        net.payer.address(),
                        net.payer.channel().hex(),
                        amount,
                        owed,
                        voucher.digest(),
                        Receipt.Payment.Binding.NODE_ASSERTED,
                        0),
                net.receiptNode(),
                new Receipt.Ledger(net.ledger.chainId(), net.ledger.state().height()),
                1_700_000_000_000L,
                List.of(),
                request.sealed(),
                Json.object().build());
    }

    private static GenerationResult generate(
            TestNetwork net, Engine engine, GenerationRequest work, List<List<Transcript.Logprobs>> logprobs)
            throws BusyException, InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < work.sampling().n(); i++) {
            answers.add(Answer.begin(net.text.tokenizerOf(), work.sampling()));
            logprobs.add(new ArrayList<>());
        }
        CompletableFuture<GenerationResult> done = new CompletableFuture<>();
        engine.submit(work, new GenerationListener() {
            @Override
            public void started(int cached) {}

            @Override
            public boolean token(int choice, PickedToken token) {
                answers.get(choice).push(token.id());
                logprobs.get(choice).add(Replays.logprobs(token));
                return !answers.get(choice).isFinished();
            }

            @Override
            public void done(GenerationResult result) {
                done.complete(result);
            }

            @Override
            public void failed(Throwable why) {
                done.completeExceptionally(why);
            }
        });
        return done.join();
    }

    /** The prompt ids of a request. */
    static int[] promptOf(TestNetwork net, String json) throws MalformedException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return net.text.promptIds(ChatRequest.parse(body, Transcript.BODY_MAX_BYTES), DATE);
    }
}
