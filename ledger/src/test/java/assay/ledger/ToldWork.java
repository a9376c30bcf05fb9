package assay.ledger;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.Writer;
import assay.core.dispute.Defender;
import assay.core.dispute.Work;
import assay.core.kernel.Rope;
import assay.core.kernel.Sampling;
import assay.core.kernel.Tables;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.ProgramHeader;
import assay.core.program.Shape;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.core.text.ChatRequest;
import assay.core.text.UnicodeTables;
import assay.core.text.Vocabulary;
import assay.core.verify.ModelText;
import assay.ledger.tx.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A receipt whose text is real and whose trace is made up: what a dispute about text looks at. The model's tokenizer
 * has 256 bytes and two control tokens, and enough others for three chunks.
 */
public record ToldWork(Receipt receipt, Transcript transcript, Program program) implements Work, Work.ChoiceWork {
    /** The model's: its text takes five chunks. */
    public static final Program PROGRAM = compiled("");

    static final ModelText RULES = rules();
    private static final String DATE = "2026-11-30";
    private static final Hash SALT = World.hash("salt");

    /** The honest receipt of a request, answered "ok". */
    static ToldWork honest(World w, String node, Hash channel, String content) throws MalformedException {
        return told(w, node, channel, content, content, "ok", 0);
    }

    /**
     * One about this request.
     *
     * @param seen what the model was shown in its place
     * @param text what is said that the answer's ids are
     * @param longer what the receipt adds to the transcript's length
     */
    static ToldWork told(World w, String node, Hash channel, String asked, String seen, String text, int longer)
            throws MalformedException {
        return told(w, node, channel, asked, seen, text, longer, PROGRAM);
    }

    /** The same, said to be by another program. */
    static ToldWork told(
            World w, String node, Hash channel, String asked, String seen, String text, int longer, Program by)
            throws MalformedException {
        byte[] body = body(asked);
        byte[] other = body(seen);
        int[] prompt = RULES.promptIds(ChatRequest.parse(other, other.length), DATE);
        List<Integer> ids = List.of((int) 'o', (int) 'k', 257);
        Transcript t = new Transcript(
                SALT, body, prompt, List.of(new Transcript.Choice(text, ids, Receipt.Finish.STOP, List.of())));
        return new ToldWork(receipt(w, node, channel, ChatRequest.parse(body, body.length), t, longer, by), t, by);
    }

    /** The program with so many more characters in its template. */
    static Program withTemplateOf(int more) {
        return compiled("{#" + "x".repeat(more) + "#}");
    }

    /** How a program is published. */
    public static Transaction.PublishModel publication(World w, String name, Hash program) {
        Transaction.PublishModel m = w.model(name, 200_000);
        return new Transaction.PublishModel(
                m.name(),
                m.fileDigest(),
                m.fileBytes(),
                m.fileRoot(),
                program,
                m.weightRoot(),
                m.tokenizerDigest(),
                m.templateDigest(),
                m.unicodeDigest(),
                m.macsPerToken(),
                m.compiler(),
                m.licence(),
                m.licenceDigest(),
                m.royaltyPpm(),
                m.bond());
    }

    private static byte[] body(String content) {
        return ("{\"model\":\"smol\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content
                        + "\"}],\"seed\":5,\"max_tokens\":9}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Receipt receipt(
            World w, String node, Hash channel, ChatRequest request, Transcript t, int longer, Program by) {
        Receipt like = SignedReceipts.receipt(w, node, channel, "smol", 1, 1_000_000, 1);
        Sampling sampling = request.sampling(9);
        Usage usage = new Usage(t.promptIds().length, 0, 3);
        PriceList price = new PriceList(1, 1_000_000, 0, 1_000_000);
        return new Receipt(
                new Receipt.Request(
                        Digests.request(SALT, t.body()),
                        "smol",
                        DATE,
                        Receipt.Scalars.of(sampling),
                        Digests.sampling(SALT, sampling)),
                Digests.prompt(SALT, t.promptIds()),
                t.answer(),
                List.of(new Receipt.Choice(3, Receipt.Finish.STOP, usage.prompt() + 2)),
                t.bareBytes() + longer,
                "5a".repeat(16),
                new Receipt.Model(
                        "smol",
                        by.root(),
                        by.weightRoot(),
                        by.tokenizerDigest(),
                        by.templateDigest(),
                        by.unicode(),
                        World.hash("file")),
                new Receipt.Trace(Receipt.Trace.FORMAT, World.hash("blinded")),
                List.of(),
                new Receipt.Seed(5, Receipt.Seed.Source.CLIENT),
                usage,
                price,
                new Receipt.Payment(
                        like.payment().payer(),
                        channel.hex(),
                        Bill.of(price, usage),
                        1_000_000,
                        like.payment().authorisation(),
                        like.payment().binding(),
                        0),
                like.node(),
                like.ledger(),
                1_796_000_000_000L,
                List.of(),
                false,
                Json.object().build());
    }

    /** The node's moves. */
    Defender defender() {
        return new Defender(this);
    }

    /** What the node opens. */
    Hash root() {
        Writer out = new Writer().u32(steps()).u32(PROGRAM.shape().layers());
        for (int tree = 0; tree < PROGRAM.shape().layers() + 2; tree++) {
            out.hash(subtree(tree, 0, steps()));
        }
        return Digests.traces(List.of(Hash.tagged("assay/trace/1", out.toBytes())));
    }

    private static Program compiled(String more) {
        Shape shape = new Shape("llama", 1, 64, 4, 2, 16, 96, 8_500, 64, Rope.Pairing.ADJACENT);
        return new Program(
                shape,
                Tables.standard(),
                1,
                1,
                new long[7],
                List.of(),
                new int[64],
                new short[0],
                new short[0],
                List.of(),
                vocabulary(),
                "{% for m in messages %}<|s|>{{ m.content }}<|im_end|>{% endfor %}" + more,
                UnicodeTables.digest());
    }

    private static ModelText rules() {
        try {
            return ModelText.of(PROGRAM);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] vocabulary() {
        List<String> tokens = new ArrayList<>();
        int next = 256;
        for (int b = 0; b < 256; b++) {
            // GPT-2's alphabet: printable bytes are themselves, the others follow from U+0100 on.
            boolean printable = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
            tokens.add(Character.toString(printable ? b : next++));
        }
        tokens.add("<|s|>");
        tokens.add("<|im_end|>");
        for (int i = tokens.size(); i < 8_400; i++) {
            tokens.add("t" + i);
        }
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        types[256] = 3;
        types[257] = 3;
        try {
            return Vocabulary.of(
                            "gpt2",
                            "gpt-2",
                            tokens,
                            types,
                            new int[0],
                            List.of(),
                            new Vocabulary.Roles(-1, 257, -1, -1, -1),
                            new Vocabulary.Affixes(false, false, false))
                    .encode();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public ProgramHeader header() {
        return program.header();
    }

    @Override
    public byte[] section(String name) {
        throw new AssertionError("not looked at for text");
    }

    @Override
    public byte[] row(Matrix matrix, int row) {
        throw new AssertionError("not looked at for text");
    }

    @Override
    public Hash rows(Matrix matrix, int low, int high) {
        throw new AssertionError("not looked at for text");
    }

    @Override
    public byte[] statement() {
        return Statement.encode(receipt);
    }

    @Override
    public boolean isTextWrong() {
        return false;
    }

    @Override
    public List<ChoiceWork> choices() {
        return List.of(this);
    }

    @Override
    public int steps() {
        return receipt.choices().getFirst().steps();
    }

    @Override
    public Hash leaf(int tree, int position) {
        return World.hash(tree + "/" + position);
    }

    @Override
    public int[] residual(int tree, int position) {
        throw new AssertionError("not looked at for text");
    }

    @Override
    public short[] keysValues(int layer, int position) {
        throw new AssertionError("not looked at for text");
    }

    @Override
    public Hash state(int position) {
        throw new AssertionError("not looked at for text");
    }

    @Override
    public int picked(int position) {
        throw new AssertionError("not looked at for text");
    }

    @Override
    public Optional<Integer> answeredOtherwise() {
        return Optional.empty();
    }
}
