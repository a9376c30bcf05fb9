package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.state.Proposal;
import assay.ledger.state.Setting;
import assay.ledger.state.SettingValue;
import assay.ledger.state.Validator;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.Approve;
import assay.ledger.tx.Transaction.BondValidator;
import assay.ledger.tx.Transaction.ProposeSetting;
import assay.ledger.tx.Transaction.ProposeValidator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rules of change: validators with more than two thirds of the power change a number by at most a factor of two,
 * or the set of validators, after a delay in which everybody can leave. The delay for stake to leave, the rounds
 * and the depth of a dispute cannot be changed.
 */
final class Governance {
    private Governance() {}

    static Outcome proposeSetting(Draft d, Address from, long nonce, ProposeSetting t) {
        if (!d.validators.has(Key.of(from))) {
            return refused(Reason.NOT_A_VALIDATOR);
        }
        Optional<Setting> setting = Setting.ofWire(t.setting());
        if (setting.isEmpty() || !isWithinBounds(d.params(), setting.get(), t.number())) {
            return refused(Reason.SETTING_OUT_OF_BOUNDS);
        }

        open(d, from, nonce, t.setting(), t.number(), Address.NONE, Ids.NONE, Ids.NONE);
        return d.applied();
    }

    static Outcome proposeValidator(Draft d, Address from, long nonce, ProposeValidator t) {
        if (!d.validators.has(Key.of(from))) {
            return refused(Reason.NOT_A_VALIDATOR);
        }
        if (t.power() > Validator.POWER_MAX || t.account().equals(Address.NONE)) {
            return refused(Reason.SETTING_OUT_OF_BOUNDS);
        }

        open(d, from, nonce, 0, t.power(), t.account(), t.consensusKey(), t.beaconTip());
        return d.applied();
    }

    static Outcome approve(Draft d, Address from, Approve t) {
        if (!d.validators.has(Key.of(from))) {
            return refused(Reason.NOT_A_VALIDATOR);
        }
        Optional<Proposal> proposal = d.proposals.get(Key.of(t.proposal()));
        // One whose time is over may still be there, while the beacon stands still and nothing ends.
        if (proposal.filter(p -> p.endsAt() >= d.block.height()).isEmpty()) {
            return refused(Reason.PROPOSAL_UNKNOWN);
        }
        Proposal p = proposal.get();
        if (p.accepted() || p.approvals().contains(from)) {
            return refused(Reason.PROPOSAL_APPROVED);
        }

        d.unschedule(p.endsAt(), due(t.proposal()));
        back(d, t.proposal(), p, from);
        return d.applied();
    }

    static Outcome bond(Draft d, Address from, BondValidator t) {
        if (t.amount().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        if (!d.canPay(from, t.amount())) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        Optional<Validator> validator = d.validators.get(Key.of(from));
        if (validator.isEmpty()) {
            return refused(Reason.NOT_A_VALIDATOR);
        }

        d.debit(from, t.amount());
        d.validators = d.validators.put(Key.of(from), validator.get().bonded(t.amount()));
        d.tell(new Event.ValidatorBonded(from, t.amount()));
        return d.applied();
    }

    /** A proposal's time is over: it happens if it was accepted. */
    static void end(Draft d, Hash id) {
        Proposal p = d.proposals.get(Key.of(id)).orElseThrow(() -> new AssertionError("no proposal " + id));
        d.proposals = d.proposals.remove(Key.of(id));
        if (p.accepted() && p.setting() != 0) {
            change(d, Setting.ofWire(p.setting()).orElseThrow(), p.number());
        } else if (p.accepted()) {
            change(d, p);
        }
    }

    /** At most twice or half of what it is now, and the numbers still fit together; from 0 only to 1. */
    static boolean isWithinBounds(Params now, Setting setting, long number) {
        long before = setting.of(now);
        if (number > Math.max(1, 2 * before) || number < before / 2) {
            return false;
        }
        try {
            setting.in(now, number);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void open(
            Draft d, Address from, long nonce, int setting, long number, Address account, Hash key, Hash tip) {
        Hash id = Ids.proposal(from, nonce);
        back(d, id, new Proposal(setting, number, account, key, tip, List.of(), 0, false), from);
    }

    private static void back(Draft d, Hash id, Proposal p, Address by) {
        List<Address> approvals = new ArrayList<>(p.approvals());
        approvals.add(by);
        boolean accepted = isAccepted(d, approvals);
        long delay = d.params().governance().delay();
        boolean restart = accepted || p.endsAt() == 0;
        long endsAt = restart ? d.block.height() + delay : p.endsAt();
        d.proposals = d.proposals.put(
                Key.of(id),
                new Proposal(
                        p.setting(),
                        p.number(),
                        p.account(),
                        p.consensusKey(),
                        p.beaconTip(),
                        approvals,
                        endsAt,
                        accepted));
        d.schedule(endsAt, due(id));
        d.tell(new Event.ProposalBacked(id, by, accepted));
    }

    /** More than two thirds of the power that counts now. */
    static boolean isAccepted(Draft d, List<Address> approvals) {
        long[] sums = {0, 0};
        d.validators.forEach(Key.ANY, (key, v) -> {
            sums[0] += v.power();
            sums[1] += approvals.contains(Address.ofBytes(key)) ? v.power() : 0;
        });
        return 3 * sums[1] > 2 * sums[0];
    }

    /** Other changes may have come before it: what no longer fits does not happen. */
    private static void change(Draft d, Setting setting, long number) {
        if (isWithinBounds(d.params(), setting, number)) {
            d.settings = d.settings.put(Key.of(setting), new SettingValue(number));
            d.tell(new Event.SettingChanged(setting, number));
        }
    }

    /** The last validator cannot leave, and a key that another has cannot come. */
    private static void change(Draft d, Proposal p) {
        byte[] key = Key.of(p.account());
        Optional<Validator> before = d.validators.get(key);
        if (p.number() > 0 && isTaken(d, p)) {
            return;
        }
        if (p.number() > 0) {
            Amount bond = before.map(Validator::bond).orElse(Amount.ZERO);
            d.validators = d.validators.put(
                    key, new Validator(p.consensusKey(), p.number(), p.beaconTip(), Ids.NONE, bond, 0));
        } else if (before.isPresent() && d.validators.count() > 1) {
            d.validators = d.validators.remove(key);
            d.credit(p.account(), before.get().bond());
        } else {
            return;
        }
        d.tell(new Event.ValidatorChanged(p.account(), p.consensusKey(), p.number()));
    }

    /** One key of the consensus engine belongs to one validator. */
    private static boolean isTaken(Draft d, Proposal p) {
        boolean[] taken = {false};
        d.validators.forEach(Key.ANY, (key, v) -> {
            boolean other = !Address.ofBytes(key).equals(p.account());
            taken[0] |= other && v.consensusKey().equals(p.consensusKey());
        });
        return taken[0];
    }

    private static Due due(Hash id) {
        return new Due(Due.Kind.PROPOSAL, id, Address.NONE);
    }
}
