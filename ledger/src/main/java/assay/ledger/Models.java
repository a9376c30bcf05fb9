package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.Model;
import assay.ledger.state.ModelName;
import assay.ledger.state.Offer;
import assay.ledger.state.Split;
import assay.ledger.state.State;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.PublishModel;
import assay.ledger.tx.Transaction.RetireModel;
import assay.ledger.tx.Transaction.SetPrices;
import java.util.List;
import java.util.Optional;

/** Rules of models and their prices. */
final class Models {
    private Models() {}

    static Outcome publish(Draft d, Address from, PublishModel t) {
        Hash id = Ids.model(d.chainId(), from, t);
        if (!d.canPay(from, t.bond())) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        if (t.bond().isBelow(d.params().hosting().claimBond())) {
            return refused(Reason.BOND_TOO_SMALL);
        }
        if (d.models.has(Key.of(id))) {
            return refused(Reason.MODEL_EXISTS);
        }
        byte[] name = State.nameKey(t.name());
        if (t.name().isEmpty() || d.modelNames.has(name)) {
            return refused(Reason.MODEL_NAME_TAKEN);
        }
        if (t.royaltyPpm() > d.params().shares().royaltyMax()) {
            return refused(Reason.ROYALTY_TOO_HIGH);
        }

        d.debit(from, t.bond());
        d.models = d.models.put(Key.of(id), new Model(from, d.block.height(), 0, t.bond(), false, t));
        d.modelNames = d.modelNames.put(name, new ModelName(id));
        d.tell(new Event.ModelPublished(id, from, t.name()));
        return d.applied();
    }

    static Outcome retire(Draft d, Address from, RetireModel t) {
        Optional<Model> model = d.models.get(Key.of(t.model()));
        if (model.isEmpty()) {
            return refused(Reason.MODEL_UNKNOWN);
        }
        if (!from.equals(model.get().publisher())) {
            return refused(Reason.NOT_THE_PUBLISHER);
        }
        if (model.get().retired() != 0) {
            return refused(Reason.MODEL_RETIRED);
        }

        d.models = d.models.put(Key.of(t.model()), model.get().retired(d.block.height()));
        d.schedule(d.block.height() + d.params().windows().unbond(), ModelClaims.release(t.model()));
        d.tell(new Event.ModelRetired(t.model()));
        return d.applied();
    }

    static Outcome setPrices(Draft d, Address from, SetPrices t) {
        if (d.operator(from).isEmpty()) {
            return refused(Reason.NOT_AN_OPERATOR);
        }
        if (!d.models.has(Key.of(t.model()))) {
            return refused(Reason.MODEL_UNKNOWN);
        }
        Amount bonded = d.knownOperator(from).stake().bonded();
        long macs = Rates.macs(d, t.model());
        for (Amount price : List.of(t.promptPerMillion(), t.cachedPerMillion(), t.completionPerMillion())) {
            if (!Rates.pricePaysAudits(price, macs, bonded, d.params())) {
                return refused(Reason.PRICE_BELOW_AUDIT);
            }
        }
        byte[] key = Key.of(from, t.model());
        Optional<Offer> before = d.offers.get(key);
        if (before.isEmpty() && d.models.get(Key.of(t.model())).orElseThrow().retired() != 0) {
            return refused(Reason.MODEL_RETIRED);
        }
        if (d.models.get(Key.of(t.model())).orElseThrow().refuted()) {
            return refused(Reason.MODEL_REFUTED);
        }

        Offer next = new Offer(
                before.map(Offer::version).orElse(0L) + 1,
                d.block.height(),
                t.promptPerMillion(),
                t.cachedPerMillion(),
                t.completionPerMillion(),
                before.map(Offer::earned).orElse(Split.NONE),
                before.map(Offer::hosted).orElse(Amount.ZERO));
        d.offers = d.offers.put(key, next);
        d.tell(new Event.PricesSet(from, t.model(), next.version()));
        return d.applied();
    }
}
