package assay.prover.audit;

import assay.core.audit.AuditKey;
import assay.core.audit.LightAudit;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.kernel.Sampler;
import assay.core.kernel.Sampling;
import assay.core.log.ReceiptLog;
import assay.core.program.Cell;
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
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.engine.infer.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A small random model, its key, and receipts of what it answers. */
record World(Model model, ModelText text, AuditKey key, Cell.Sums sums) {
    static final Hash TRACE_SALT = hash("trace salt");
    private static final String DATE = "2026-11-30";
    private static final NodeSigner NODE = NodeSigner.ofSeed(hash("node").bytes());

    /**
     * What is asked.
     *
     * @param body the request
     * @param prompt its ids
     * @param sampling as parsed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Question(byte[] body, int[] prompt, Sampling sampling, long seed) {}

    static World of(Path folder, String architecture, GgmlType type, long seed) throws IOException, MalformedException {
        Path file =
                RandomModel.tiny(architecture, type, seed).write(folder.resolve(architecture + type + seed + ".gguf"));
        Model model = Model.load(file);
        AuditKey key = AuditKey.draw(
                model.program(),
                (matrix, row, out) -> System.arraycopy(model.row(matrix, row), 0, out, 0, out.length),
                new SplittableRandom(seed));
        return new World(model, ModelText.of(model.program()), key, model.sums());
    }

    static Hash hash(String word) {
        return Hash.sha256(word.getBytes(StandardCharsets.UTF_8));
    }

    Program program() {
        return model.program();
    }

    long[] embedding(int id) {
        return model.row(program().matrix(Program.EMBEDDING).orElseThrow(), id);
    }

    Question ask(String words, int maxTokens, int choices, String more, long seed) throws MalformedException {
        String body = "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"" + words
                + "\"}],\"temperature\":0.9,\"max_tokens\":" + maxTokens + ",\"n\":" + choices + ",\"seed\":" + seed
                + more + ",\"assay\":{\"nonce\":\"" + "5a".repeat(16) + "\",\"date\":\"" + DATE + "\"}}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        ChatRequest request = ChatRequest.parse(bytes, bytes.length);
        return new Question(bytes, text.promptIds(request, DATE), request.sampling(maxTokens), seed);
    }

    Sampler sampler(Question question, int choice) {
        return new Sampler(
                question.sampling,
                question.seed,
                Digests.ids(question.prompt),
                choice,
                program().shape().vocabulary(),
                model.maskedIds(),
                program().tables());
    }

    /** Receipt and transcript of these answers, whose trace roots have this digest. */
    LightAudit.Subject subject(Question question, List<List<Integer>> answers, Hash traces) {
        List<Transcript.Choice> told = new ArrayList<>();
        List<Receipt.Choice> choices = new ArrayList<>();
        int tokens = 0;
        for (List<Integer> ids : answers) {
            int[] array = ids.stream().mapToInt(id -> id).toArray();
            TextRules.Reading reading = text.read(array, question.sampling);
            told.add(new Transcript.Choice(reading.text(), ids, reading.finish(), List.of()));
            int steps = question.prompt.length + ids.size() - 1;
            choices.add(new Receipt.Choice(ids.size(), reading.finish(), steps));
            tokens += ids.size();
        }
        Transcript transcript = new Transcript(hash("salt"), question.body, question.prompt, told);
        return new LightAudit.Subject(receipt(question, transcript, choices, tokens, traces), transcript);
    }

    private Receipt receipt(Question question, Transcript t, List<Receipt.Choice> choices, int tokens, Hash traces) {
        Usage usage = new Usage(question.prompt.length, 0, tokens);
        PriceList price = new PriceList(1, 500_000, 100_000, 1_250_000);
        Program program = program();
        return new Receipt(
                new Receipt.Request(
                        Digests.request(t.salt(), t.body()),
                        "tiny",
                        DATE,
                        Receipt.Scalars.of(question.sampling),
                        Digests.sampling(t.salt(), question.sampling)),
                Digests.prompt(t.salt(), t.promptIds()),
                t.answer(),
                choices,
                t.bareBytes(),
                "5a".repeat(16),
                new Receipt.Model(
                        "tiny",
                        program.root(),
                        program.weightRoot(),
                        text.tokenizer(),
                        text.template(),
                        text.unicode(),
                        hash("file")),
                new Receipt.Trace(Receipt.Trace.FORMAT, Digests.blind(traces, TRACE_SALT)),
                List.of(),
                new Receipt.Seed(question.seed, Receipt.Seed.Source.CLIENT),
                usage,
                price,
                new Receipt.Payment(
                        "0x7099797051812dc3a010c7d01b50e0d17dc79c80",
                        hash("channel").hex(),
                        Bill.of(price, usage),
                        1_000_143,
                        hash("voucher"),
                        Receipt.Payment.Binding.PAYER_SIGNED,
                        0),
                new Receipt.Node(
                        "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", NODE.key(), ReceiptLog.originOf(NODE.key())),
                new Receipt.Ledger(7_777_331, 1041),
                1_796_000_000_000L,
                List.of(),
                false,
                Json.object().build());
    }
}
