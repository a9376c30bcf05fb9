package assay.ledger.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Channel;
import assay.ledger.state.State;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction.Authorization;
import assay.ledger.tx.Transaction.DepositAuthorization;
import assay.ledger.tx.Transaction.Permit;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Checks payments in this ledger's money, in the order of the x402 packages' facilitators: terms, signature,
 * payee, time, amount, then what the state knows. Pure; every payment that parses gets an answer.
 *
 * @param state of the ledger
 * @param nowSeconds since 1970
 */
public record PaymentCheck(State state, long nowSeconds) {
    /** An authorisation must be valid for this long still, so that it can be settled. */
    private static final long MARGIN_SECONDS = 6;

    /** Whether the terms that a client accepted are those that are asked; of an amount that may differ. */
    public static Optional<Refusal> terms(Requirements asked, Payment payment) {
        boolean isUpto = asked.scheme().equals("upto");
        boolean isBatch = asked.scheme().equals("batch-settlement");
        if (!payment.scheme().equals(asked.scheme())) {
            return Optional.of(Refusal.UNSUPPORTED_SCHEME);
        }
        if (!payment.network().equals(asked.network())) {
            return Optional.of(isBatch ? Refusal.CHANNEL_NETWORK : isUpto ? Refusal.PERMIT_NETWORK : Refusal.NETWORK);
        }
        if (payment.accepted().isEmpty()) {
            return Optional.empty();
        }
        Requirements accepted = payment.accepted().get();
        if (!accepted.asset().equalsIgnoreCase(asked.asset())) {
            return Optional.of(Refusal.REQUIREMENTS);
        }
        if (!accepted.payTo().equalsIgnoreCase(asked.payTo())) {
            return Optional.of(
                    isBatch ? Refusal.CHANNEL_RECEIVER : isUpto ? Refusal.PERMIT_RECIPIENT : Refusal.RECIPIENT);
        }
        if (!accepted.amount().equals(asked.amount())) {
            return Optional.of(isBatch ? Refusal.VOUCHER_AMOUNT : isUpto ? Refusal.PERMIT_AMOUNT : Refusal.VALUE);
        }
        return Optional.empty();
    }

    /** What is wrong with an authorisation of exactly the amount asked. */
    public Optional<Refusal> exact(Requirements asked, Payload.Exact e) {
        Optional<Refusal> words = exactWords(asked, e);
        if (words.isPresent()) {
            return words;
        }
        if (isSpent(e.from(), e.nonce())) {
            return Optional.of(Refusal.NONCE_USED);
        }
        return isCovered(e.from(), e.value()) ? Optional.empty() : Optional.of(Refusal.BALANCE);
    }

    /** The same without what the state knows: whether it was used, and whether it is covered. */
    public Optional<Refusal> exactWords(Requirements asked, Payload.Exact e) {
        if (!asked.asset().equalsIgnoreCase(Stock.TOKEN.toString())) {
            return Optional.of(Refusal.REQUIREMENTS);
        }
        Optional<Authorization> a = authorization(e);
        if (a.isEmpty()
                || !isSigned(Stock.authorization(chainId(), a.get()), a.get().signature(), e.from())) {
            return Optional.of(Refusal.SIGNATURE);
        }
        if (!e.to().toString().equalsIgnoreCase(asked.payTo())) {
            return Optional.of(Refusal.RECIPIENT);
        }
        if (isOver(e.validBefore())) {
            return Optional.of(Refusal.EXPIRED);
        }
        if (isAhead(e.validAfter())) {
            return Optional.of(Refusal.EARLY);
        }
        if (!e.value().equals(asked.amount())) {
            return Optional.of(Refusal.VALUE);
        }
        return Optional.empty();
    }

    /** What is wrong with a permit of up to the amount asked. */
    public Optional<Refusal> upto(Requirements asked, Address facilitator, Payload.Upto u) {
        Optional<Refusal> words = uptoWords(asked, facilitator, u);
        if (words.isPresent()) {
            return words;
        }
        if (isSpent(u.from(), Ids.permission(u.nonce()))) {
            return Optional.of(Refusal.PERMIT_NONCE_USED);
        }
        return isCovered(u.from(), u.amount()) ? Optional.empty() : Optional.of(Refusal.PERMIT_BALANCE);
    }

    /** The same without what the state knows: whether it was used, and whether it is covered. */
    public Optional<Refusal> uptoWords(Requirements asked, Address facilitator, Payload.Upto u) {
        if (!u.spender().equals(Stock.UPTO_PROXY)) {
            return Optional.of(Refusal.PERMIT_SPENDER);
        }
        if (!u.to().toString().equalsIgnoreCase(asked.payTo())) {
            return Optional.of(Refusal.PERMIT_RECIPIENT);
        }
        if (!u.facilitator().equals(facilitator)) {
            return Optional.of(Refusal.PERMIT_FACILITATOR);
        }
        if (isOver(u.deadline())) {
            return Optional.of(Refusal.PERMIT_EXPIRED);
        }
        if (isAhead(u.validAfter())) {
            return Optional.of(Refusal.PERMIT_EARLY);
        }
        if (!u.amount().equals(asked.amount())) {
            return Optional.of(Refusal.PERMIT_AMOUNT);
        }
        if (!u.token().equals(Stock.TOKEN) || !asked.asset().equalsIgnoreCase(Stock.TOKEN.toString())) {
            return Optional.of(Refusal.PERMIT_TOKEN);
        }
        Optional<Permit> p = permit(u);
        if (p.isEmpty()
                || !isSigned(
                        Stock.permit(chainId(), facilitator, p.get()), p.get().signature(), u.from())) {
            return Optional.of(Refusal.PERMIT_SIGNATURE);
        }
        return Optional.empty();
    }

    /**
     * What is wrong with a voucher that should promise what was charged so far and the amount asked.
     *
     * @param charged all that was charged on the channel so far
     */
    public Optional<Refusal> batch(Requirements asked, Amount charged, Payload.Batch b) {
        if (!Stock.channel(chainId(), b.config()).equals(b.channel())) {
            return Optional.of(b.token().equals(Stock.TOKEN) ? Refusal.CHANNEL_ID : Refusal.CHANNEL_TOKEN);
        }
        if (!b.token().equals(Stock.TOKEN)) {
            return Optional.of(Refusal.CHANNEL_TOKEN);
        }
        if (!b.config().receiver().toString().equalsIgnoreCase(asked.payTo())) {
            return Optional.of(Refusal.CHANNEL_RECEIVER);
        }
        if (!b.config().receiverAuthorizer().toString().equalsIgnoreCase(asked.payTo())) {
            return Optional.of(Refusal.CHANNEL_AUTHORIZER);
        }
        if (b.config().withdrawDelay() != LedgerTerms.WITHDRAW_DELAY_SECONDS) {
            return Optional.of(Refusal.CHANNEL_DELAY);
        }
        if (!b.most().equals(BigInteger.valueOf(charged.micro()).add(asked.amount()))) {
            return Optional.of(Refusal.VOUCHER_AMOUNT);
        }
        Optional<Amount> most = amount(b.most());
        if (most.isEmpty()
                || !isSigned(
                        Stock.voucher(chainId(), b.channel(), most.get()), signature(b.signature()), authorizer(b))) {
            return Optional.of(Refusal.VOUCHER_SIGNATURE);
        }
        if (b.deposit().isPresent()) {
            Optional<Refusal> wrong = deposit(b, b.deposit().get());
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        Optional<Channel> open = state.channel(b.channel());
        if (open.isEmpty() && b.deposit().isEmpty()) {
            return Optional.of(Refusal.CHANNEL_UNKNOWN);
        }
        if (open.isPresent() && open.get().closesAt() != 0) {
            return Optional.of(Refusal.CHANNEL_CLOSING);
        }
        BigInteger has = BigInteger.valueOf(open.map(c -> c.deposit().micro()).orElse(0L))
                .add(b.deposit().map(Payload.Deposit::value).orElse(BigInteger.ZERO));
        return has.compareTo(b.most()) < 0 ? Optional.of(Refusal.VOUCHER_ABOVE_BALANCE) : Optional.empty();
    }

    private Optional<Refusal> deposit(Payload.Batch b, Payload.Deposit d) {
        Address payer = b.config().payer();
        Optional<DepositAuthorization> a = deposit(d);
        if (a.isEmpty()
                || !isSigned(
                        Stock.deposit(chainId(), payer, b.channel(), a.get()),
                        a.get().signature(),
                        payer)) {
            return Optional.of(Refusal.DEPOSIT_SIGNATURE);
        }
        if (isOver(d.validBefore())) {
            return Optional.of(Refusal.DEPOSIT_EXPIRED);
        }
        if (isAhead(d.validAfter())) {
            return Optional.of(Refusal.DEPOSIT_EARLY);
        }
        if (isSpent(payer, Stock.depositNonce(b.channel(), d.salt()))) {
            return Optional.of(Refusal.NONCE_USED);
        }
        return isCovered(payer, d.value()) ? Optional.empty() : Optional.of(Refusal.DEPOSIT_BALANCE);
    }

    /** Who signs the vouchers of a channel. */
    private static Address authorizer(Payload.Batch b) {
        Address named = b.config().payerAuthorizer();
        return named.equals(Address.NONE) ? b.config().payer() : named;
    }

    /** The authorisation as the ledger takes it; empty if its numbers or signature are none that it can hold. */
    public static Optional<Authorization> authorization(Payload.Exact e) {
        Optional<Amount> value = amount(e.value());
        if (value.isEmpty() || !isLong(e.validAfter()) || !isLong(e.validBefore()) || e.signature().length != 65) {
            return Optional.empty();
        }
        return Optional.of(new Authorization(
                e.from(),
                e.to(),
                value.get(),
                e.validAfter().longValueExact(),
                e.validBefore().longValueExact(),
                e.nonce(),
                signature(e.signature())));
    }

    /** The permit as the ledger takes it; empty if its numbers or signature are none that it can hold. */
    public static Optional<Permit> permit(Payload.Upto u) {
        Optional<Amount> most = amount(u.amount());
        if (most.isEmpty() || !isLong(u.validAfter()) || !isLong(u.deadline()) || u.signature().length != 65) {
            return Optional.empty();
        }
        return Optional.of(new Permit(
                u.from(),
                u.to(),
                most.get(),
                u.validAfter().longValueExact(),
                u.deadline().longValueExact(),
                u.nonce(),
                signature(u.signature())));
    }

    /** The deposit as the ledger takes it; empty if its numbers or signature are none that it can hold. */
    public static Optional<DepositAuthorization> deposit(Payload.Deposit d) {
        Optional<Amount> value = amount(d.value());
        if (value.isEmpty() || !isLong(d.validAfter()) || !isLong(d.validBefore()) || d.signature().length != 65) {
            return Optional.empty();
        }
        return Optional.of(new DepositAuthorization(
                value.get(),
                d.validAfter().longValueExact(),
                d.validBefore().longValueExact(),
                d.salt(),
                signature(d.signature())));
    }

    /** This ledger's amount; empty if it is larger than all money. */
    public static Optional<Amount> amount(BigInteger value) {
        return isLong(value) && value.longValueExact() <= Amount.MAX_MICRO
                ? Optional.of(Amount.ofMicro(value.longValueExact()))
                : Optional.empty();
    }

    /** A signature of 65 bytes; any other length becomes one that is nobody's. */
    public static Signature signature(byte[] bytes) {
        return Signature.ofBytes(bytes.length == Signature.SIZE_BYTES ? bytes : new byte[Signature.SIZE_BYTES]);
    }

    private static boolean isLong(BigInteger value) {
        return value.bitLength() < 64;
    }

    private boolean isOver(BigInteger validBefore) {
        return validBefore.compareTo(BigInteger.valueOf(nowSeconds + MARGIN_SECONDS)) < 0;
    }

    private boolean isAhead(BigInteger validAfter) {
        return validAfter.compareTo(BigInteger.valueOf(nowSeconds)) > 0;
    }

    private boolean isSpent(Address payer, Hash nonce) {
        return state.isSpent(payer, nonce);
    }

    private boolean isCovered(Address payer, BigInteger value) {
        return BigInteger.valueOf(state.balance(payer).micro()).compareTo(value) >= 0;
    }

    private static boolean isSigned(Hash digest, Signature signature, Address by) {
        return Secp256k1.recover(digest, signature).equals(new Recovery.Signer(by));
    }

    private long chainId() {
        return state.genesis().chainId();
    }
}
