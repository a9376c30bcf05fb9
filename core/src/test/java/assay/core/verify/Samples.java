package assay.core.verify;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.kernel.Sampling;
import assay.core.log.Checkpoint;
import assay.core.log.Leaf;
import assay.core.log.LogProof;
import assay.core.log.ReceiptLog;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.Envelope;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.core.text.ChatRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A node, a request and its receipt, all made from fixed bytes. */
public final class Samples {
    /** The node's pair. */
    public static final NodeSigner NODE = NodeSigner.ofSeed(hash("node").bytes());

    /** Somebody else's pair. */
    public static final NodeSigner STRANGER = NodeSigner.ofSeed(hash("stranger").bytes());

    /** The node's log. */
    public static final String ORIGIN = ReceiptLog.originOf(NODE.key());

    /** The request: everything said, so that nothing is left to the node. */
    public static final String BODY =
            "{\"model\":\"smollm2-135m\",\"messages\":[{\"role\":\"user\",\"content\":\"Why is the"
                    + " sky blue?\"}],\"temperature\":0.7,\"top_p\":0.9,\"max_tokens\":40,\"n\":2,\"seed\":-7,"
                    + "\"stop\":[\"THE END\"],\"logit_bias\":{\"7\":-1.5},\"assay\":{\"nonce\":\"" + "5a".repeat(16)
                    + "\",\"date\":\"2026-11-30\"}}";

    private static final Hash SALT = hash("salt");
    private static final Receipt RECEIPT = receipt(transcript());
    private static final ReceiptFile FILE = file(RECEIPT, NODE, ORIGIN);

    private Samples() {}

    /** SHA-256 of a word. */
    public static Hash hash(String word) {
        return Hash.sha256(word.getBytes(StandardCharsets.UTF_8));
    }

    /** The model of the registry. */
    public static Receipt.Model model() {
        return new Receipt.Model(
                "smollm2-135m",
                hash("program"),
                hash("weights"),
                FakeRules.TOKENIZER,
                FakeRules.TEMPLATE,
                FakeRules.UNICODE,
                hash("file"));
    }

    /** What payer and node hold: two choices of 20 and 40 tokens. */
    public static Transcript transcript() {
        return transcript(BODY);
    }

    /** A transcript of another body with the same answers. */
    public static Transcript transcript(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String first = "Rayleigh scattering";
        String second = "Because short waves scatter more than lo";
        return new Transcript(
                SALT,
                bytes,
                promptIds(bytes),
                List.of(choice(first, true, Receipt.Finish.STOP), choice(second, false, Receipt.Finish.LENGTH)));
    }

    private static int[] promptIds(byte[] body) {
        try {
            return new FakeRules().promptIds(ChatRequest.parse(body, body.length), "2026-11-30");
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static Transcript.Choice choice(String text, boolean stopped, Receipt.Finish finish) {
        List<Integer> ids = new ArrayList<>();
        text.chars().forEach(ids::add);
        if (stopped) {
            ids.add(FakeRules.STOP_ID);
        }
        return new Transcript.Choice(text, ids, finish, List.of());
    }

    /** The honest receipt of {@link #transcript()}. */
    public static Receipt receipt() {
        return RECEIPT;
    }

    /** The honest receipt of a transcript. */
    public static Receipt receipt(Transcript t) {
        ChatRequest request;
        try {
            request = ChatRequest.parse(t.body(), 1 << 20);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
        Sampling sampling = request.sampling(40);
        int tokens = t.choices().stream().mapToInt(c -> c.ids().size()).sum();
        Usage usage = new Usage(t.promptIds().length, 8, tokens);
        PriceList price = new PriceList(3, 500_000, 100_000, 1_250_000);
        Hash authorisation = hash("voucher");
        List<Receipt.Choice> choices = new ArrayList<>();
        for (int i = 0; i < t.choices().size(); i++) {
            Transcript.Choice c = t.choices().get(i);
            int steps = t.promptIds().length + c.ids().size() - 1;
            choices.add(new Receipt.Choice(c.ids().size(), c.finish(), steps));
        }
        return new Receipt(
                new Receipt.Request(
                        Digests.request(t.salt(), t.body()),
                        request.model(),
                        "2026-11-30",
                        Receipt.Scalars.of(sampling),
                        Digests.sampling(t.salt(), sampling)),
                Digests.prompt(t.salt(), t.promptIds()),
                t.answer(),
                choices,
                t.bareBytes(),
                "5a".repeat(16),
                model(),
                new Receipt.Trace(
                        Receipt.Trace.FORMAT,
                        Digests.blind(Digests.traces(List.of(hash("root 0"), hash("root 1"))), hash("trace salt"))),
                List.of(hash("parent")),
                request.seeded()
                        ? new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT)
                        : new Receipt.Seed(
                                Digests.seed(Digests.body(t.body()), authorisation), Receipt.Seed.Source.DERIVED),
                usage,
                price,
                new Receipt.Payment(
                        "0x7099797051812dc3a010c7d01b50e0d17dc79c80",
                        hash("channel").hex(),
                        Bill.of(price, usage),
                        1_000_143,
                        authorisation,
                        Receipt.Payment.Binding.PAYER_SIGNED,
                        0),
                new Receipt.Node("0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", NODE.key(), ORIGIN),
                new Receipt.Ledger(7_777_331, 1041),
                1_796_000_000_000L,
                List.of(new Receipt.Evidence("nitro", hash("attestation"))),
                false,
                Json.object().build());
    }

    /** The receipt signed by this pair, the fortieth of sixty leaves of a log of this origin. */
    public static ReceiptFile file(Receipt receipt, NodeSigner signer, String origin) {
        Envelope envelope = Envelope.sign(Statement.PAYLOAD_TYPE, Statement.encode(receipt), signer);
        ReceiptLog log = new ReceiptLog(origin);
        for (int i = 0; i < 60; i++) {
            log.append(i == 40 ? Statement.digest(Statement.encode(receipt)) : hash("leaf " + i), i + 1);
        }
        Checkpoint checkpoint = log.checkpoint(log.size());
        LogProof proof = log.prove(40, checkpoint, checkpoint.sign(signer));
        return ReceiptFile.logged(envelope, proof);
    }

    /** The honest file. */
    public static ReceiptFile file() {
        return FILE;
    }

    /** Leaves of {@link #file}'s log beside its own. */
    public static Leaf leaf(int i) {
        return new Leaf(hash("leaf " + i), (i + 1L) * (i + 2L) / 2);
    }

    /** Knows key, model and chain. */
    public static TrustPolicy policy() {
        TreeMap<NodeKey, String> operators = new TreeMap<>();
        operators.put(NODE.key(), receipt().node().operator());
        TreeMap<String, Receipt.Model> models = new TreeMap<>();
        models.put("smollm2-135m", model());
        return new TrustPolicy(
                Optional.empty(),
                operators,
                models,
                new TreeSet<>(),
                7_777_331,
                1050,
                TrustPolicy.LAG_MAX_BLOCKS,
                TrustPolicy.Unknown.UNDECIDED);
    }
}
