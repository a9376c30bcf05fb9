package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.KeyHolder;
import assay.ledger.state.Link;
import assay.ledger.state.Operator;
import assay.ledger.state.Stake;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.AcceptLink;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.DeclareLink;
import assay.ledger.tx.Transaction.RegisterOperator;
import assay.ledger.tx.Transaction.RotateKey;
import assay.ledger.tx.Transaction.SetEndpoint;
import assay.ledger.tx.Transaction.Unbond;
import assay.ledger.tx.Transaction.UnbondAuditor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules of operators, their receipt keys and all stakes. */
final class Operators {
    private Operators() {}

    static Outcome register(Draft d, Address from, RegisterOperator t, boolean proven) {
        if (d.operator(from).isPresent()) {
            return refused(Reason.OPERATOR_EXISTS);
        }
        if (d.nodeKeys.has(Key.of(t.nodeKey()))) {
            return refused(Reason.NODE_KEY_TAKEN);
        }
        if (!proven) {
            return refused(Reason.NODE_KEY_UNPROVEN);
        }

        long height = d.block.height();
        d.put(from, new Operator(t.nodeKey(), t.endpoint(), height, Stake.NONE, Amount.ZERO, 0, height, 0));
        d.nodeKeys = d.nodeKeys.put(Key.of(t.nodeKey()), new KeyHolder(from, height, 0));
        d.tell(new Event.OperatorRegistered(from, t.nodeKey()));
        return d.applied();
    }

    static Outcome rotateKey(Draft d, Address from, RotateKey t, boolean proven) {
        Optional<Operator> operator = d.operator(from);
        if (operator.isEmpty()) {
            return refused(Reason.NOT_AN_OPERATOR);
        }
        if (d.nodeKeys.has(Key.of(t.nodeKey()))) {
            return refused(Reason.NODE_KEY_TAKEN);
        }
        if (!proven) {
            return refused(Reason.NODE_KEY_UNPROVEN);
        }

        long height = d.block.height();
        byte[] old = Key.of(operator.get().nodeKey());
        KeyHolder used = d.nodeKeys.get(old).orElseThrow();
        d.nodeKeys = d.nodeKeys
                .put(old, new KeyHolder(from, used.since(), height))
                .put(Key.of(t.nodeKey()), new KeyHolder(from, height, 0));
        d.put(from, operator.get().withKey(t.nodeKey()));
        d.tell(new Event.KeyRotated(from, t.nodeKey()));
        return d.applied();
    }

    static Outcome setEndpoint(Draft d, Address from, SetEndpoint t) {
        Optional<Operator> operator = d.operator(from);
        if (operator.isEmpty()) {
            return refused(Reason.NOT_AN_OPERATOR);
        }

        d.put(from, operator.get().at(t.endpoint()));
        d.tell(new Event.EndpointSet(from, t.endpoint()));
        return d.applied();
    }

    static Outcome bond(Draft d, Address from, Bond t) {
        if (t.amount().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        if (!d.canPay(from, t.amount())) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        Optional<Operator> operator = d.operator(from);
        if (operator.isEmpty()) {
            return refused(Reason.NOT_AN_OPERATOR);
        }

        d.debit(from, t.amount());
        d.put(from, operator.get().with(operator.get().stake().bond(t.amount())));
        d.tell(new Event.Bonded(from, t.amount()));
        return d.applied();
    }

    static Outcome unbond(Draft d, Address from, Unbond t) {
        if (t.amount().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        Optional<Operator> operator = d.operator(from);
        if (operator.isEmpty()) {
            return refused(Reason.NOT_AN_OPERATOR);
        }
        Stake stake = operator.get().stake();
        if (stake.bonded().isBelow(t.amount())) {
            return refused(Reason.BOND_TOO_SMALL);
        }
        if (stake.leaving().size() == Stake.LEAVING_MAX) {
            return refused(Reason.UNBONDINGS_FULL);
        }

        long releaseAt = d.block.height() + d.params().windows().unbond();
        d.put(from, operator.get().with(stake.unbond(t.amount(), releaseAt)));
        d.schedule(releaseAt, new Due(Due.Kind.RELEASE_BOND, Ids.NONE, from));
        d.tell(new Event.Unbonding(from, t.amount(), releaseAt));
        return d.applied();
    }

    static Outcome bondAuditor(Draft d, Address from, BondAuditor t) {
        if (t.amount().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        if (!d.canPay(from, t.amount())) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        byte[] key = Key.auditor(t.model(), from);
        AuditorBond bond = auditorBond(d, key);
        if (bond.stake().bonded().plus(t.amount()).isBelow(Contests.leastBond(d))) {
            return refused(Reason.BOND_TOO_SMALL); // every draw looks at all of a model's auditors
        }
        if (!d.models.has(Key.of(t.model()))) {
            return refused(Reason.MODEL_UNKNOWN);
        }

        d.debit(from, t.amount());
        d.auditors = d.auditors.put(key, bond.with(bond.stake().bond(t.amount())));
        d.tell(new Event.AuditorBonded(t.model(), from, t.amount()));
        return d.applied();
    }

    static Outcome unbondAuditor(Draft d, Address from, UnbondAuditor t) {
        if (t.amount().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        byte[] key = Key.auditor(t.model(), from);
        AuditorBond bond = auditorBond(d, key);
        Stake stake = bond.stake();
        if (stake.bonded().isBelow(t.amount())) {
            return refused(Reason.BOND_TOO_SMALL);
        }
        Amount left = stake.bonded().minus(t.amount());
        if (!left.isZero() && left.isBelow(Contests.leastBond(d))) {
            return refused(Reason.BOND_TOO_SMALL);
        }
        if (stake.leaving().size() == Stake.LEAVING_MAX) {
            return refused(Reason.UNBONDINGS_FULL);
        }

        long releaseAt = d.block.height() + d.params().windows().unbond();
        d.auditors = d.auditors.put(key, bond.with(stake.unbond(t.amount(), releaseAt)));
        d.schedule(releaseAt, new Due(Due.Kind.RELEASE_AUDITOR_BOND, t.model(), from));
        d.tell(new Event.AuditorUnbonding(t.model(), from, t.amount(), releaseAt));
        return d.applied();
    }

    static Outcome heartbeat(Draft d, Address from) {
        Optional<Operator> operator = d.operator(from);
        if (operator.isEmpty()) {
            return refused(Reason.NOT_AN_OPERATOR);
        }

        d.put(from, operator.get().heard(d.block.height()));
        d.tell(new Event.Heard(from));
        return d.applied();
    }

    static Outcome link(Draft d, Address from, DeclareLink t) {
        if (Rates.head(d.links, t.head()).equals(from)) {
            return refused(Reason.LINK_LOOP);
        }

        d.links = d.links.put(Key.of(from), new Link(t.head(), false));
        d.tell(new Event.LinkDeclared(from, t.head()));
        return d.applied();
    }

    /** One side's word alone would let a cheat call an honest auditor its own, and so never be audited by it. */
    static Outcome acceptLink(Draft d, Address from, AcceptLink t) {
        if (Rates.head(d.links, from).equals(t.account())) {
            return refused(Reason.LINK_LOOP);
        }
        Optional<Link> declared =
                d.links.get(Key.of(t.account())).filter(link -> link.head().equals(from) && !link.accepted());
        if (declared.isEmpty()) {
            return refused(Reason.LINK_UNKNOWN);
        }

        d.links = d.links.put(Key.of(t.account()), new Link(from, true));
        d.tell(new Event.Linked(t.account(), from));
        return d.applied();
    }

    /**
     * Frees the stake whose delay is over, except what still has to back receipts that are not final:
     * that waits for one more delay.
     */
    static void release(Draft d, Address address) {
        Operator operator = d.knownOperator(address);
        long height = d.block.height();
        Amount free = Amount.ZERO;
        List<Stake.Leaving> staying = new ArrayList<>();
        Amount left = operator.stake().total();
        long later = height + d.params().windows().unbond();
        for (Stake.Leaving part : operator.stake().leaving()) {
            if (part.releaseAt() > height) {
                staying.add(part);
            } else if (left.minus(part.amount()).micro() / 2
                    >= operator.pending().micro()) {
                left = left.minus(part.amount());
                free = free.plus(part.amount());
            } else {
                staying.add(new Stake.Leaving(part.amount(), later));
                d.schedule(later, new Due(Due.Kind.RELEASE_BOND, Ids.NONE, address));
            }
        }
        if (!staying.equals(operator.stake().leaving())) {
            d.put(address, operator.with(new Stake(operator.stake().bonded(), staying)));
        }
        if (!free.isZero()) {
            d.credit(address, free);
            d.tell(new Event.BondReleased(address, free));
        }
    }

    /** Frees an auditor's stake whose delay is over. */
    static void releaseAuditor(Draft d, Hash model, Address auditor) {
        byte[] key = Key.auditor(model, auditor);
        AuditorBond bond = auditorBond(d, key);
        Stake stake = bond.stake();
        if (bond.disputes()) { // what backs a dispute stays until it ends
            long later = d.block.height() + d.params().disputes().move();
            d.schedule(later, new Due(Due.Kind.RELEASE_AUDITOR_BOND, model, auditor));
            return;
        }
        Amount free = Amount.ZERO;
        List<Stake.Leaving> staying = new ArrayList<>();
        for (Stake.Leaving part : stake.leaving()) {
            if (part.releaseAt() > d.block.height()) {
                staying.add(part);
            } else {
                free = free.plus(part.amount());
            }
        }
        Stake next = new Stake(stake.bonded(), staying);
        d.auditors = next.total().isZero() ? d.auditors.remove(key) : d.auditors.put(key, bond.with(next));
        if (!free.isZero()) {
            d.credit(auditor, free);
            d.tell(new Event.AuditorBondReleased(model, auditor, free));
        }
    }

    private static AuditorBond auditorBond(Draft d, byte[] key) {
        return d.auditors.get(key).orElse(AuditorBond.NONE);
    }
}
