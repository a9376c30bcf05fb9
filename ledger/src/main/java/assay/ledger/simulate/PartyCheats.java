package assay.ledger.simulate;

import assay.core.base.Amount;

/** What those can try who are several at once, and nobody knows it: which places the party takes, and what it does there. */
final class PartyCheats {
    private PartyCheats() {}

    /** A node that cheats so, and a share of the auditors (of {@code all}) who say what it says. */
    static Party colludingAuditors(NodeConduct node, int all, int sharePpm) {
        int friends = (int) (((long) all * sharePpm + Amount.MILLION / 2) / Amount.MILLION);
        return Party.node(node).auditors(friends, new AuditorCheats.Accomplice());
    }

    /** One bond cut into six operators, who each swap the model: a first fault costs only one of them. */
    static Party sybilOperators() {
        return Party.NONE.nodes(6, new NodeCheats.ModelSwapper());
    }

    /** A node that pays itself for as many requests again as others bring it, and audits some of them itself. */
    static Party washTrader(int requests) {
        return Party.node(NodeConduct.HONEST).auditors(3, AuditorConduct.HONEST).purse(requests, Amount.ZERO);
    }

    /** A payer who is the node, insures its own requests and has the cheats on them found. */
    static Party selfInsured(int requests, Amount insured) {
        return Party.node(new NodeCheats.SelfInsured())
                .auditors(3, AuditorConduct.HONEST)
                .purse(requests, insured);
    }

    /** A node that swaps the model, and validators who hold back links of the beacon when its receipts are drawn. */
    static Party holdingBack(int validators) {
        return Party.node(new NodeCheats.ModelSwapper()).validators(validators, true);
    }

    /** A node that swaps a model of its own, which only three audit. */
    static Party thinModel() {
        return Party.node(new NodeCheats.ModelSwapper()).onThinModel();
    }
}
