package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Claim;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Model;
import assay.ledger.tx.Transaction.ChallengeModel;
import assay.ledger.tx.Transaction.JudgeModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rules of what a publisher claims: that this compiler makes these roots from this file. Compiling a file is too
 * much for the ledger; because the compiler is exact, each validator does it for itself, and more than two thirds
 * of their power settle it. Both sides have the same at risk. docs/protocol/hosting.md.
 */
public final class ModelClaims {
    private ModelClaims() {}

    /** How a challenge ended. */
    public enum End {
        /** The claim holds: half of the challenger's bond is burned, half is the publisher's. */
        UPHELD,
        /** It does not: half of the publisher's bond is burned, half is the challenger's. */
        REFUTED,
        /** Too few validators judged in time: nobody is believed. */
        UNDECIDED
    }

    static Outcome challenge(Draft d, Address from, ChallengeModel t) {
        Optional<Model> model = d.models.get(Key.of(t.model()));
        Amount bond = model.map(Model::bond).orElse(Amount.ZERO);
        if (!d.canPay(from, bond)) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        if (model.isEmpty()) {
            return refused(Reason.MODEL_UNKNOWN);
        }
        if (model.get().refuted()) {
            return refused(Reason.MODEL_REFUTED);
        }
        if (d.validators.count() == 0) {
            return refused(Reason.NO_JUDGES);
        }
        if (d.claims.has(Key.of(t.model()))) {
            return refused(Reason.CLAIM_CHALLENGED);
        }
        if (bond.isZero()) {
            return refused(Reason.CLAIM_UNBONDED);
        }

        long deadline = d.block.height() + d.params().hosting().claim();
        d.debit(from, bond);
        d.claims = d.claims.put(Key.of(t.model()), new Claim(from, bond, List.of(), List.of(), deadline));
        d.schedule(deadline, due(t.model()));
        d.tell(new Event.ModelChallenged(t.model(), from, bond, deadline));
        return d.applied();
    }

    static Outcome judge(Draft d, Address from, JudgeModel t) {
        if (!d.validators.has(Key.of(from))) {
            return refused(Reason.NOT_A_VALIDATOR);
        }
        Optional<Claim> claim = d.claims.get(Key.of(t.model()));
        if (claim.isEmpty()) {
            return refused(Reason.CLAIM_NOT_CHALLENGED);
        }
        Claim c = claim.get();
        if (c.holds().contains(from) || c.fails().contains(from)) {
            return refused(Reason.CLAIM_JUDGED);
        }

        List<Address> holds = new ArrayList<>(c.holds());
        List<Address> fails = new ArrayList<>(c.fails());
        (t.holds() ? holds : fails).add(from);
        Claim next = new Claim(c.by(), c.bond(), holds, fails, c.deadline());
        d.claims = d.claims.put(Key.of(t.model()), next);
        d.tell(new Event.ModelJudged(t.model(), from, t.holds()));
        if (Governance.isAccepted(d, holds)) {
            d.unschedule(c.deadline(), due(t.model()));
            uphold(d, t.model(), next);
        } else if (Governance.isAccepted(d, fails)) {
            d.unschedule(c.deadline(), due(t.model()));
            refute(d, t.model(), next);
        }
        return d.applied();
    }

    private static void uphold(Draft d, Hash id, Claim c) {
        Amount half = Amount.ofMicro(c.bond().micro() / 2);
        end(d, id, End.UPHELD, c.bond().minus(half));
        d.credit(known(d, id).publisher(), half);
    }

    private static void refute(Draft d, Hash id, Claim c) {
        Model model = known(d, id);
        Amount half = Amount.ofMicro(model.bond().micro() / 2);
        end(d, id, End.REFUTED, model.bond().minus(half));
        d.credit(c.by(), c.bond().plus(half));
        d.models = d.models.put(Key.of(id), model.refuted(d.block.height()));
    }

    /** The time to judge is over: the challenger gets its bond back less the fee of a demand, which is the publisher's. */
    static void undecided(Draft d, Hash id) {
        Claim c = d.claims.get(Key.of(id)).orElseThrow(() -> new AssertionError("no challenge of " + id));
        Amount fee = Amount.min(c.bond(), d.params().disputes().fee());
        end(d, id, End.UNDECIDED, Amount.ZERO);
        d.credit(c.by(), c.bond().minus(fee));
        d.credit(known(d, id).publisher(), fee);
    }

    private static void end(Draft d, Hash id, End how, Amount burned) {
        d.claims = d.claims.remove(Key.of(id));
        d.totals = d.totals.plusBurned(burned);
        d.tell(new Event.ClaimEnded(id, how, burned));
    }

    /** Frees the bond of a model that was taken back long enough ago; while it is challenged, a block after the end. */
    static void release(Draft d, Hash id) {
        Model model = known(d, id);
        Optional<Claim> open = d.claims.get(Key.of(id));
        if (open.isPresent()) {
            d.schedule(Math.max(open.get().deadline() + 1, d.block.height()), release(id));
        } else if (!model.bond().isZero()) {
            d.models = d.models.put(Key.of(id), model.with(Amount.ZERO));
            d.credit(model.publisher(), model.bond());
            d.tell(new Event.ModelBondReleased(id, model.publisher(), model.bond()));
        }
    }

    /** What frees the bond of this model. */
    static Due release(Hash id) {
        return new Due(Due.Kind.RELEASE_MODEL_BOND, id, Address.NONE);
    }

    private static Due due(Hash id) {
        return new Due(Due.Kind.CLAIM, id, Address.NONE);
    }

    private static Model known(Draft d, Hash id) {
        return d.models.get(Key.of(id)).orElseThrow(() -> new AssertionError("no model " + id));
    }
}
