package assay.node.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.receipt.Receipt.Payment.Binding;
import assay.ledger.Event;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.pay.Payload;
import assay.ledger.pay.Payment;
import assay.ledger.pay.PaymentCheck;
import assay.ledger.pay.PaymentId;
import assay.ledger.pay.Refusal;
import assay.ledger.pay.RequestNonce;
import assay.ledger.pay.Requirements;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.node.http.ApiError;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where strangers pay, by x402: states the terms, reads and checks payments, secures the money before any work
 * is done, and settles when the receipt is on the disk. Thread-safe.
 */
public final class Desk implements AutoCloseable {
    /** A payment on another network that is refused so is never taken, or was: it is not tried again. */
    private static final Set<String> OVER = Set.of(
            Refusal.NONCE_USED.code(),
            Refusal.EXPIRED.code(),
            Refusal.PERMIT_EXPIRED.code(),
            Refusal.PERMIT_NONCE_USED.code());

    private static final System.Logger LOG = System.getLogger(Desk.class.getName());

    private final List<Rail> rails;
    private final LedgerRail own;
    private final Charges charges;

    private Desk(LedgerRail own, Charges charges, Optional<OutsideRail> outside) {
        this.own = own;
        this.charges = charges;
        List<Rail> all = new ArrayList<>();
        all.add(own);
        outside.ifPresent(all::add);
        this.rails = List.copyOf(all);
    }

    /**
     * A desk for an operator on a ledger.
     *
     * @param key the operator's, which is paid everywhere
     * @param outside another network on which it is paid
     * @param known money that the book knows already, which covers nothing else
     */
    public static Desk open(
            LiveLedger ledger,
            Sender operator,
            PrivateKey key,
            Optional<OutsideTerms> outside,
            List<Cover> known,
            InstantSource clock) {
        Charges charges = new Charges();
        LedgerRail own = new LedgerRail(ledger, operator, charges, clock);
        known.forEach(cover -> own.restore(cover.account()));
        ledger.onBlock(block -> block.events().forEach(event -> {
            if (event instanceof Event.ChannelClosed closed) {
                own.forget(closed.channel());
                charges.forget(closed.channel());
            }
        }));
        return new Desk(own, charges, outside.map(terms -> new OutsideRail(terms, key, clock)));
    }

    /** The answer to a request that brings no payment: the terms. */
    public ApiError terms(Amount most, String resource) {
        return required(
                most,
                resource,
                "payment_required",
                "This costs up to " + most
                        + ". Send the API key that 'assay wallet key' prints on the node's machine, or "
                        + "pay: with an x402 client (the terms are in PAYMENT-REQUIRED), or through 'assay proxy', a "
                        + "local OpenAI endpoint that pays.");
    }

    /**
     * A payment in its request: what a retry brings again, and what a payment for another request is told by.
     *
     * @param header the payment, in base64
     * @param most what the request may cost
     * @param resource address of what is paid for
     * @param body digest of the request's body
     */
    public record Offer(String header, Amount most, String resource, Hash body) {}

    /** A payment that was read; {@link #authorisation} names it. */
    public static final class Reading {
        private final Offer offer;
        private final Bid bid;

        private Reading(Offer offer, Bid bid) {
            this.offer = offer;
            this.bid = bid;
        }

        /** Names the payment, its signature included: only who holds it can bring it again. */
        public Hash authorisation() {
            return bid.authorisation();
        }

        /**
         * The payer and its own name for this payment: another one under it is a retry, which costs nothing. A voucher
         * needs none, since a retry brings the same.
         */
        public Optional<Hash> alias() {
            return bid.alias();
        }

        /** The version of x402 that the payer speaks. */
        public int version() {
            return bid.payment().version();
        }

        /** A voucher may be signed twice in one sum, if the first time cost nothing. */
        public boolean isVoucher() {
            return bid.payment().payload() instanceof Payload.Batch;
        }
    }

    /** Reads a payment and finds the terms that it is for. */
    public Reading read(Offer offer) throws ApiError {
        try {
            Payment payment = Payment.ofHeader(offer.header);
            Bid best = null;
            for (Rail rail : rails) {
                for (Requirements asked : terms(rail, payment.version(), offer.most)) {
                    if (asked.scheme().equals(payment.scheme())
                            && (best == null || asked.network().equals(payment.network()))) {
                        best = new Bid(
                                rail,
                                asked,
                                payment,
                                PaymentId.of(payment),
                                alias(payment),
                                binding(payment, offer.body));
                    }
                }
            }
            if (best == null) {
                throw new RefusedException(Refusal.UNSUPPORTED_SCHEME, payment.scheme() + " is not offered here");
            }
            return new Reading(offer, best);
        } catch (MalformedException e) {
            throw required(
                    offer.most,
                    offer.resource,
                    Refusal.INVALID_PAYLOAD.code(),
                    "The payment cannot be read: " + e.getMessage() + ".");
        } catch (RefusedException e) {
            throw refused(offer, e);
        }
    }

    /** Says no to a payment that cannot be taken; changes nothing. */
    public void check(Reading reading) throws ApiError, InterruptedException {
        Optional<Refusal> wrong = PaymentCheck.terms(reading.bid.asked(), reading.bid.payment());
        try {
            if (wrong.isPresent()) {
                throw new RefusedException(wrong.get(), "");
            }
            reading.bid.rail().check(reading.bid);
        } catch (RefusedException e) {
            throw refused(reading.offer, e);
        } catch (IOException e) {
            throw away(e);
        }
    }

    /**
     * Puts the money where only this request's receipt can take it, durable when it returns; money of another
     * network is only named until {@link #collect}.
     */
    public Cover secure(Reading reading) throws ApiError, InterruptedException {
        try {
            return reading.bid.rail().secure(reading.bid);
        } catch (RefusedException e) {
            throw refused(reading.offer, e);
        } catch (IOException e) {
            throw away(e);
        }
    }

    /** Whether a header holds the payment that this digest names. */
    public static boolean isNamed(String header, Hash authorisation) {
        try {
            return PaymentId.of(Payment.ofHeader(header)).equals(authorisation);
        } catch (MalformedException e) {
            return false;
        }
    }

    /** The refusal of a payment that was used for another request. */
    public ApiError shared(Reading reading) {
        return refused(
                reading.offer, new RefusedException(Refusal.NONCE_USED, "this payment was used for another request"));
    }

    /** What became of money that is taken after the request is on the disk. */
    public sealed interface Collected {
        /** It was secured before. */
        record Before() implements Collected {}

        /** It was taken now. */
        record Now(Cover.Outside cover) implements Collected {}

        /** It cannot be taken, and was not. */
        record Refused(ApiError why) implements Collected {}

        /** Nobody knows whether it was taken; {@link #giveBack} finds out. */
        record Unknown(ApiError why) implements Collected {}
    }

    /**
     * Takes money of another network. The request and its payment are on the disk by then: a process that is killed
     * between the taking and the word of it finds the payment there, and sends the money back.
     */
    public Collected collect(Reading reading, Cover cover) throws InterruptedException {
        if (!(reading.bid.rail() instanceof OutsideRail rail) || !(cover instanceof Cover.Outside named)) {
            return new Collected.Before();
        }
        try {
            return new Collected.Now(rail.collect(reading.bid, named));
        } catch (RefusedException e) {
            return new Collected.Refused(refused(reading.offer, e));
        } catch (IOException e) {
            return new Collected.Unknown(away(e));
        }
    }

    /** Gives back what covered a request that came to nothing; false if that is to be tried again. */
    public boolean giveBack(Cover cover) {
        return switch (cover) {
            case Cover.Wallet w -> true;
            case Cover.Escrow e -> {
                own.giveBack(e);
                yield true;
            }
            case Cover.Channel c -> {
                own.giveBack(c);
                yield true;
            }
            case Cover.Outside o -> settle(o, Amount.ZERO);
        };
    }

    /**
     * Ends a payment on another network: takes what the answer cost or sends back what it did not. True if
     * that is done; false if it is to be tried again.
     */
    public boolean settle(Cover cover, Amount charged) {
        if (!(cover instanceof Cover.Outside o)) {
            return true;
        }
        for (Rail rail : rails) {
            if (rail instanceof OutsideRail outside) {
                try {
                    outside.close(o, charged);
                    return true;
                } catch (RefusedException e) {
                    LOG.log(
                            Level.WARNING,
                            () -> "payment " + o.authorisation().hex() + " of " + o.payer() + " is not settled: "
                                    + e.code() + " " + e.getMessage());
                    return OVER.contains(e.code());
                } catch (IOException e) {
                    return false;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return false;
    }

    /**
     * What the payer of a channel is about to be told that an answer costs.
     *
     * @param total all that it was told so far, this included
     */
    public record Told(Hash channel, Amount amount, Amount total) {}

    /**
     * Fixes what the payer of a channel is told that an answer costs, before {@link #admit}. Other money needs no
     * such word.
     */
    public Optional<Told> tell(Cover cover, Amount amount) {
        if (!(cover instanceof Cover.Channel c)) {
            return Optional.empty();
        }
        Hash channel = c.voucher().channel();
        return Optional.of(new Told(channel, amount, charges.tell(channel, amount)));
    }

    /** Lets the next request of a channel in. */
    public void admit(Cover cover) {
        if (cover instanceof Cover.Channel c) {
            charges.end(c.voucher().channel(), c.authorisation());
        }
    }

    /** Accounts of channels. */
    public Charges charges() {
        return charges;
    }

    /** Headers that tell the payer how it went; {@code charged} is what the answer cost, if that is known. */
    public Map<String, String> headers(Cover cover, int version, Optional<Amount> charged) {
        return switch (cover) {
            case Cover.Wallet w -> Map.of();
            case Cover.Escrow e -> X402.paid(version, own.response(e, charged));
            case Cover.Channel c -> X402.paid(version, own.response(c, charged));
            case Cover.Outside o ->
                rails.stream()
                        .filter(OutsideRail.class::isInstance)
                        .findFirst()
                        .map(rail -> X402.paid(version, rail.response(o, charged)))
                        .orElse(Map.of());
        };
    }

    private static List<Requirements> terms(Rail rail, int version, Amount most) {
        if (version == 2) {
            return rail.offers(most);
        }
        Optional<String> name = rail.nameV1();
        return name.isEmpty()
                ? List.of()
                : rail.offers(most).stream()
                        .filter(r -> r.scheme().equals("exact"))
                        .map(r -> r.on(name.get()))
                        .toList();
    }

    private ApiError required(Amount most, String resource, String code, String message) {
        return required(most, resource, code, message, Optional.empty());
    }

    private ApiError required(Amount most, String resource, String code, String message, Optional<Json.Obj> batch) {
        List<Requirements> v2 = new ArrayList<>();
        List<Requirements> v1 = new ArrayList<>();
        for (Rail rail : rails) {
            terms(rail, 2, most).stream()
                    .map(r -> r.scheme().equals("batch-settlement") && batch.isPresent() ? with(r, batch.get()) : r)
                    .forEach(v2::add);
            v1.addAll(terms(rail, 1, most));
        }
        // Packages of version 1 take no list that holds a network which they do not know.
        if (v1.stream().anyMatch(r -> !r.network().contains(":"))) {
            v1.removeIf(r -> r.network().contains(":"));
        }
        return X402.required(v2, v1, resource, code, message);
    }

    private static Requirements with(Requirements r, Json.Obj more) {
        Json.Members extra = Json.object();
        r.extra().members().forEach(extra::put);
        more.members().forEach(extra::put);
        return r.with(extra.build());
    }

    private ApiError refused(Offer offer, RefusedException e) {
        String said = String.valueOf(e.getMessage());
        String detail = said.isEmpty() ? "" : ": " + said;
        return required(
                offer.most, offer.resource, e.code(), "The payment is refused: " + e.code() + detail + ".", e.extra());
    }

    private static ApiError away(IOException e) {
        return ApiError.unavailable("payment_unavailable", "The payment cannot be made now: " + e.getMessage(), 10);
    }

    private static Optional<Hash> alias(Payment payment) throws MalformedException {
        if (payment.payload() instanceof Payload.Batch) {
            return Optional.empty();
        }
        byte[] payer = OutsideRail.payer(payment).bytes();
        return payment.identifier()
                .map(id -> Hash.tagged("assay/payment-identifier/1", payer, id.getBytes(StandardCharsets.UTF_8)));
    }

    private static Binding binding(Payment payment, Hash body) {
        Hash named = RequestNonce.of(body);
        boolean names =
                switch (payment.payload()) {
                    case Payload.Exact e -> e.nonce().equals(named);
                    case Payload.Upto u -> u.nonce().equals(named);
                    case Payload.Batch b -> false;
                };
        return names ? Binding.PAYER_SIGNED : Binding.NODE_ASSERTED;
    }

    @Override
    public void close() {
        for (Rail rail : rails) {
            if (rail instanceof OutsideRail outside) {
                outside.close();
            }
        }
    }
}
