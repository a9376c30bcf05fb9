package assay.bench;

import assay.core.audit.LightAudit;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.kernel.Sampling;
import assay.core.log.ReceiptLog;
import assay.core.program.Program;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.core.text.ChatRequest;
import assay.core.verify.ModelText;
import assay.core.verify.TextRules;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.GenerationResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * An answer of an engine with its receipt and transcript, unsigned: what an audit is measured on.
 *
 * @param subject receipt and transcript
 * @param salt of the trace
 * @param request as the engine got it
 * @param answer ids
 */
@SuppressWarnings("ArrayRecordComponent") // ids, never compared
record LightCase(LightAudit.Subject subject, Hash salt, GenerationRequest request, int[] answer) {
    private static final String DATE = "2026-11-30";

    /** Asks a question of exactly so many tokens, and takes as many as an answer. */
    static LightCase of(Engine engine, ModelText text, int prompt, int answer)
            throws IOException, MalformedException, InterruptedException {
        StringBuilder words = new StringBuilder("Tell me a long story about a lighthouse.");
        while (ids(text, body(engine, words.toString(), answer)).length < prompt) {
            words.append(" again");
        }
        byte[] body = body(engine, words.toString(), answer);
        int[] ids = ids(text, body);
        Sampling sampling = ChatRequest.parse(body, body.length).sampling(answer);
        GenerationRequest request = new GenerationRequest(ids, Digests.ids(ids), sampling, 7);
        GenerationResult result = new EngineContender(engine).generate(request);
        int[] told = result.choices().getFirst().ids();
        Hash root = result.choices().getFirst().roots().after(told.length);
        return new LightCase(
                subject(engine.model().program(), text, body, request, told, root), hash("salt 2"), request, told);
    }

    private static byte[] body(Engine engine, String words, int answer) {
        Json.Members never = Json.object();
        engine.model().stopIds().forEach(id -> never.put(Integer.toString(id), -100));
        return JsonText.writeBytes(Json.object()
                .put("model", "bench")
                .put(
                        "messages",
                        Json.of(List.of(Json.object()
                                .put("role", "user")
                                .put("content", words)
                                .build())))
                .put("max_tokens", answer)
                .put("seed", 7)
                .put("logit_bias", never.build())
                .put(
                        "assay",
                        Json.object()
                                .put("date", DATE)
                                .put("nonce", "5a".repeat(16))
                                .build())
                .build());
    }

    private static int[] ids(ModelText text, byte[] body) throws MalformedException {
        return text.promptIds(ChatRequest.parse(body, body.length), DATE);
    }

    private static Hash hash(String word) {
        return Hash.sha256(word.getBytes(StandardCharsets.UTF_8));
    }

    private static LightAudit.Subject subject(
            Program program, ModelText text, byte[] body, GenerationRequest request, int[] told, Hash root) {
        Sampling sampling = request.sampling();
        TextRules.Reading reading = text.read(told, sampling);
        Transcript t = new Transcript(
                hash("salt"),
                body,
                request.prompt(),
                List.of(new Transcript.Choice(
                        reading.text(), Arrays.stream(told).boxed().toList(), reading.finish(), List.of())));
        Usage usage = new Usage(request.prompt().length, 0, told.length);
        PriceList price = new PriceList(1, 1_000_000, 1_000_000, 1_000_000);
        NodeSigner node = NodeSigner.ofSeed(hash("node").bytes());
        Receipt receipt = new Receipt(
                new Receipt.Request(
                        Digests.request(t.salt(), body),
                        "bench",
                        DATE,
                        Receipt.Scalars.of(sampling),
                        Digests.sampling(t.salt(), sampling)),
                Digests.prompt(t.salt(), t.promptIds()),
                t.answer(),
                List.of(new Receipt.Choice(told.length, reading.finish(), request.prompt().length + told.length - 1)),
                "5a".repeat(16),
                new Receipt.Model(
                        "bench",
                        program.root(),
                        program.weightRoot(),
                        text.tokenizer(),
                        text.template(),
                        text.unicode(),
                        hash("file")),
                new Receipt.Trace(Receipt.Trace.FORMAT, Digests.blind(Digests.traces(List.of(root)), hash("salt 2"))),
                List.of(),
                new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT),
                usage,
                price,
                new Receipt.Payment(
                        "0x7099797051812dc3a010c7d01b50e0d17dc79c80",
                        "none",
                        Bill.of(price, usage),
                        1_000_000,
                        hash("voucher"),
                        Receipt.Payment.Binding.NODE_ASSERTED,
                        0),
                new Receipt.Node(
                        "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", node.key(), ReceiptLog.originOf(node.key())),
                new Receipt.Ledger(7_777_331, 1),
                1_796_000_000_000L,
                List.of(),
                false,
                Json.object().build());
        return new LightAudit.Subject(receipt, t);
    }
}
