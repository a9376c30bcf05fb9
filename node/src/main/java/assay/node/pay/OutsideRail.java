package assay.node.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.pay.Eip3009;
import assay.ledger.pay.Payload;
import assay.ledger.pay.Payment;
import assay.ledger.pay.Refusal;
import assay.ledger.pay.Requirements;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Money on another network, moved by its facilitator.
 *
 * <p>{@code exact} is settled when the request is on the disk and before any work is done, and what the answer did not cost is sent back by an
 * authorisation of this node's own that the same facilitator settles. {@code upto} is verified before, and
 * settled for what the answer cost after it.
 */
final class OutsideRail implements Rail {
    private static final long TIMEOUT_SECONDS = 600;
    private static final String RESOURCE = "urn:assay:answer";

    private final OutsideTerms terms;
    private final Facilitator facilitator;
    private final PrivateKey payee;
    private final InstantSource clock;
    private volatile Optional<String> uptoSigner = Optional.empty();

    /** @param payee the key of the account that is paid */
    OutsideRail(OutsideTerms terms, PrivateKey payee, InstantSource clock) {
        this.terms = terms;
        this.facilitator = new Facilitator(terms.facilitator());
        this.payee = payee;
        this.clock = clock;
    }

    @Override
    public List<Requirements> offers(Amount amount) {
        List<Requirements> offers = new ArrayList<>();
        offers.add(exact(payee.address(), amount));
        uptoSigner().ifPresent(signer -> offers.add(upto(amount, signer)));
        return offers;
    }

    /** Asked once it answers; a facilitator that is away offers {@code exact} alone for now. */
    private Optional<String> uptoSigner() {
        if (uptoSigner.isEmpty()) {
            try {
                uptoSigner = facilitator.uptoSigner(terms.network());
            } catch (IOException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
        return uptoSigner;
    }

    private Requirements exact(Address payTo, Amount amount) {
        return terms("exact", payTo, amount, token().build());
    }

    private Requirements upto(Amount amount, String signer) {
        return terms(
                "upto",
                payee.address(),
                amount,
                token().put("assetTransferMethod", "permit2")
                        .put("facilitatorAddress", signer)
                        .build());
    }

    private Json.Members token() {
        return Json.object().put("name", terms.name()).put("version", terms.version());
    }

    private Requirements terms(String scheme, Address payTo, Amount amount, Json.Obj extra) {
        return new Requirements(
                scheme,
                terms.network(),
                BigInteger.valueOf(amount.micro()),
                terms.asset().toString(),
                payTo.toString(),
                TIMEOUT_SECONDS,
                extra);
    }

    @Override
    public Optional<String> nameV1() {
        return terms.nameV1();
    }

    @Override
    public void check(Bid bid) throws RefusedException, IOException, InterruptedException {
        if (bid.payment().payload() instanceof Payload.Batch) {
            throw new RefusedException(Refusal.UNSUPPORTED_SCHEME, "");
        }
        yes(facilitator.verify(bid.payment().json(), bid.payment().version(), bid.asked(), RESOURCE));
    }

    @Override
    public Cover secure(Bid bid) {
        return new Cover.Outside(
                terms.network(),
                bid.asked().scheme(),
                payer(bid.payment()).toString(),
                Amount.ofMicro(bid.asked().amount().longValueExact()),
                bid.authorisation(),
                bid.binding(),
                "",
                JsonText.write(bid.payment().json()));
    }

    /** Takes the money of an {@code exact} payment; that of {@code upto} waits for the answer. */
    Cover.Outside collect(Bid bid, Cover.Outside named) throws RefusedException, IOException, InterruptedException {
        if (!named.scheme().equals("exact")) {
            return named;
        }
        return named.taken(
                yes(facilitator.settle(bid.payment().json(), bid.payment().version(), bid.asked(), RESOURCE)));
    }

    static Address payer(Payment payment) {
        return switch (payment.payload()) {
            case Payload.Exact e -> e.from();
            case Payload.Upto u -> u.from();
            case Payload.Batch b -> b.config().payer();
        };
    }

    /**
     * Ends a payment: takes what the answer cost, or sends back what it did not; returns the transaction, or
     * nothing where none was needed.
     */
    String close(Cover.Outside cover, Amount charged) throws IOException, InterruptedException, RefusedException {
        if (cover.scheme().equals("upto")) {
            return charged.isZero() ? "" : yes(take(cover, charged));
        }
        if (cover.transaction().isEmpty() && !isTaken(cover)) {
            return "";
        }
        Amount rest = cover.most().minus(charged);
        return rest.isZero() ? "" : yes(sendBack(cover, rest));
    }

    /**
     * Whether a payment was taken, of which the journal does not say so: asks for it again, since the facilitator may
     * still be at work on it, and so no money can come in after this. One that was used is taken to have been used
     * here.
     *
     * @throws IOException if the facilitator is away
     * @throws RefusedException if nobody knows any more, since the payment's time is over: asking again tells no more
     */
    private boolean isTaken(Cover.Outside cover) throws IOException, InterruptedException, RefusedException {
        Payment payment = payment(cover);
        Requirements asked = exact(payee.address(), cover.most());
        if (payment.version() == 1) {
            asked = asked.on(terms.nameV1().orElse(terms.network()));
        }
        return switch (facilitator.settle(payment.json(), payment.version(), asked, RESOURCE)) {
            case Facilitator.Said.Yes yes -> true;
            case Facilitator.Said.No(String reason, String message)
            when reason.equals(Refusal.EXPIRED.code()) ->
                throw new RefusedException(
                        reason, "it expired before it was known whether it was taken; " + message, Optional.empty());
            case Facilitator.Said.No(String reason, String message) -> reason.equals(Refusal.NONCE_USED.code());
        };
    }

    private static Payment payment(Cover.Outside cover) {
        try {
            return Payment.parse(Field.root(
                    JsonText.parse(cover.payment().getBytes(StandardCharsets.UTF_8), 12, Cover.PAYMENT_MAX_BYTES)));
        } catch (MalformedException e) {
            throw new AssertionError("a payment that was read once is read again", e);
        }
    }

    private Facilitator.Said take(Cover.Outside cover, Amount charged) throws IOException, InterruptedException {
        Payment payment = payment(cover);
        String signer =
                uptoSigner().orElseThrow(() -> new IOException("the facilitator does not say who settles permits"));
        return facilitator.settle(payment.json(), payment.version(), upto(charged, signer), RESOURCE);
    }

    private Facilitator.Said sendBack(Cover.Outside cover, Amount rest) throws IOException, InterruptedException {
        try {
            Address payer = Address.parse(cover.payer());
            Requirements refund = exact(payer, rest);
            // The same refund has the same nonce: it is paid once, however often it is sent.
            Hash nonce = Hash.tagged("assay/refund/1", cover.authorisation().bytes());
            long validBefore = clock.instant().getEpochSecond() + TIMEOUT_SECONDS;
            Json.Obj payload = new Eip3009(terms.name(), terms.version(), terms.chainId(), terms.asset())
                    .pay(payee, payer, refund.amount(), validBefore, nonce);
            Json.Obj payment = Json.object()
                    .put("x402Version", 2)
                    .put("payload", payload)
                    .put("accepted", refund.json())
                    .build();
            return facilitator.settle(payment, 2, refund, RESOURCE);
        } catch (MalformedException e) {
            throw new AssertionError("a payer's address that was read once is read again", e);
        }
    }

    private static String yes(Facilitator.Said said) throws RefusedException {
        return switch (said) {
            case Facilitator.Said.Yes(String transaction) -> transaction;
            case Facilitator.Said.No(String reason, String message) ->
                throw new RefusedException(reason, message, Optional.empty());
        };
    }

    @Override
    public void giveBack(Cover cover) {
        throw new AssertionError("money of another network is given back by close");
    }

    @Override
    public Json.Obj response(Cover cover, Optional<Amount> charged) {
        Cover.Outside o = (Cover.Outside) cover;
        Json.Members json = Json.object()
                .put("success", true)
                .put("payer", o.payer())
                .put("transaction", o.transaction())
                .put("network", o.network());
        charged.ifPresent(amount -> json.put("amount", Long.toString(amount.micro())));
        return json.build();
    }

    void close() {
        facilitator.close();
    }
}
