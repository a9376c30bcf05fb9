package assay.node.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.pay.LedgerTerms;
import assay.ledger.pay.Payload;
import assay.ledger.pay.PaymentCheck;
import assay.ledger.pay.Refusal;
import assay.ledger.pay.Requirements;
import assay.ledger.state.Channel;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Voucher;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * This ledger's own money. An authorisation or permit opens an escrow before any work is done; a channel's
 * deposit is made before its voucher counts.
 */
final class LedgerRail implements Rail {
    private final LiveLedger ledger;
    private final Sender operator;
    private final LedgerTerms terms;
    private final Charges charges;
    private final InstantSource clock;
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    LedgerRail(LiveLedger ledger, Sender operator, Charges charges, InstantSource clock) {
        this.ledger = ledger;
        this.operator = operator;
        this.terms = new LedgerTerms(ledger.chainId(), operator.signer().address());
        this.charges = charges;
        this.clock = clock;
    }

    /** An escrow that the book knows belongs to its request. */
    void restore(String escrow) {
        taken.add(escrow);
    }

    /** An escrow closed: the ledger knows that its authorisation is used. */
    void forget(Hash escrow) {
        taken.remove(escrow.hex());
    }

    @Override
    public List<Requirements> offers(Amount amount) {
        return terms.offers(amount);
    }

    @Override
    public Optional<String> nameV1() {
        return Optional.of(terms.network());
    }

    @Override
    public void check(Bid bid) throws RefusedException {
        PaymentCheck check = new PaymentCheck(ledger.state(), clock.instant().getEpochSecond());
        Optional<Refusal> refusal =
                switch (bid.payment().payload()) {
                    case Payload.Exact e ->
                        isOrphan(bid, e.from(), Ids.escrow(chainId(), e.from(), e.nonce()))
                                ? check.exactWords(bid.asked(), e)
                                : check.exact(bid.asked(), e);
                    case Payload.Upto u ->
                        isOrphan(bid, u.from(), Ids.escrow(chainId(), u.from(), Ids.permission(u.nonce())))
                                ? check.uptoWords(bid.asked(), terms.payee(), u)
                                : check.upto(bid.asked(), terms.payee(), u);
                    case Payload.Batch b -> Optional.empty(); // when the channel is this request's alone: voucher()
                };
        if (refusal.isPresent()) {
            throw refused(bid, refusal.get(), "");
        }
    }

    /** An escrow that was opened for this payment by a node that stopped before it wrote the request down. */
    private boolean isOrphan(Bid bid, assay.ledger.crypto.Address payer, Hash escrow) {
        return !taken.contains(escrow.hex())
                && ledger.state()
                        .channel(escrow)
                        .filter(c -> c.form() == Channel.Form.ESCROW
                                && c.payer().equals(payer)
                                && c.operator().equals(terms.payee())
                                && c.posted().isZero()
                                && PaymentCheck.amount(bid.asked().amount())
                                        .filter(c.deposit()::equals)
                                        .isPresent())
                        .isPresent();
    }

    @Override
    public Cover secure(Bid bid) throws RefusedException, IOException {
        return switch (bid.payment().payload()) {
            case Payload.Exact e ->
                escrow(
                        bid,
                        e.from().toString(),
                        Ids.escrow(chainId(), e.from(), e.nonce()),
                        new Transaction.OpenEscrow(PaymentCheck.authorization(e).orElseThrow()));
            case Payload.Upto u ->
                escrow(
                        bid,
                        u.from().toString(),
                        Ids.escrow(chainId(), u.from(), Ids.permission(u.nonce())),
                        new Transaction.OpenPermitEscrow(PaymentCheck.permit(u).orElseThrow()));
            case Payload.Batch b -> voucher(bid, b);
        };
    }

    private Cover escrow(Bid bid, String payer, Hash escrow, Transaction open) throws RefusedException, IOException {
        if (!taken.add(escrow.hex())) {
            throw refused(bid, Refusal.NONCE_USED, "");
        }
        try {
            if (ledger.state().channel(escrow).isEmpty()) {
                send(bid, open);
            }
        } catch (RefusedException | IOException e) {
            taken.remove(escrow.hex());
            throw e;
        }
        Amount most = PaymentCheck.amount(bid.asked().amount()).orElseThrow();
        return new Cover.Escrow(bid.asked().scheme(), escrow, payer, most, bid.authorisation(), bid.binding());
    }

    private Cover voucher(Bid bid, Payload.Batch b) throws RefusedException, IOException {
        if (!charges.begin(b.channel(), bid.authorisation())) {
            throw refused(bid, Refusal.CHANNEL_BUSY, "");
        }
        try {
            checkVoucher(bid, b);
            Amount deposited = Amount.ZERO;
            if (b.deposit().isPresent()) {
                deposited = PaymentCheck.amount(b.deposit().get().value()).orElseThrow();
                send(
                        bid,
                        new Transaction.Deposit(
                                b.config(),
                                PaymentCheck.deposit(b.deposit().get()).orElseThrow()));
            }
            Cover.Channel cover = new Cover.Channel(
                    new Voucher(b.channel(), PaymentCheck.amount(b.most()).orElseThrow()),
                    PaymentCheck.signature(b.signature()),
                    b.config().payer().toString(),
                    PaymentCheck.amount(bid.asked().amount()).orElseThrow(),
                    deposited);
            charges.hold(cover);
            return cover;
        } catch (RefusedException | IOException e) {
            charges.end(b.channel(), bid.authorisation());
            throw e;
        }
    }

    private void checkVoucher(Bid bid, Payload.Batch b) throws RefusedException {
        PaymentCheck check = new PaymentCheck(ledger.state(), clock.instant().getEpochSecond());
        Optional<Refusal> refusal = check.batch(bid.asked(), charges.told(b.channel()), b);
        if (refusal.isPresent()) {
            throw refused(bid, refusal.get(), "");
        }
    }

    private void send(Bid bid, Transaction open) throws RefusedException, IOException {
        try {
            if (operator.send(open).join() instanceof Outcome.Rejected(Reason reason)) {
                throw refused(bid, refusal(bid, reason), reason.toString());
            }
        } catch (CompletionException e) {
            throw new IOException("the ledger cannot write: " + e.getMessage(), e);
        }
    }

    /** What the ledger found between the check and the block, in the standard's words. */
    private static Refusal refusal(Bid bid, Reason reason) {
        boolean isUpto = bid.payment().payload() instanceof Payload.Upto;
        if (bid.payment().payload() instanceof Payload.Batch) {
            return reason == Reason.AUTHORIZATION_USED ? Refusal.NONCE_USED : Refusal.DEPOSIT_FAILED;
        }
        return switch (reason) {
            case AUTHORIZATION_USED -> isUpto ? Refusal.PERMIT_NONCE_USED : Refusal.NONCE_USED;
            case AUTHORIZATION_EXPIRED -> isUpto ? Refusal.PERMIT_EXPIRED : Refusal.EXPIRED;
            case AUTHORIZATION_EARLY -> isUpto ? Refusal.PERMIT_EARLY : Refusal.EARLY;
            case BALANCE_TOO_SMALL -> isUpto ? Refusal.PERMIT_BALANCE : Refusal.BALANCE;
            default -> Refusal.SETTLEMENT;
        };
    }

    /** A refusal; a voucher's sum that is wrong comes with what the node has, so that the client can go on. */
    private RefusedException refused(Bid bid, Refusal why, String detail) {
        Optional<Json.Obj> state = Optional.empty();
        if (why == Refusal.VOUCHER_AMOUNT && bid.payment().payload() instanceof Payload.Batch b) {
            Optional<Cover.Channel> highest = charges.voucher(b.channel());
            state = highest.map(v -> Json.object()
                    .put("channelState", channelState(b.channel()))
                    .put(
                            "voucherState",
                            Json.object()
                                    .put(
                                            "signedMaxClaimable",
                                            Long.toString(
                                                    v.voucher().cumulative().micro()))
                                    .put("signature", v.signature().toString())
                                    .build())
                    .build());
        }
        return new RefusedException(why.code(), detail, state);
    }

    private Json.Obj channelState(Hash channel) {
        Optional<Channel> open = ledger.state().channel(channel);
        return Json.object()
                .put("channelId", "0x" + channel.hex())
                .put("balance", micro(open.map(Channel::deposit).orElse(Amount.ZERO)))
                .put("totalClaimed", micro(open.map(Channel::redeemed).orElse(Amount.ZERO)))
                .put("withdrawRequestedAt", 0)
                .put("refundNonce", "0")
                .put("chargedCumulativeAmount", micro(charges.told(channel)))
                .build();
    }

    @Override
    public void giveBack(Cover cover) {
        switch (cover) {
            case Cover.Escrow e -> operator.send(new Transaction.CloseChannel(e.escrow()));
            case Cover.Channel c -> charges.end(c.voucher().channel(), c.authorisation());
            case Cover.Wallet w -> throw new AssertionError("the wallet's vouchers are not from here");
            case Cover.Outside o -> throw new AssertionError("another network's money is not from here");
        }
    }

    @Override
    public Json.Obj response(Cover cover, Optional<Amount> charged) {
        Json.Members json = Json.object().put("success", true).put("payer", cover.payer());
        json.put("network", terms.network());
        return switch (cover) {
            case Cover.Escrow e -> {
                json.put("transaction", "0x" + e.escrow().hex());
                charged.ifPresent(amount -> json.put("amount", micro(amount)));
                json.put(
                        "extra",
                        Json.object()
                                .put("escrow", "0x" + e.escrow().hex())
                                .put("escrowed", micro(e.most()))
                                .build());
                yield json.build();
            }
            case Cover.Channel c -> {
                Amount told = charged.orElse(c.most());
                Hash channel = c.voucher().channel();
                json.put("transaction", c.deposited().isZero() ? "" : "0x" + channel.hex());
                json.put("amount", c.deposited().isZero() ? "" : micro(c.deposited()));
                json.put(
                        "extra",
                        Json.object()
                                .put("chargedAmount", micro(told))
                                .put("channelState", channelState(channel))
                                .build());
                yield json.build();
            }
            case Cover.Wallet w -> throw new AssertionError("the wallet asks for no response");
            case Cover.Outside o -> throw new AssertionError("another network's money is not from here");
        };
    }

    private long chainId() {
        return ledger.chainId();
    }

    private static String micro(Amount amount) {
        return Long.toString(amount.micro());
    }
}
