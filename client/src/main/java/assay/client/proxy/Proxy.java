package assay.client.proxy;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ReceiptFile;
import assay.core.verify.Verdict;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.light.Reach;
import assay.ledger.pay.Eip3009;
import assay.ledger.pay.LedgerTerms;
import assay.ledger.pay.Payment;
import assay.ledger.pay.PaymentCheck;
import assay.ledger.pay.PaymentId;
import assay.ledger.pay.RequestNonce;
import assay.ledger.pay.Requirements;
import assay.ledger.state.Genesis;
import assay.ledger.tx.Stock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Answers for clients that know nothing of payment or receipts: takes a chat request, pays a node for it within
 * limits, and checks the receipt before the answer's end is passed on.
 *
 * <p>The payment names the request (binding {@code payer-signed}). A node that cannot be reached or is busy is
 * passed over while nothing was paid; once something was, the same payment is sent again, which is never
 * charged twice. Thread-safe.
 */
public final class Proxy implements AutoCloseable {
    private static final int BODY_MAX_BYTES = 4 << 20;
    private static final int DEPTH_MAX = 32;
    private static final int TERMS_MAX_BYTES = 64 << 10;
    private static final int ANSWER_MAX_BYTES = 64 << 20;
    private static final long VALID_SECONDS = 600;
    private static final int TRIES = 3;
    private static final long LOGGED_NANOS = 15_000_000_000L;
    private static final long POLL_MILLIS = 20;

    private final List<URI> nodes;
    private final PrivateKey key;
    private final Spending spending;
    private final InstantSource clock;
    private final Map<URI, Set<LedgerTerms>> payees;
    private final Upstream upstream;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param nodes asked in this order; the user named them, and whoever they name is paid
     * @param key of the account that pays
     */
    public Proxy(List<URI> nodes, PrivateKey key, Spending spending, InstantSource clock) {
        this(nodes, Map.of(), Reach.ANY, key, spending, clock);
    }

    /**
     * A proxy to nodes that a ledger names. What is paid to an operator is split, and comes back if there is no receipt; what
     * another account is paid is gone. So a node that asks for its money to go elsewhere, or on another ledger, is not paid.
     *
     * @param nodes who may be paid where, asked in this order; several, as anybody may register another's address
     * @param reach where they may be
     * @param key of the account that pays
     */
    public Proxy(
            SequencedMap<URI, Set<LedgerTerms>> nodes,
            Reach reach,
            PrivateKey key,
            Spending spending,
            InstantSource clock) {
        this(List.copyOf(nodes.keySet()), Map.copyOf(nodes), reach, key, spending, clock);
    }

    private Proxy(
            List<URI> nodes,
            Map<URI, Set<LedgerTerms>> payees,
            Reach reach,
            PrivateKey key,
            Spending spending,
            InstantSource clock) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a proxy needs a node");
        }
        this.nodes = List.copyOf(nodes);
        this.payees = payees;
        this.upstream = new Upstream(reach);
        this.key = key;
        this.spending = spending;
        this.clock = clock;
    }

    /** An answer for the client. */
    public sealed interface Reply {
        /** All of it. */
        @SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
        record Whole(int status, String contentType, byte[] body) implements Reply {}

        /** A stream, to be read to its end or closed. */
        record Events(PaidStream stream) implements Reply {}
    }

    /** What a node answers to a GET that costs nothing. */
    public Reply.Whole get(String path) throws Refusal, InterruptedException {
        for (URI node : nodes) {
            try {
                Upstream.Answer answer = upstream.get(node, path, Optional.empty());
                return new Reply.Whole(answer.status(), answer.contentType(), answer.read());
            } catch (IOException e) {
                continue; // the next one may be there
            }
        }
        throw unreachable();
    }

    /** Pays for a chat completion and passes it on. */
    public Reply chat(byte[] request) throws Refusal, IOException, InterruptedException {
        Asked asked = asked(request);
        Upstream.Answer busy = null;
        Optional<Refusal> unpaid = Optional.empty();
        for (URI node : nodes) {
            try {
                Upstream.Answer answer = upstream.chat(node, asked.body, Optional.empty());
                if (answer.status() == 402 && answer.required().isPresent()) {
                    answer.read();
                    Deal deal;
                    try {
                        deal = deal(node, asked, terms(node, answer.required().get()));
                    } catch (Refusal e) {
                        unpaid = unpaid.or(() -> Optional.of(e)); // nothing was signed: the next one may ask for less
                        continue;
                    }
                    return paid(deal, asked.isStream);
                }
                if (answer.status() != 429 && answer.status() != 503) {
                    return new Reply.Whole(answer.status(), answer.contentType(), answer.read());
                }
                busy = answer;
            } catch (IOException e) {
                continue; // nothing was paid: the next one may be there
            }
        }
        if (busy == null) {
            throw unpaid.orElseGet(Proxy::unreachable);
        }
        return new Reply.Whole(busy.status(), busy.contentType(), busy.read());
    }

    private static Refusal unreachable() {
        return new Refusal(502, "node_unreachable", "No node answers; start one with: assay up");
    }

    @SuppressWarnings("ArrayRecordComponent") // a body, never compared
    private record Asked(byte[] body, String nonce, boolean isStream) {}

    /** The request with a fresh nonce in it, unless it has one. */
    private Asked asked(byte[] request) throws Refusal {
        try {
            Field json = Field.root(JsonText.parse(request, DEPTH_MAX, BODY_MAX_BYTES));
            Optional<Field> stream = json.find("stream");
            boolean isStream = stream.isPresent() && stream.get().bool();
            Optional<Field> ours = json.find("assay");
            Optional<Field> nonce = ours.isPresent() ? ours.get().find("nonce") : Optional.empty();
            if (nonce.isPresent()) {
                return new Asked(request, nonce.get().string(64), isStream);
            }
            byte[] fresh = new byte[16];
            random.nextBytes(fresh);
            String made = HexFormat.of().formatHex(fresh);
            Json.Members assay = Json.object();
            if (ours.isPresent()) {
                ours.get().object().members().forEach(assay::put);
            }
            Json.Members body = Json.object();
            json.object().members().forEach((name, value) -> {
                if (!name.equals("assay")) {
                    body.put(name, value);
                }
            });
            body.put("assay", assay.put("nonce", made).build());
            return new Asked(JsonText.writeBytes(body.build()), made, isStream);
        } catch (MalformedException e) {
            throw new Refusal(400, "invalid_json", "The body is not a request that can be read: " + e.getMessage());
        }
    }

    /** The terms that this proxy pays a node by: {@code exact}, in the money of an Assay ledger. */
    private Requirements terms(URI node, String header) throws Refusal {
        boolean isPayeeAnother = false;
        try {
            byte[] json = Base64.getDecoder().decode(header);
            for (Field accept : Field.root(JsonText.parse(json, DEPTH_MAX, TERMS_MAX_BYTES))
                    .at("accepts")
                    .items(64)) {
                Requirements terms = Requirements.parse(accept, 2);
                boolean isOurs = terms.scheme().equals("exact")
                        && terms.asset().equalsIgnoreCase(Stock.TOKEN.toString())
                        && isAssay(terms.network());
                if (isOurs && isPayee(node, terms)) {
                    return terms;
                }
                isPayeeAnother |= isOurs;
            }
        } catch (MalformedException | IllegalArgumentException e) {
            throw new Refusal(502, "not_understood", "The node's terms are not understood: " + e.getMessage());
        }
        throw isPayeeAnother
                ? new Refusal(
                        502,
                        "another_payee",
                        "A node asks to pay another account than its operator's, or on another ledger.")
                : new Refusal(502, "no_terms", "The node offers no terms in an Assay ledger's money.");
    }

    private boolean isPayee(URI node, Requirements terms) {
        Set<LedgerTerms> known = payees.get(node);
        return known == null
                || known.stream()
                        .anyMatch(k -> terms.network().equals(k.network())
                                && terms.payTo().equalsIgnoreCase(k.payee().toString()));
    }

    private static boolean isAssay(String network) {
        if (!network.matches("eip155:[1-9][0-9]{0,15}")) {
            return false;
        }
        long chain = Long.parseLong(network.substring("eip155:".length()));
        return chain >= Genesis.CHAIN_ID_FIRST && chain <= Genesis.CHAIN_ID_LAST;
    }

    /** Reserves the money, on the disk, and signs for it. */
    private Deal deal(URI node, Asked asked, Requirements terms) throws Refusal, IOException {
        Optional<Amount> most = PaymentCheck.amount(terms.amount());
        if (most.isEmpty()) {
            throw new Refusal(502, "no_terms", "The node asks for " + terms.amount() + " micro-units.");
        }
        try {
            String reservation = spending.reserve(most.get());
            LedgerTerms ours = new LedgerTerms(
                    Long.parseLong(terms.network().substring("eip155:".length())), Address.parse(terms.payTo()));
            Hash nonce = RequestNonce.of(Digests.body(asked.body));
            long validBefore = clock.instant().getEpochSecond() + VALID_SECONDS;
            Json.Obj payload = new Eip3009(
                            LedgerTerms.TOKEN_NAME,
                            LedgerTerms.TOKEN_VERSION,
                            java.math.BigInteger.valueOf(ours.chainId()),
                            Stock.TOKEN)
                    .pay(key, ours.payee(), terms.amount(), validBefore, nonce);
            Json.Obj payment = Json.object()
                    .put("x402Version", 2)
                    .put("payload", payload)
                    .put("accepted", terms.json())
                    .build();
            String header = Base64.getEncoder().encodeToString(JsonText.writeBytes(payment));
            return new Deal(
                    node,
                    asked.body,
                    asked.nonce,
                    header,
                    PaymentId.of(Payment.ofHeader(header)),
                    key.address().toString(),
                    terms.payTo(),
                    most.get(),
                    reservation);
        } catch (Spending.LimitException e) {
            throw new Refusal(402, "insufficient_quota", String.valueOf(e.getMessage()));
        } catch (MalformedException e) {
            throw new Refusal(502, "not_understood", "The node's terms are not understood: " + e.getMessage());
        }
    }

    /** Sends the payment; the same one again if the connection breaks. What became of it is unknown otherwise. */
    private Reply paid(Deal deal, boolean isStream) throws Refusal, IOException, InterruptedException {
        for (int i = 1; ; i++) {
            try {
                Upstream.Answer answer = upstream.chat(deal.node(), deal.body(), Optional.of(deal.header()));
                if (answer.status() != 200) {
                    return notServed(answer);
                }
                return isStream ? new Reply.Events(new PaidStream(this, deal, answer.body())) : whole(deal, answer);
            } catch (IOException e) {
                if (i == TRIES) {
                    throw new Refusal(
                            502, "node_unreachable", "The node went away after it was paid: " + e.getMessage());
                }
            }
        }
    }

    /** A node that took a payment may still use it: the reservation stays in the day's sum. */
    private static Reply notServed(Upstream.Answer answer) throws IOException, Refusal {
        byte[] body = answer.read();
        if (answer.status() != 402) {
            return new Reply.Whole(answer.status(), answer.contentType(), body);
        }
        String why = answer.required().map(Proxy::error).orElse("no reason given");
        throw new Refusal(402, "insufficient_quota", "The node does not take the payment: " + why);
    }

    private static String error(String header) {
        try {
            byte[] json = Base64.getDecoder().decode(header);
            return Field.root(JsonText.parse(json, DEPTH_MAX, TERMS_MAX_BYTES))
                    .at("error")
                    .string(256);
        } catch (MalformedException | IllegalArgumentException e) {
            return "no reason that can be read";
        }
    }

    private Reply whole(Deal deal, Upstream.Answer answer) throws IOException, InterruptedException, Refusal {
        try {
            Field json = Field.root(JsonText.parse(answer.read(), DEPTH_MAX, ANSWER_MAX_BYTES));
            Heard heard = new Heard();
            heard.take(json);
            Verdict verdict = check(deal, heard).verdict();
            if (verdict instanceof Verdict.Invalid || verdict instanceof Verdict.Malformed) {
                throw failed(verdict);
            }
            return new Reply.Whole(
                    200, "application/json", JsonText.writeBytes(Heard.with(json.object(), word(verdict))));
        } catch (MalformedException e) {
            throw new Refusal(502, "not_understood", "The node's answer is not understood: " + e.getMessage());
        }
    }

    /** The refusal of an answer whose receipt does not hold. */
    static Refusal failed(Verdict verdict) {
        return new Refusal(502, "receipt_invalid", "The answer's receipt does not hold: " + reason(verdict));
    }

    private static String reason(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Invalid(String reason) -> reason;
            case Verdict.Malformed(long offset, String reason) -> reason;
            case Verdict.Undecided(String need) -> need;
            case Verdict.Valid valid -> valid.claim();
        };
    }

    /** One word for the client. */
    static String word(Verdict verdict) {
        return verdict instanceof Verdict.Valid ? "valid" : "undecided";
    }

    /**
     * What came of a receipt's check.
     *
     * @param proof what was checked; empty if it was not had
     */
    record Checked(Verdict verdict, Optional<Proof> proof) {
        static Checked without(Verdict verdict) {
            return new Checked(verdict, Optional.empty());
        }
    }

    /** Fetches the receipt with its place in the log, checks it, and books what it says. */
    Checked check(Deal deal, Heard heard) throws IOException, InterruptedException {
        if (heard.receipt().isEmpty()) {
            return Checked.without(new Verdict.Invalid("the answer names no receipt"));
        }
        try {
            String id = heard.receipt().get();
            if (!id.matches("[A-Za-z0-9_-]{1,128}")) {
                return Checked.without(new Verdict.Invalid("the receipt's id is none"));
            }
            byte[] file = logged(deal.node(), id);
            Receipt receipt = Statement.parse(ReceiptFile.parse(file).envelope().payload());
            Transcript transcript = ReceiptCheck.transcript(
                    upstream.get(deal.node(), "/assay/receipts/" + id + "/transcript", Optional.of(deal.header()))
                            .read());
            Verdict verdict = ReceiptCheck.check(file, receipt, transcript, deal, heard.texts());
            if (verdict instanceof Verdict.Valid || verdict instanceof Verdict.Undecided) {
                spending.settle(
                        deal.reservation(), Amount.ofMicro(receipt.payment().amount()));
            }
            return new Checked(verdict, Optional.of(new Proof(file, transcript)));
        } catch (MalformedException e) {
            return Checked.without(new Verdict.Malformed(e.offset(), String.valueOf(e.getMessage())));
        }
    }

    private byte[] logged(URI node, String id) throws IOException, InterruptedException, MalformedException {
        long deadline = System.nanoTime() + LOGGED_NANOS;
        byte[] file = receipt(node, id);
        while (ReceiptFile.parse(file).proofs().isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
            file = receipt(node, id);
        }
        return file;
    }

    private byte[] receipt(URI node, String id) throws IOException, InterruptedException {
        Upstream.Answer answer = upstream.get(node, "/v1/receipts/" + id, Optional.empty());
        byte[] file = answer.read();
        if (answer.status() != 200) {
            throw new IOException("the node has no receipt " + id + ": "
                    + new String(file, 0, Math.min(200, file.length), StandardCharsets.UTF_8));
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        upstream.close();
        spending.close();
    }
}
