package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.state.Channel;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Model;
import assay.ledger.state.Offer;
import assay.ledger.state.Receipt;
import assay.ledger.state.Spent;
import assay.ledger.state.Split;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.Claim;
import assay.ledger.tx.Transaction.CloseChannel;
import assay.ledger.tx.Transaction.OpenChannel;
import assay.ledger.tx.Transaction.Redeem;
import assay.ledger.tx.Transaction.TopUp;
import java.util.Optional;

/** Rules of payment channels. */
final class Channels {
    /** The most receipts that one redemption pays; another one goes on. */
    static final int PAYMENTS_MAX = 1024;

    private Channels() {}

    static Outcome open(Draft d, Address from, long nonce, OpenChannel t) {
        if (t.deposit().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        if (!d.canPay(from, t.deposit())) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        if (d.operator(t.operator()).isEmpty()) {
            return refused(Reason.OPERATOR_UNKNOWN);
        }
        if (from.equals(t.operator())) {
            return refused(Reason.CHANNEL_WITH_SELF);
        }

        Hash id = Ids.channel(d.chainId(), from, t.operator(), nonce);
        d.debit(from, t.deposit());
        d.put(id, Channel.of(Channel.Form.VOUCHERS, from, from, t.operator(), t.deposit()));
        d.tell(new Event.ChannelOpened(id, from, t.operator(), t.deposit()));
        return d.applied();
    }

    static Outcome topUp(Draft d, Address from, TopUp t) {
        if (t.amount().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        if (!d.canPay(from, t.amount())) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        Optional<Channel> channel = d.channel(t.channel());
        if (channel.isEmpty()) {
            return refused(Reason.CHANNEL_UNKNOWN);
        }
        if (!from.equals(channel.get().payer())) {
            return refused(Reason.NOT_THE_PAYER);
        }
        if (channel.get().closesAt() != 0) {
            return refused(Reason.CHANNEL_CLOSING);
        }

        d.debit(from, t.amount());
        d.put(t.channel(), channel.get().toppedUp(t.amount()));
        d.tell(new Event.ChannelToppedUp(t.channel(), t.amount()));
        return d.applied();
    }

    static Outcome redeem(Draft d, Address from, Redeem t, Optional<Recovery> signer) {
        return redeem(d, from, t, signer, Channel.Form.VOUCHERS);
    }

    static Outcome claim(Draft d, Address from, Claim t, Optional<Recovery> signer) {
        Redeem same = new Redeem(t.channel(), t.cumulative(), t.voucher());
        return redeem(d, from, same, signer, Channel.Form.CLAIMS);
    }

    private static Outcome redeem(Draft d, Address from, Redeem t, Optional<Recovery> signer, Channel.Form form) {
        Optional<Channel> channel = d.channel(t.channel());
        if (channel.isEmpty()) {
            return refused(Reason.CHANNEL_UNKNOWN);
        }
        if (!from.equals(channel.get().operator())) {
            return refused(Reason.NOT_THE_PAYEE);
        }
        if (signer.isPresent() && !(signer.get() instanceof Recovery.Signer)) {
            return refused(Reason.VOUCHER_SIGNATURE_INVALID);
        }
        if (signer.isPresent()
                && !signer.get().equals(new Recovery.Signer(channel.get().authorizer()))) {
            return refused(Reason.VOUCHER_NOT_BY_PAYER);
        }
        if (!channel.get().redeemed().isBelow(t.cumulative())) {
            return refused(Reason.VOUCHER_REDEEMED);
        }
        Optional<Reason> stopped = obstacle(d, t.channel(), t.cumulative(), channel.get());
        if (stopped.isPresent()) {
            return refused(stopped.get());
        }
        if (channel.get().form() != form) {
            return refused(Reason.CHANNEL_OTHER_FORM);
        }

        for (int paid = 0; paid < PAYMENTS_MAX; paid++) {
            Channel now = d.channel(t.channel()).orElseThrow();
            if (obstacle(d, t.channel(), t.cumulative(), now).isPresent()) {
                break;
            }
            payNext(d, t.channel(), now);
        }
        return d.applied();
    }

    /** Closes at once for the operator, who gives up what was not redeemed; for the payer after the delay. */
    static Outcome close(Draft d, Address from, CloseChannel t) {
        Optional<Channel> channel = d.channel(t.channel());
        if (channel.isEmpty()) {
            return refused(Reason.CHANNEL_UNKNOWN);
        }
        Channel c = channel.get();
        if (from.equals(c.operator())) {
            end(d, t.channel());
            return d.applied();
        }
        if (!from.equals(c.payer())) {
            return refused(Reason.NOT_THE_PAYER);
        }
        if (c.closesAt() != 0) {
            return refused(Reason.CHANNEL_CLOSING);
        }

        long closesAt = d.block.height() + d.params().windows().close();
        d.put(t.channel(), c.closing(closesAt));
        d.schedule(closesAt, due(t.channel()));
        d.tell(new Event.ChannelClosing(t.channel(), closesAt));
        return d.applied();
    }

    /**
     * Closes a channel: what was not redeemed goes back to the payer. Of many unpaid receipts some are struck now and the
     * others in the next blocks, so that what was posted one by one is not all looked at in one transaction.
     */
    static void end(Draft d, Hash id) {
        Channel c = d.channel(id).orElseThrow(() -> new AssertionError("no channel " + id));
        for (int struck = 0; struck < PAYMENTS_MAX; struck++) {
            Optional<byte[]> next = d.unpaid.firstKey(Key.of(id));
            if (next.isEmpty()) {
                close(d, id, c);
                return;
            }
            Hash receipt = d.unpaid.get(next.get()).orElseThrow().receipt();
            d.unpaid = d.unpaid.remove(next.get());
            c = c.redeemed(d.knownReceipt(c.operator(), receipt).amount());
            d.tell(new Event.ReceiptUnpaid(c.operator(), receipt));
        }
        goOn(d, id, c);
    }

    /** What was struck so far is given back, and the channel ends in the next block. */
    private static void goOn(Draft d, Hash id, Channel c) {
        Amount struck = c.redeemed().minus(d.channel(id).orElseThrow().redeemed());
        if (c.closesAt() != 0) {
            d.unschedule(c.closesAt(), due(id));
        }
        long next = d.block.height() + 1;
        d.put(id, c.closing(next));
        d.schedule(next, due(id));
        d.credit(c.payer(), struck);
    }

    private static void close(Draft d, Hash id, Channel c) {
        if (c.closesAt() != 0) {
            d.unschedule(c.closesAt(), due(id));
        }
        Amount left = c.deposit().minus(d.channel(id).orElseThrow().redeemed());
        d.channels = d.channels.remove(Key.of(id));
        if (c.form() == Channel.Form.CLAIMS) {
            // Its id is made of words that can be said again, and old vouchers are good for the id.
            d.spent = d.spent.put(Key.spent(c.payer(), Ids.closed(id)), new Spent(Long.MAX_VALUE));
        }
        d.credit(c.payer(), left);
        d.tell(new Event.ChannelClosed(id, c.payer(), left));
    }

    /** Why the next receipt of the channel cannot be paid now by a promise of this much; empty if it can. */
    static Optional<Reason> obstacle(Draft d, Hash id, Amount cumulative, Channel c) {
        Optional<Receipt> next = d.unpaid
                .firstKey(Key.of(id))
                .map(key -> d.unpaid.get(key).orElseThrow().receipt())
                .map(receipt -> d.knownReceipt(c.operator(), receipt));
        if (next.isEmpty()) {
            return Optional.of(Reason.VOUCHER_ABOVE_POSTED);
        }
        Amount amount = next.get().amount();
        if (cumulative.isBelow(c.redeemed().plus(amount))) {
            return Optional.of(Reason.VOUCHER_BELOW_RECEIPT);
        }
        return Optional.empty();
    }

    /**
     * A receipt is not to be paid after all: if it waits for its payment, what was set aside for it goes back to
     * the payer at once, and the promise that covered it is used up.
     */
    static void strike(Draft d, Address operator, Hash receipt) {
        Receipt r = d.knownReceipt(operator, receipt);
        byte[] key = Key.unpaid(r.channel(), r.index());
        Optional<Channel> channel = d.channel(r.channel());
        if (channel.isEmpty()
                || d.unpaid.get(key).filter(u -> u.receipt().equals(receipt)).isEmpty()) {
            return;
        }
        d.unpaid = d.unpaid.remove(key);
        d.put(r.channel(), channel.get().redeemed(r.amount()));
        d.credit(r.payer(), r.amount());
        d.tell(new Event.ReceiptUnpaid(operator, receipt));
    }

    static void payNext(Draft d, Hash id, Channel c) {
        byte[] key = d.unpaid.firstKey(Key.of(id)).orElseThrow();
        Hash receipt = d.unpaid.get(key).orElseThrow().receipt();
        Receipt r = d.knownReceipt(c.operator(), receipt);
        Model model = d.models.get(Key.of(r.model())).orElseThrow();
        byte[] offerKey = Key.of(c.operator(), r.model());
        Offer offer = d.offers.get(offerKey).orElseThrow();

        Split split = offer.earned()
                .next(r.amount(), model.words().royaltyPpm(), d.params().shares());
        d.unpaid = d.unpaid.remove(key);
        d.put(id, c.redeemed(r.amount()));
        d.offers = d.offers.put(offerKey, offer.earned(split));
        d.credit(c.operator(), split.node());
        d.credit(model.publisher(), split.royalty());
        d.totals = d.totals.plusShares(split.audit(), split.hosts(), split.reserve());
        d.put(c.operator(), receipt, r.afterPayment());
        d.tell(new Event.ReceiptPaid(c.operator(), receipt, id, r.amount(), split));
    }

    static Due due(Hash channel) {
        return new Due(Due.Kind.CLOSE_CHANNEL, channel, Address.NONE);
    }
}
