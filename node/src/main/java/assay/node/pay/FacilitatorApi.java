package assay.node.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.crypto.Address;
import assay.ledger.pay.LedgerTerms;
import assay.ledger.pay.Payload;
import assay.ledger.pay.Payment;
import assay.ledger.pay.PaymentCheck;
import assay.ledger.pay.Refusal;
import assay.ledger.pay.Requirements;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Transaction;
import assay.node.http.ApiError;
import assay.node.http.Exchange;
import assay.node.http.Router;
import java.io.IOException;
import java.math.BigInteger;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The facilitator of this ledger's money, for any server that takes it: {@code /verify}, {@code /settle} and
 * {@code /supported} of x402, schemes {@code exact} (versions 1 and 2) and {@code upto}.
 *
 * <p>It pays accounts that are no operators: an operator is paid through an escrow or a channel alone, since
 * what it earns is split, and given back if it cheated.
 */
public final class FacilitatorApi {
    private static final int BODY_MAX_BYTES = 64 << 10;
    private static final int DEPTH_MAX = 16;
    private static final int REMEMBERED = 4096;

    private final LiveLedger ledger;
    private final Sender sender;
    private final LedgerTerms terms;
    private final InstantSource clock;
    /** Four settlements at once, and five a second after twenty: an escrow's window then lasts for an hour. */
    private final Turnstile turnstile = new Turnstile(4, 64, 20, 5, System::nanoTime);

    private final Map<Hash, CompletableFuture<Json.Obj>> settled = new LinkedHashMap<>();

    /** @param sender the account that settles, which permits have to name */
    public FacilitatorApi(LiveLedger ledger, Sender sender, InstantSource clock) {
        this.ledger = ledger;
        this.sender = sender;
        this.terms = new LedgerTerms(ledger.chainId(), sender.signer().address());
        this.clock = clock;
    }

    /** Adds the routes. */
    public void route(Router router) {
        router.on("POST", "/verify", this::verify)
                .on("POST", "/settle", this::settle)
                .on("GET", "/supported", this::supported);
    }

    private record Asked(Payment payment, Requirements terms) {
        String payer() {
            return OutsideRail.payer(payment).toString();
        }
    }

    private static Asked read(Exchange exchange) throws ApiError, IOException {
        try {
            Field body = Field.root(JsonText.parse(exchange.jsonBody(), DEPTH_MAX, BODY_MAX_BYTES));
            Payment payment = Payment.parse(body.at("paymentPayload"));
            return new Asked(payment, Requirements.parse(body.at("paymentRequirements"), payment.version()));
        } catch (MalformedException e) {
            throw ApiError.invalidValue("paymentPayload", "Not a payment: " + e.getMessage() + ".");
        }
    }

    private void verify(Exchange exchange) throws ApiError, IOException {
        Asked asked = read(exchange);
        Optional<Refusal> refusal = check(asked, asked.terms);
        Json.Members json = Json.object().put("isValid", refusal.isEmpty());
        refusal.ifPresent(why -> json.put("invalidReason", why.code()));
        exchange.sendJson(
                200, JsonText.writeBytes(json.put("payer", asked.payer()).build()));
    }

    private Optional<Refusal> check(Asked asked, Requirements exactly) {
        if (!exactly.network().equals(terms.network())) {
            return Optional.of(Refusal.NETWORK);
        }
        Optional<Refusal> wrong = PaymentCheck.terms(
                exactly.of(asked.payment.accepted().map(Requirements::amount).orElse(exactly.amount())), asked.payment);
        if (wrong.isPresent()) {
            return wrong;
        }
        PaymentCheck check = new PaymentCheck(ledger.state(), clock.instant().getEpochSecond());
        return switch (asked.payment.payload()) {
            case Payload.Exact e -> check.exact(exactly, e);
            case Payload.Upto u -> check.upto(exactly, terms.payee(), u);
            case Payload.Batch b -> Optional.of(Refusal.UNSUPPORTED_SCHEME);
        };
    }

    /** The same payment settles once: whoever brings it again gets the first answer. */
    private void settle(Exchange exchange) throws ApiError, IOException {
        Asked asked = read(exchange);
        Hash key = Hash.sha256(JsonText.writeBytes(
                Json.of(List.of(asked.payment.json().members().get("payload"), asked.terms.json()))));
        CompletableFuture<Json.Obj> mine = new CompletableFuture<>();
        CompletableFuture<Json.Obj> first;
        synchronized (settled) {
            first = settled.get(key);
        }
        if (first != null) {
            exchange.sendJson(200, JsonText.writeBytes(first.join()));
            return;
        }
        try {
            turnstile.enter();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("stopping", "The node is stopping.", 5);
        }
        Json.Obj answer;
        try {
            answer = settledOnce(asked, key, mine);
        } finally {
            turnstile.leave();
        }
        exchange.sendJson(200, JsonText.writeBytes(answer));
    }

    private Json.Obj settledOnce(Asked asked, Hash key, CompletableFuture<Json.Obj> mine) throws IOException {
        CompletableFuture<Json.Obj> first;
        synchronized (settled) {
            first = settled.putIfAbsent(key, mine);
            if (settled.size() > REMEMBERED) {
                settled.remove(settled.keySet().iterator().next());
            }
        }
        if (first != null) {
            return first.join();
        }
        Json.Obj answer = response(asked, Optional.of(Refusal.UNEXPECTED), "");
        try {
            answer = settled(asked);
        } finally {
            mine.complete(answer);
            if (answer.members().get("success") instanceof Json.Bool(boolean yes) && !yes) {
                synchronized (settled) {
                    settled.remove(key);
                }
            }
        }
        return answer;
    }

    private Json.Obj settled(Asked asked) throws IOException {
        Requirements exactly = asked.terms;
        if (asked.payment.payload() instanceof Payload.Upto u) {
            if (exactly.amount().compareTo(u.amount()) > 0) {
                return response(asked, Optional.of(Refusal.PERMIT_EXCEEDED), "");
            }
            exactly = exactly.of(u.amount());
        }
        Optional<Refusal> refusal = check(asked, exactly);
        if (refusal.isPresent()) {
            return response(asked, refusal, "");
        }
        if (asked.terms.amount().equals(BigInteger.ZERO)) {
            return response(asked, Optional.empty(), "");
        }
        Transaction transaction =
                switch (asked.payment.payload()) {
                    case Payload.Exact e ->
                        new Transaction.SettleAuthorization(
                                PaymentCheck.authorization(e).orElseThrow());
                    case Payload.Upto u ->
                        new Transaction.SettlePermit(PaymentCheck.permit(u).orElseThrow(), amount(asked.terms));
                    case Payload.Batch b -> throw new AssertionError("refused above");
                };
        try {
            if (sender.send(transaction).join() instanceof Outcome.Rejected(Reason reason)) {
                return response(asked, Optional.of(Refusal.SETTLEMENT), reason.toString());
            }
        } catch (CompletionException e) {
            throw new IOException("the ledger cannot write: " + e.getMessage(), e);
        }
        return response(asked, Optional.empty(), "");
    }

    private static Amount amount(Requirements terms) {
        return PaymentCheck.amount(terms.amount()).orElseThrow();
    }

    private static Json.Obj response(Asked asked, Optional<Refusal> refusal, String message) {
        Json.Members json = Json.object()
                .put("success", refusal.isEmpty())
                .put("payer", asked.payer())
                .put("network", asked.payment.network())
                .put(
                        "transaction",
                        refusal.isEmpty() ? "0x" + transaction(asked).hex() : "");
        refusal.ifPresent(why -> json.put("errorReason", why.code()));
        if (!message.isEmpty()) {
            json.put("errorMessage", message);
        }
        if (refusal.isEmpty()) {
            json.put("amount", asked.terms.amount().toString());
        }
        return json.build();
    }

    /** What the ledger remembers a payment by: the nonce that it spent, and whose. */
    private static Hash transaction(Asked asked) {
        return switch (asked.payment.payload()) {
            case Payload.Exact e -> named(e.from(), e.nonce());
            case Payload.Upto u -> named(u.from(), u.nonce());
            case Payload.Batch b -> b.channel();
        };
    }

    private static Hash named(Address payer, Hash nonce) {
        return Hash.tagged("assay/settled/1", payer.bytes(), nonce.bytes());
    }

    private void supported(Exchange exchange) throws IOException {
        Json.Members signers = Json.object()
                .put("eip155:*", Json.of(List.of(Json.of(terms.payee().toString()))));
        exchange.sendJson(
                200,
                JsonText.writeBytes(Json.object()
                        .put(
                                "kinds",
                                Json.of(List.of(
                                        kind(2, "exact", Json.object().build()),
                                        kind(1, "exact", Json.object().build()),
                                        kind(
                                                2,
                                                "upto",
                                                Json.object()
                                                        .put(
                                                                "facilitatorAddress",
                                                                terms.payee().toString())
                                                        .build()))))
                        .put("extensions", Json.of(List.of()))
                        .put("signers", signers.build())
                        .build()));
    }

    private Json.Obj kind(int version, String scheme, Json.Obj extra) {
        return Json.object()
                .put("x402Version", version)
                .put("scheme", scheme)
                .put("network", terms.network())
                .put("extra", extra)
                .build();
    }
}
