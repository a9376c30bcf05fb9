package assay.core.receipt;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A {@link Receipt} as an in-toto Statement v1: the bytes that are signed.
 *
 * <p>There is one encoding: compact JSON, members in the order below, and {@link #parse} refuses bytes
 * that encoding the result again would not give. Unknown members of the predicate may follow the known
 * ones; they are kept in {@link Receipt#extra} and mean nothing. docs/protocol/receipt.md.
 */
public final class Statement {
    /** Type of the payload in its envelope. */
    public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

    /** The Statement's type. */
    public static final String STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

    /** Type and version of the predicate. */
    public static final String PREDICATE_TYPE = "urn:assay:receipt:1";

    /** The longest statement. */
    public static final int SIZE_MAX_BYTES = 16 * 1024;

    private static final int DEPTH_MAX = 16;
    private static final List<String> KNOWN = List.of(
            "request",
            "prompt",
            "choices",
            "bytes",
            "nonce",
            "model",
            "trace",
            "parents",
            "seed",
            "usage",
            "price",
            "payment",
            "node",
            "ledger",
            "time",
            "evidence",
            "sealed");

    private Statement() {}

    /** SHA-256 of the statement's bytes: the receipt's name everywhere, whoever signed it however often. */
    public static Hash digest(byte[] statement) {
        return Hash.sha256(statement);
    }

    /** The bytes of this receipt. */
    public static byte[] encode(Receipt r) {
        Json digest = Json.object().put("sha256", r.answer().hex()).build();
        Json subject = Json.object().put("name", "answer").put("digest", digest).build();
        return JsonText.writeBytes(Json.object()
                .put("_type", STATEMENT_TYPE)
                .put("subject", Json.of(List.of(subject)))
                .put("predicateType", PREDICATE_TYPE)
                .put("predicate", predicate(r))
                .build());
    }

    private static Json predicate(Receipt r) {
        List<Json> choices = new ArrayList<>();
        for (Receipt.Choice c : r.choices()) {
            choices.add(Json.object()
                    .put("tokens", c.tokens())
                    .put("finish", word(c.finish()))
                    .put("steps", c.steps())
                    .build());
        }
        List<Json> evidence = new ArrayList<>();
        for (Receipt.Evidence e : r.evidence()) {
            evidence.add(Json.object()
                    .put("kind", e.kind())
                    .put("digest", e.digest().hex())
                    .build());
        }
        Json.Members members = Json.object()
                .put("request", request(r.request()))
                .put("prompt", r.prompt().hex())
                .put("choices", Json.of(choices))
                .put("bytes", r.transcriptBytes())
                .put("nonce", r.nonce())
                .put("model", model(r.model()))
                .put(
                        "trace",
                        Json.object()
                                .put("format", r.trace().format())
                                .put("root", r.trace().root().hex())
                                .build())
                .put(
                        "parents",
                        Json.of(r.parents().stream().map(h -> Json.of(h.hex())).toList()))
                .put(
                        "seed",
                        Json.object()
                                .put("value", Long.toString(r.seed().value()))
                                .put("source", word(r.seed().source()))
                                .build())
                .put(
                        "usage",
                        Json.object()
                                .put("prompt", r.usage().prompt())
                                .put("cached", r.usage().cached())
                                .put("completion", r.usage().completion())
                                .build())
                .put("price", price(r.price()))
                .put("payment", payment(r.payment()))
                .put(
                        "node",
                        Json.object()
                                .put("operator", r.node().operator())
                                .put("key", r.node().key().hex())
                                .put("log", r.node().log())
                                .build())
                .put(
                        "ledger",
                        Json.object()
                                .put("chain", r.ledger().chain())
                                .put("height", r.ledger().height())
                                .build())
                .put("time", r.timeMillis())
                .put("evidence", Json.of(evidence))
                .put("sealed", r.sealed());
        r.extra().members().forEach(members::put);
        return members.build();
    }

    private static Json request(Receipt.Request r) {
        Receipt.Scalars s = r.sampling();
        return Json.object()
                .put("digest", r.digest().hex())
                .put("model", r.model())
                .put("date", r.date())
                .put("temperature", decimal(s.temperature()))
                .put("top_k", s.topK())
                .put("top_p", decimal(s.topP()))
                .put("min_p", decimal(s.minP()))
                .put("presence_penalty", decimal(s.presencePenalty()))
                .put("frequency_penalty", decimal(s.frequencyPenalty()))
                .put("biases", s.biases())
                .put("max_tokens", s.maxTokens())
                .put("stops", s.stops())
                .put("n", s.n())
                .put("logprobs", s.logprobs())
                .put("top_logprobs", s.topLogprobs())
                .put("sampling", r.samplingDigest().hex())
                .build();
    }

    private static Json model(Receipt.Model m) {
        return Json.object()
                .put("id", m.id())
                .put("program", m.program().hex())
                .put("weights", m.weights().hex())
                .put("tokenizer", m.tokenizer().hex())
                .put("template", m.template().hex())
                .put("unicode", m.unicode().hex())
                .put("file", m.file().hex())
                .build();
    }

    private static Json price(PriceList p) {
        return Json.object()
                .put("version", p.version())
                .put("prompt", p.prompt())
                .put("cached", p.cached())
                .put("completion", p.completion())
                .build();
    }

    private static Json payment(Receipt.Payment p) {
        return Json.object()
                .put("payer", p.payer())
                .put("channel", p.channel())
                .put("amount", p.amount())
                .put("cumulative", p.cumulative())
                .put("authorisation", p.authorisation().hex())
                .put("binding", word(p.binding()))
                .put("insured", p.insured())
                .build();
    }

    /**
     * The receipt that these bytes hold.
     *
     * @throws MalformedException unless they are its one encoding
     */
    public static Receipt parse(byte[] statement) throws MalformedException {
        Field root = Field.root(JsonText.parse(statement, DEPTH_MAX, SIZE_MAX_BYTES));
        root.only("_type", "subject", "predicateType", "predicate");
        constant(root.at("_type"), STATEMENT_TYPE);
        constant(root.at("predicateType"), PREDICATE_TYPE);
        Receipt receipt;
        try {
            List<Field> subjects = root.at("subject").items(1);
            if (subjects.isEmpty()) {
                throw root.at("subject").fault("one subject expected");
            }
            receipt = receipt(subjects.getFirst().at("digest").at("sha256").hash(), root.at("predicate"));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("receipt: " + e.getMessage(), -1);
        }
        int at = Arrays.mismatch(statement, encode(receipt));
        if (at >= 0) {
            throw new MalformedException("receipt: not in its one encoding", at);
        }
        return receipt;
    }

    private static Receipt receipt(Hash answer, Field p) throws MalformedException {
        List<Receipt.Choice> choices = new ArrayList<>();
        for (Field c : p.at("choices").items(Receipt.CHOICES_MAX)) {
            choices.add(new Receipt.Choice(
                    count(c.at("tokens")), word(c.at("finish"), Receipt.Finish.class), count(c.at("steps"))));
        }
        return new Receipt(
                parseRequest(p.at("request")),
                p.at("prompt").hash(),
                answer,
                choices,
                count(p.at("bytes")),
                p.at("nonce").string(64),
                parseModel(p.at("model")),
                new Receipt.Trace(
                        p.at("trace").at("format").string(32),
                        p.at("trace").at("root").hash()),
                hashes(p.at("parents")),
                parseSeed(p.at("seed")),
                parseUsage(p.at("usage")),
                parsePrice(p.at("price")),
                parsePayment(p.at("payment")),
                parseNode(p.at("node")),
                new Receipt.Ledger(
                        amount(p.at("ledger").at("chain")),
                        amount(p.at("ledger").at("height"))),
                amount(p.at("time")),
                parseEvidence(p.at("evidence")),
                p.at("sealed").bool(),
                extra(p));
    }

    private static Receipt.Request parseRequest(Field r) throws MalformedException {
        Receipt.Scalars scalars = new Receipt.Scalars(
                r.at("temperature").decimal(),
                count(r.at("top_k")),
                r.at("top_p").decimal(),
                r.at("min_p").decimal(),
                r.at("presence_penalty").decimal(),
                r.at("frequency_penalty").decimal(),
                count(r.at("biases")),
                count(r.at("max_tokens")),
                count(r.at("stops")),
                count(r.at("n")),
                r.at("logprobs").bool(),
                count(r.at("top_logprobs")));
        return new Receipt.Request(
                r.at("digest").hash(),
                r.at("model").string(256),
                r.at("date").string(10),
                scalars,
                r.at("sampling").hash());
    }

    private static Receipt.Model parseModel(Field m) throws MalformedException {
        return new Receipt.Model(
                m.at("id").string(96),
                m.at("program").hash(),
                m.at("weights").hash(),
                m.at("tokenizer").hash(),
                m.at("template").hash(),
                m.at("unicode").hash(),
                m.at("file").hash());
    }

    private static Receipt.Seed parseSeed(Field s) throws MalformedException {
        String text = s.at("value").string(20);
        try {
            return new Receipt.Seed(Long.parseLong(text), word(s.at("source"), Receipt.Seed.Source.class));
        } catch (NumberFormatException e) {
            throw s.at("value").fault("a 64-bit integer expected");
        }
    }

    private static Usage parseUsage(Field u) throws MalformedException {
        return new Usage(count(u.at("prompt")), count(u.at("cached")), count(u.at("completion")));
    }

    private static PriceList parsePrice(Field p) throws MalformedException {
        return new PriceList(
                amount(p.at("version")), amount(p.at("prompt")), amount(p.at("cached")), amount(p.at("completion")));
    }

    private static Receipt.Payment parsePayment(Field p) throws MalformedException {
        return new Receipt.Payment(
                p.at("payer").string(64),
                p.at("channel").string(66),
                amount(p.at("amount")),
                amount(p.at("cumulative")),
                p.at("authorisation").hash(),
                word(p.at("binding"), Receipt.Payment.Binding.class),
                amount(p.at("insured")));
    }

    private static Receipt.Node parseNode(Field n) throws MalformedException {
        return new Receipt.Node(
                n.at("operator").string(64),
                NodeKey.ofBytes(n.at("key").hash().bytes()),
                n.at("log").string(96));
    }

    private static List<Receipt.Evidence> parseEvidence(Field list) throws MalformedException {
        List<Receipt.Evidence> out = new ArrayList<>();
        for (Field e : list.items(Receipt.EVIDENCE_MAX)) {
            out.add(new Receipt.Evidence(e.at("kind").string(32), e.at("digest").hash()));
        }
        return out;
    }

    private static List<Hash> hashes(Field list) throws MalformedException {
        List<Hash> out = new ArrayList<>();
        for (Field item : list.items(1)) {
            out.add(item.hash());
        }
        return out;
    }

    private static Json.Obj extra(Field predicate) throws MalformedException {
        Json.Members extra = Json.object();
        for (Map.Entry<String, Json> e : predicate.object().members().entrySet()) {
            if (!KNOWN.contains(e.getKey())) {
                extra.put(e.getKey(), e.getValue());
            }
        }
        return extra.build();
    }

    private static void constant(Field field, String expected) throws MalformedException {
        if (!field.string().equals(expected)) {
            throw field.fault("expected " + expected);
        }
    }

    private static int count(Field field) throws MalformedException {
        return field.int32(0, Integer.MAX_VALUE);
    }

    private static long amount(Field field) throws MalformedException {
        return field.integer(0, Long.MAX_VALUE);
    }

    /** The shortest text that reads back as this double: {@link Double#toString}. */
    private static Json decimal(double value) {
        return new Json.Num(Double.toString(value));
    }

    /** PAYER_SIGNED is written payer-signed. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E extends Enum<E>> E word(Field field, Class<E> type) throws MalformedException {
        for (E value : type.getEnumConstants()) {
            if (word(value).equals(field.string())) {
                return value;
            }
        }
        throw field.fault("one of "
                + Arrays.stream(type.getEnumConstants()).map(Statement::word).toList() + " expected");
    }
}
