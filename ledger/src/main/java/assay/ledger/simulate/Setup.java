package assay.ledger.simulate;

import assay.core.base.Amount;
import assay.ledger.Rates;
import assay.ledger.state.Params;

/**
 * A network and its demand.
 *
 * @param params the ledger's rules
 * @param people who takes part
 * @param bonds what they have at risk
 * @param demand what is asked of them
 * @param costs what work costs them
 */
public record Setup(Params params, People people, Bonds bonds, Demand demand, WorkCosts costs) {
    /** How many agents of each kind. */
    public record People(int operators, int auditors, int payers, int validators) {
        /** Refuses a network that lacks one. */
        public People {
            if (operators < 1 || auditors < 1 || payers < 1 || validators < 0) {
                throw new IllegalArgumentException("operators, auditors and payers are at least one");
            }
        }
    }

    /** Stakes of one operator, one auditor and one validator. */
    public record Bonds(Amount operator, Amount auditor, Amount validator) {}

    /**
     * Requests, spread evenly over time and payers.
     *
     * @param requests how many
     * @param blocks in which they come
     * @param promptTokensMax prompts have 1 to so many tokens
     * @param answerTokensMax answers have 1 to so many tokens
     * @param pricePerMillion for tokens of both
     */
    public record Demand(int requests, long blocks, int promptTokensMax, int answerTokensMax, Amount pricePerMillion) {}

    /**
     * The shared network's rules: 40 operators of 24 units, 30 auditors of 1, 2,000 payers and 4 validators; requests of
     * up to 2,000 + 1,000 tokens at 100 a minute, at a unit for a million tokens. A bond is what an operator takes in five
     * days: with less, checks cost more than the bond's capital; with more, the capital costs more than the checks.
     */
    public static Setup shared(int requests) {
        return new Setup(
                Params.shared(),
                new People(40, 30, 2_000, 4),
                new Bonds(Amount.ofUnits(24), Amount.ofUnits(1), Amount.ofUnits(5)),
                new Demand(requests, Math.max(60, requests * 6L / 10), 2_000, 1_000, Amount.ofUnits(1)),
                WorkCosts.MEASURED);
    }

    /**
     * More than a run can bring a party by cheating, nano-units: for each request that comes to its nodes the whole price, the
     * whole cost of the answer and what somebody outside pays for a wrong one; for each audit of its auditors the cost of a
     * replay. How many come is random: the mean, four times its root and four, which is exceeded less than once in ten thousand runs.
     */
    long most(Party party) {
        long price = demand.pricePerMillion().micro();
        long tokens = (long) demand.promptTokensMax() + demand.answerTokensMax();
        long cost = demand.promptTokensMax() * costs.promptToken() + demand.answerTokensMax() * costs.answerToken();
        long paid = tokens * price / 1_000 * (10 + party.bribe()) / 10;
        double asked = demand.requests() / (double) people.operators();
        double most = party.nodes().isEmpty() ? 0 : (tail(asked) + party.purse().requests()) * (paid + cost);
        double step = Rates.step(bonds.operator(), 0, params.audits());
        double audits = demand.requests()
                * Math.min(1, tokens * price / 2e6 / step)
                * params.audits().perReceipt()
                / people.auditors();
        most += party.auditors().size() * tail(audits) * tokens * costs.replayToken();
        most += party.hosts().size() * (double) costs.hostedBlock() * 3 * demand.blocks();
        return Math.round(Math.max(most, 1));
    }

    private static double tail(double mean) {
        return mean + 4 * Math.sqrt(mean) + 4;
    }

    /** With other rules. */
    public Setup with(Params rules) {
        return new Setup(rules, people, bonds, demand, costs);
    }

    /** With other agents. */
    public Setup with(People others) {
        return new Setup(params, others, bonds, demand, costs);
    }

    /** With other stakes. */
    public Setup with(Bonds others) {
        return new Setup(params, people, others, demand, costs);
    }

    /** With another demand. */
    public Setup with(Demand other) {
        return new Setup(params, people, bonds, other, costs);
    }

    /** With other costs of work. */
    public Setup with(WorkCosts others) {
        return new Setup(params, people, bonds, demand, others);
    }
}
