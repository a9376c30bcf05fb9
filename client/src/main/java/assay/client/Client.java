package assay.client;

import assay.core.audit.Challenge;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.kernel.Sampling;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ReceiptFile;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One node, asked over HTTP. Every answer comes back with the {@link Verdict} of this machine.
 *
 * <pre>{@code
 * Client client = Client.connect(URI.create("http://127.0.0.1:11435")).bearer(apiKey).trusting(nodeKey);
 * Answer answer = client.ask("Why is the sky blue?");
 * System.out.println(answer.text());
 * System.out.println(answer.verdict());
 * Standing audit = client.awaitAudit(answer.receiptId(), Duration.ofMinutes(1));
 * System.out.println(audit.confirmed());
 * }</pre>
 *
 * <p>Immutable; safe for many threads. A thread that is interrupted while it asks makes the node stop.
 */
public final class Client {
    private static final int STATUS_MAX_BYTES = 1 << 20;
    private static final int LEDGER_MAX_BYTES = 16 << 20;
    private static final int ANSWER_TOKENS = 512;
    private static final Duration POSTING = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 10;

    private final URI uri;
    private final Wire wire;
    private final Optional<NodeKey> key;

    private Client(URI uri, String bearer, Optional<NodeKey> key) {
        this.uri = uri;
        this.wire = new Wire(uri, bearer);
        this.key = key;
    }

    /** A node at this address, for example {@code http://127.0.0.1:11435}; nothing is sent yet. */
    public static Client connect(URI uri) {
        return new Client(uri, "", Optional.empty());
    }

    /** The same with the key that the API asks for. */
    public Client bearer(String apiKey) {
        return new Client(uri, apiKey, key);
    }

    /** The same, taking only receipts that this key signed. */
    public Client trusting(NodeKey nodeKey) {
        return new Client(uri, wire.bearer(), Optional.of(nodeKey));
    }

    /** The node's address. */
    public URI uri() {
        return uri;
    }

    /** Asks the node's first model, for at most 512 tokens, the likeliest ones. */
    public Answer ask(String question) throws IOException, InterruptedException {
        return ask(
                new Question(
                        model(),
                        List.of(new Question.Message("user", question)),
                        Sampling.greedy(ANSWER_TOKENS),
                        Optional.empty()),
                text -> {});
    }

    /**
     * Asks, telling the text as it comes; then takes the receipt and checks it.
     *
     * @throws ClientException if the node refuses, or what it sends is not understood
     */
    public Answer ask(Question question, Consumer<String> onText) throws IOException, InterruptedException {
        byte[] nonceBytes = new byte[16];
        new SecureRandom().nextBytes(nonceBytes);
        String nonce = HexFormat.of().formatHex(nonceBytes);
        byte[] body = question.body(nonce);
        try {
            Stream.End end;
            try (InputStream in = wire.stream("/v1/chat/completions", body)) {
                end = Stream.read(in, onText);
            }
            return answer(end, body, nonce);
        } catch (MalformedException e) {
            throw notUnderstood(e);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped");
            }
            throw e;
        }
    }

    private Answer answer(Stream.End end, byte[] body, String nonce)
            throws IOException, InterruptedException, MalformedException {
        Field words = end.receipt();
        String id = words.at("receipt").string(128);
        byte[] file = logged(id);
        Receipt receipt = Statement.parse(ReceiptFile.parse(file).envelope().payload());
        Verdict verdict = verdict(file, receipt, id, end, body, nonce);
        return new Answer(
                end.text(),
                end.finish(),
                end.usage(),
                words.at("content_tokens").int32(0, Integer.MAX_VALUE),
                words.at("prefill_nanos").integer(0, Long.MAX_VALUE),
                words.at("decode_nanos").integer(0, Long.MAX_VALUE),
                id,
                words.at("digest").hash().hex(),
                words.at("log_index").integer(0, Long.MAX_VALUE),
                file,
                receipt,
                verdict);
    }

    /** The receipt's file once it has its place in the log; without it, if that takes too long. */
    private byte[] logged(String id) throws IOException, InterruptedException, MalformedException {
        long deadline = System.nanoTime() + POSTING.toNanos();
        byte[] file = receipt(id);
        while (ReceiptFile.parse(file).proofs().isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
            file = receipt(id);
        }
        return file;
    }

    private Verdict verdict(byte[] file, Receipt receipt, String id, Stream.End end, byte[] body, String nonce)
            throws IOException, InterruptedException, MalformedException {
        Verdict alone = Verifier.verify(file, TrustPolicy.stranger());
        if (!(alone instanceof Verdict.Valid valid)) {
            return alone;
        }
        if (key.isPresent() && !key.get().equals(receipt.node().key())) {
            return new Verdict.Invalid("it is signed by " + receipt.node().key().hex() + ", trusted is only "
                    + key.get().hex());
        }
        return Exchanged.check(valid, receipt, transcript(id), end, body, nonce);
    }

    /** The receipt's file, with its place in the log once that is known. */
    public byte[] receipt(String id) throws IOException, InterruptedException {
        return wire.get("/v1/receipts/" + id, ReceiptFile.SIZE_MAX_BYTES);
    }

    /** What the receipt is about, in clear; the node gives it to the payer alone. */
    public Transcript transcript(String id) throws IOException, InterruptedException {
        try {
            return Transcript.parse(wire.get("/assay/receipts/" + id + "/transcript", Transcript.SIZE_MAX_BYTES));
        } catch (MalformedException e) {
            throw notUnderstood(e);
        }
    }

    /**
     * Opens cells of an answer, for its payer: a challenge drawn after the receipt existed.
     *
     * @param maxBytes no opening of this challenge is longer
     * @throws ClientException {@code too_early} while the receipt is not final on the ledger, {@code opening_given} if
     *     another challenge came first
     */
    public byte[] cells(Challenge challenge, int maxBytes) throws IOException, InterruptedException {
        Json.Obj body = Json.object()
                .put("seed", challenge.seed().hex())
                .put("cells", challenge.cells())
                .build();
        String path = "/assay/receipts/" + challenge.receipt().hex() + "/cells";
        return wire.post(path, JsonText.writeBytes(body), maxBytes);
    }

    /** How far a receipt got. */
    public Standing standing(String id) throws IOException, InterruptedException {
        return parsed(wire.get("/assay/receipts/" + id, STATUS_MAX_BYTES), Standing::of);
    }

    /** Waits until nothing changes any more about a receipt, or the time is over. */
    public Standing awaitAudit(String id, Duration atMost) throws IOException, InterruptedException {
        return await(id, atMost, Standing::last);
    }

    private Standing await(String id, Duration atMost, Predicate<Standing> enough)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        Standing standing = standing(id);
        while (!enough.test(standing) && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
            standing = standing(id);
        }
        return standing;
    }

    /** What the node says about itself: {@code model}, {@code balance_micro}, {@code receipts_folder}, ... */
    public Field status() throws IOException, InterruptedException {
        return parsed(wire.get("/assay/status", STATUS_MAX_BYTES), json -> json);
    }

    /** What a question would come to; nothing is paid. */
    public Quote quote(Question question) throws IOException, InterruptedException {
        return parsed(wire.post("/assay/quote", question.body("0".repeat(32)), STATUS_MAX_BYTES), Quote::of);
    }

    /** Moves play money of the wallet behind the key; {@code body} as the node's route takes it. */
    public void wallet(String what, Json.Obj body) throws IOException, InterruptedException {
        wire.post("/assay/wallet/" + what, JsonText.writeBytes(body), STATUS_MAX_BYTES);
    }

    /**
     * What the node's own ledger holds, for the holder of its key.
     *
     * @param what {@code status}, a list's name or {@code transactions}, a slash and a height
     */
    public Field ledger(String what) throws IOException, InterruptedException {
        byte[] json = wire.get("/assay/ledger/" + what, LEDGER_MAX_BYTES);
        try {
            return Wire.json(json, LEDGER_MAX_BYTES);
        } catch (MalformedException e) {
            throw notUnderstood(e);
        }
    }

    /** Where a receipt stands, and how its payment was divided, as the node tells. */
    public Field receiptState(String id) throws IOException, InterruptedException {
        return parsed(wire.get("/assay/receipts/" + id, STATUS_MAX_BYTES), json -> json);
    }

    /** The first model that the node lists. */
    public String model() throws IOException, InterruptedException {
        return parsed(
                wire.get("/v1/models", STATUS_MAX_BYTES),
                json -> json.at("data").items(1000).getFirst().at("id").string(256));
    }

    private interface Reading<T> {
        T read(Field json) throws MalformedException;
    }

    private static <T> T parsed(byte[] json, Reading<T> reading) throws ClientException {
        try {
            return reading.read(Wire.json(json, STATUS_MAX_BYTES));
        } catch (MalformedException e) {
            throw notUnderstood(e);
        }
    }

    private static ClientException notUnderstood(MalformedException e) {
        return new ClientException(0, "not_understood", "the node sent what is not understood: " + e.getMessage());
    }
}
