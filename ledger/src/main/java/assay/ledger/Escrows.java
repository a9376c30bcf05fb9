package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.state.Channel;
import assay.ledger.state.Key;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction.Authorization;
import assay.ledger.tx.Transaction.ChannelConfig;
import assay.ledger.tx.Transaction.Deposit;
import assay.ledger.tx.Transaction.DepositAuthorization;
import assay.ledger.tx.Transaction.OpenEscrow;
import assay.ledger.tx.Transaction.OpenPermitEscrow;
import assay.ledger.tx.Transaction.Permit;
import java.util.Optional;

/**
 * Rules of money that is put aside by an authorisation: for one receipt (escrow), or in a channel whose
 * words are x402's. An escrow is a channel that pays once and then closes.
 */
final class Escrows {
    private Escrows() {}

    static Outcome open(Draft d, Address from, OpenEscrow t, Optional<Recovery> signer) {
        Authorization a = t.authorization();
        Optional<Reason> fault =
                refusal(d, from, a.payer(), a.to(), a.value()).or(() -> Authorizations.fault(d, a, signer));
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        Authorizations.spend(d, a.payer(), a.authorization(), a.validBefore());
        putAside(d, a.payer(), a.to(), a.value(), a.authorization());
        return d.applied();
    }

    static Outcome openPermit(Draft d, Address from, OpenPermitEscrow t, Optional<Recovery> signer) {
        Permit p = t.permit();
        Optional<Reason> fault =
                refusal(d, from, p.payer(), p.to(), p.most()).or(() -> Authorizations.fault(d, p, signer));
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        Authorizations.spend(d, p);
        putAside(d, p.payer(), p.to(), p.most(), Ids.permission(p.permission()));
        return d.applied();
    }

    static Outcome deposit(Draft d, Address from, Deposit t, Optional<Recovery> signer) {
        ChannelConfig c = t.config();
        DepositAuthorization a = t.authorization();
        Optional<Reason> fault = refusal(d, from, c.payer(), c.receiver(), a.value());
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Hash id = Stock.channel(d.chainId(), c);
        Optional<Channel> channel = d.channel(id);
        if (channel.isPresent() && channel.get().closesAt() != 0) {
            return refused(Reason.CHANNEL_CLOSING);
        }
        if (channel.isEmpty() && d.spent.has(Key.spent(c.payer(), Ids.closed(id)))) {
            return refused(Reason.CHANNEL_CLOSING);
        }
        Hash nonce = Stock.depositNonce(id, a.salt());
        fault = Authorizations.fault(d, c.payer(), nonce, a.validAfter(), a.validBefore(), signer);
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        Authorizations.spend(d, c.payer(), nonce, a.validBefore());
        d.debit(c.payer(), a.value());
        if (channel.isPresent()) {
            d.put(id, channel.get().toppedUp(a.value()));
            d.tell(new Event.ChannelToppedUp(id, a.value()));
        } else {
            Address authorizer = c.payerAuthorizer().equals(Address.NONE) ? c.payer() : c.payerAuthorizer();
            d.put(id, Channel.of(Channel.Form.CLAIMS, c.payer(), authorizer, c.receiver(), a.value()));
            d.tell(new Event.ChannelOpened(id, c.payer(), c.receiver(), a.value()));
        }
        return d.applied();
    }

    /** A receipt of this escrow was posted: it is paid, and the rest goes back. */
    static void pay(Draft d, Hash id) {
        Channels.payNext(d, id, d.channel(id).orElseThrow());
        Channels.end(d, id);
    }

    private static Optional<Reason> refusal(Draft d, Address from, Address payer, Address operator, Amount amount) {
        if (amount.isZero()) {
            return Optional.of(Reason.AMOUNT_IS_ZERO);
        }
        if (!d.canPay(payer, amount)) {
            return Optional.of(Reason.BALANCE_TOO_SMALL);
        }
        if (d.operator(operator).isEmpty()) {
            return Optional.of(Reason.OPERATOR_UNKNOWN);
        }
        if (payer.equals(operator)) {
            return Optional.of(Reason.CHANNEL_WITH_SELF);
        }
        return from.equals(operator) ? Optional.empty() : Optional.of(Reason.NOT_THE_PAYEE);
    }

    private static void putAside(Draft d, Address payer, Address operator, Amount amount, Hash nonce) {
        Hash id = Ids.escrow(d.chainId(), payer, nonce);
        long closesAt = d.block.height() + d.params().windows().escrow();
        d.debit(payer, amount);
        d.put(
                id,
                Channel.of(Channel.Form.ESCROW, payer, payer, operator, amount).closing(closesAt));
        d.schedule(closesAt, Channels.due(id));
        d.tell(new Event.EscrowOpened(id, payer, operator, amount, closesAt));
    }
}
