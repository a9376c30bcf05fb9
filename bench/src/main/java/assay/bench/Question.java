package assay.bench;

import assay.core.audit.LightAudit;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.kernel.Sampling;
import assay.core.log.Checkpoint;
import assay.core.log.ReceiptLog;
import assay.core.program.Program;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.Envelope;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.core.text.ChatRequest;
import assay.core.verify.ModelText;
import assay.core.verify.ReceiptFile;
import assay.core.verify.TextRules;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.Model;
import assay.engine.infer.ReplayRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A question of a length that is asked for, and receipts of its answers, as a node writes them: what audits are measured
 * on. Ids that would end an answer are biased away, so that it has its full length.
 */
public final class Question {
    /** Blinds the trace roots. */
    public static final Hash TRACE_SALT = Hash.sha256("trace salt".getBytes(StandardCharsets.UTF_8));

    private static final Hash SALT = Hash.sha256("salt".getBytes(StandardCharsets.UTF_8));
    private static final String DATE = "2026-11-22";
    private static final String NONCE = "5a".repeat(16);
    private static final int SEED = 7;
    private static final NodeSigner NODE = NodeSigner.ofSeed(SALT.bytes());

    private final Model model;
    private final ModelText text;
    private final byte[] body;
    private final int[] prompt;
    private final Sampling sampling;

    private Question(Model model, ModelText text, byte[] body, int[] prompt, Sampling sampling) {
        this.model = model;
        this.text = text;
        this.body = body;
        this.prompt = prompt;
        this.sampling = sampling;
    }

    /**
     * A question whose prompt has {@code promptTokens} tokens or a few more, in words of a text.
     *
     * @throws IOException if the text is not there
     */
    public static Question of(Model model, ModelText text, int promptTokens, int answerTokens)
            throws IOException, MalformedException {
        String prose = prose();
        int low = 1;
        int high = prose.length();
        while (low < high) {
            int middle = (low + high) / 2;
            if (asks(model, text, prose.substring(0, middle), answerTokens).prompt.length < promptTokens) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return asks(model, text, prose.substring(0, low), answerTokens);
    }

    private static Question asks(Model model, ModelText text, String words, int answerTokens)
            throws MalformedException {
        Json.Members bias = Json.object();
        for (int id : model.stopIds()) {
            bias.put(Integer.toString(id), -100);
        }
        byte[] body = JsonText.writeBytes(Json.object()
                .put("model", "m")
                .put(
                        "messages",
                        Json.of(List.of(Json.object()
                                .put("role", "user")
                                .put("content", words)
                                .build())))
                .put("max_tokens", answerTokens)
                .put("seed", SEED)
                .put("logit_bias", bias.build())
                .put(
                        "assay",
                        Json.object().put("nonce", NONCE).put("date", DATE).build())
                .build());
        ChatRequest request = ChatRequest.parse(body, body.length);
        return new Question(model, text, body, text.promptIds(request, DATE), request.sampling(answerTokens));
    }

    private static String prose() throws IOException {
        try (InputStream in = Question.class.getResourceAsStream("/assay/bench/texts/prose.txt")) {
            return new String(Objects.requireNonNull(in, "texts/prose.txt").readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Tokens of the prompt. */
    public int promptTokens() {
        return prompt.length;
    }

    /** The request as an engine takes it. */
    public GenerationRequest request() {
        return new GenerationRequest(prompt, Digests.ids(prompt), sampling, SEED);
    }

    /** The same with its answer. */
    public ReplayRequest replay(int[] answer) {
        return new ReplayRequest(request(), new int[][] {answer});
    }

    /** Receipt and transcript of an answer: what an audit is about. */
    public LightAudit.Subject answered(GenerationResult.Choice generated) {
        int[] answer = generated.ids();
        Hash traceRoot = generated.roots().after(answer.length);
        TextRules.Reading reading = text.read(answer, sampling);
        Transcript transcript = new Transcript(
                SALT,
                body,
                prompt,
                List.of(new Transcript.Choice(
                        reading.text(), Arrays.stream(answer).boxed().toList(), reading.finish(), List.of())));
        Receipt.Choice choice = new Receipt.Choice(answer.length, reading.finish(), prompt.length + answer.length - 1);
        return new LightAudit.Subject(receipt(transcript, choice, Digests.traces(List.of(traceRoot))), transcript);
    }

    private Receipt receipt(Transcript t, Receipt.Choice choice, Hash traces) {
        Usage usage = new Usage(prompt.length, 0, choice.tokens());
        PriceList price = new PriceList(1, 500_000, 100_000, 1_250_000);
        Program program = model.program();
        return new Receipt(
                new Receipt.Request(
                        Digests.request(t.salt(), t.body()),
                        "m",
                        DATE,
                        Receipt.Scalars.of(sampling),
                        Digests.sampling(t.salt(), sampling)),
                Digests.prompt(t.salt(), t.promptIds()),
                t.answer(),
                List.of(choice),
                t.bareBytes(),
                NONCE,
                new Receipt.Model(
                        "m",
                        program.root(),
                        program.weightRoot(),
                        text.tokenizer(),
                        text.template(),
                        text.unicode(),
                        SALT),
                new Receipt.Trace(Receipt.Trace.FORMAT, Digests.blind(traces, TRACE_SALT)),
                List.of(),
                new Receipt.Seed(SEED, Receipt.Seed.Source.CLIENT),
                usage,
                price,
                new Receipt.Payment(
                        "0x7099797051812dc3a010c7d01b50e0d17dc79c80",
                        SALT.hex(),
                        Bill.of(price, usage),
                        1_000_000,
                        SALT,
                        Receipt.Payment.Binding.PAYER_SIGNED,
                        0),
                new Receipt.Node(
                        "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", NODE.key(), ReceiptLog.originOf(NODE.key())),
                new Receipt.Ledger(7_777_331, 1),
                1_796_000_000_000L,
                List.of(),
                false,
                Json.object().build());
    }

    /** The receipt as a file, signed and in a log of its own. */
    public static byte[] file(LightAudit.Subject subject) {
        byte[] statement = Statement.encode(subject.receipt());
        ReceiptLog log = new ReceiptLog(ReceiptLog.originOf(NODE.key()));
        log.append(Statement.digest(statement), subject.receipt().payment().amount());
        Checkpoint checkpoint = log.checkpoint(1);
        return ReceiptFile.logged(
                        Envelope.sign(Statement.PAYLOAD_TYPE, statement, NODE),
                        log.prove(0, checkpoint, checkpoint.sign(NODE)))
                .encode();
    }
}
