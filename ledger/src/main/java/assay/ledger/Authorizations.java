package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Spent;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.Authorization;
import assay.ledger.tx.Transaction.CancelAuthorization;
import assay.ledger.tx.Transaction.Permit;
import assay.ledger.tx.Transaction.SettleAuthorization;
import assay.ledger.tx.Transaction.SettlePermit;
import java.util.Optional;

/**
 * Rules of payments that their owner signed and another brings (EIP-3009, Permit2). Each counts once; the
 * ledger remembers it until it would be worthless anyway.
 */
final class Authorizations {
    /** The longest time for which one is remembered, seconds: about a year. */
    static final long AHEAD_SECONDS_MAX = 1L << 25;

    private Authorizations() {}

    static Outcome settle(Draft d, SettleAuthorization t, Optional<Recovery> signer) {
        Authorization a = t.authorization();
        Optional<Reason> fault = unpayable(d, a.payer(), a.to(), a.value())
                .or(() -> fault(d, a, signer))
                .or(() -> toAnOperator(d, a.to()));
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        spend(d, a.payer(), a.authorization(), a.validBefore());
        move(d, a.payer(), a.to(), a.value());
        return d.applied();
    }

    static Outcome settlePermit(Draft d, SettlePermit t, Optional<Recovery> signer) {
        Permit p = t.permit();
        Optional<Reason> fault = unpayable(d, p.payer(), p.to(), t.amount());
        if (fault.isEmpty() && p.most().isBelow(t.amount())) {
            fault = Optional.of(Reason.PERMIT_EXCEEDED);
        }
        fault = fault.or(() -> fault(d, p, signer)).or(() -> toAnOperator(d, p.to()));
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        spend(d, p);
        move(d, p.payer(), p.to(), t.amount());
        return d.applied();
    }

    static Outcome cancel(Draft d, Address from, CancelAuthorization t) {
        Optional<Reason> fault = untimely(d, t.validBefore()).or(() -> used(d, from, t.authorization()));
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        spend(d, from, t.authorization(), t.validBefore());
        return d.applied();
    }

    /** Why this authorisation cannot be used now by whoever brings it. */
    static Optional<Reason> fault(Draft d, Authorization a, Optional<Recovery> signer) {
        return fault(d, a.payer(), a.authorization(), a.validAfter(), a.validBefore(), signer);
    }

    /** Why EIP-3009's rules for this payer, nonce and time refuse it. */
    static Optional<Reason> fault(
            Draft d, Address payer, Hash nonce, long validAfter, long validBefore, Optional<Recovery> signer) {
        if (seconds(d) <= validAfter) {
            return Optional.of(Reason.AUTHORIZATION_EARLY);
        }
        return untimely(d, validBefore).or(() -> used(d, payer, nonce)).or(() -> unsigned(payer, signer));
    }

    /** Why this permit cannot be used now by the facilitator that it names. */
    static Optional<Reason> fault(Draft d, Permit p, Optional<Recovery> signer) {
        if (seconds(d) < p.validAfter()) {
            return Optional.of(Reason.AUTHORIZATION_EARLY);
        }
        return untimely(d, end(p))
                .or(() -> used(d, p.payer(), Ids.permission(p.permission())))
                .or(() -> unsigned(p.payer(), signer));
    }

    /** From now on it counts no more. */
    static void spend(Draft d, Address payer, Hash nonce, long validBefore) {
        d.spent = d.spent.put(Key.spent(payer, nonce), new Spent(validBefore));
        Due forget = new Due(Due.Kind.FORGET_AUTHORIZATION, nonce, payer);
        d.timers = d.timers.put(Key.due(validBefore, forget), forget);
        d.tell(new Event.AuthorizationSpent(payer, nonce));
    }

    /** From now on it counts no more. */
    static void spend(Draft d, Permit p) {
        spend(d, p.payer(), Ids.permission(p.permission()), end(p));
    }

    /**
     * It is no longer valid, and need not be remembered. What is remembered under the same name for longer stays: a payer
     * may sign any nonce, also the one by which the ledger knows that a channel closed.
     */
    static void forget(Draft d, Address payer, Hash nonce) {
        byte[] key = Key.spent(payer, nonce);
        if (d.spent.get(key).filter(s -> s.until() <= seconds(d)).isPresent()) {
            d.spent = d.spent.remove(key);
        }
    }

    /** The block's time as contracts see it: seconds since 1970. */
    static long seconds(Draft d) {
        return d.block.timeMillis() / 1000;
    }

    /** A permit's deadline is the last second at which it is valid. */
    private static long end(Permit p) {
        return p.deadline() == Long.MAX_VALUE ? p.deadline() : p.deadline() + 1;
    }

    private static Optional<Reason> unpayable(Draft d, Address payer, Address to, Amount amount) {
        if (amount.isZero()) {
            return Optional.of(Reason.AMOUNT_IS_ZERO);
        }
        if (payer.equals(to)) {
            return Optional.of(Reason.TRANSFER_TO_SELF);
        }
        return d.canPay(payer, amount) ? Optional.empty() : Optional.of(Reason.BALANCE_TOO_SMALL);
    }

    private static Optional<Reason> untimely(Draft d, long validBefore) {
        if (seconds(d) >= validBefore) {
            return Optional.of(Reason.AUTHORIZATION_EXPIRED);
        }
        boolean tooLong = validBefore - seconds(d) > AHEAD_SECONDS_MAX;
        return tooLong ? Optional.of(Reason.AUTHORIZATION_TOO_LONG) : Optional.empty();
    }

    /** A nonce whose authorisation is forgotten is not new while its escrow is open. */
    private static Optional<Reason> used(Draft d, Address payer, Hash nonce) {
        boolean used =
                d.spent.has(Key.spent(payer, nonce)) || d.channels.has(Key.of(Ids.escrow(d.chainId(), payer, nonce)));
        return used ? Optional.of(Reason.AUTHORIZATION_USED) : Optional.empty();
    }

    private static Optional<Reason> unsigned(Address payer, Optional<Recovery> signer) {
        if (signer.isPresent() && !(signer.get() instanceof Recovery.Signer)) {
            return Optional.of(Reason.AUTHORIZATION_SIGNATURE_INVALID);
        }
        boolean other = signer.isPresent() && !signer.get().equals(new Recovery.Signer(payer));
        return other ? Optional.of(Reason.AUTHORIZATION_NOT_BY_PAYER) : Optional.empty();
    }

    /** What an operator is paid is split, and given back if it cheated: it never gets it in the hand. */
    private static Optional<Reason> toAnOperator(Draft d, Address to) {
        return d.operator(to).isPresent() ? Optional.of(Reason.AUTHORIZATION_NEEDS_ESCROW) : Optional.empty();
    }

    private static void move(Draft d, Address payer, Address to, Amount amount) {
        d.debit(payer, amount);
        d.credit(to, amount);
        d.tell(new Event.Transferred(payer, to, amount));
    }
}
