package assay.bench.verification;

import assay.core.base.Amount;
import assay.ledger.Rates;
import assay.ledger.simulate.Overhead;
import assay.ledger.simulate.Setup;
import assay.ledger.simulate.Strategy;
import assay.ledger.simulate.Tournament;
import assay.ledger.simulate.WorkCosts;
import assay.ledger.state.Params;
import java.util.List;

/**
 * What checking costs a network of the shared rules with the demand that is simulated, whatever its model: from the
 * ledger's own rules and honest runs of its simulation.
 *
 * @param setup rules, stakes, demand
 * @param overhead of honest runs
 */
record Economy(Setup setup, Overhead overhead) {
    private static final int SEEDS = 5;

    /** As many as {@code assay simulate} has: a channel is opened once, and its fee is spread over what it pays. */
    private static final int REQUESTS = 10_000;

    static Economy simulated() throws InterruptedException {
        Setup setup = Setup.shared(REQUESTS);
        List<Strategy> any = List.of(Strategy.all(setup).getFirst());
        return new Economy(
                setup,
                new Tournament(SEEDS, 1, Throughput.THREADS)
                        .play(setup, any, done -> {})
                        .overhead());
    }

    private Params.Audits audits() {
        return setup.params().audits();
    }

    int kappa() {
        return audits().kappa();
    }

    int auditors() {
        return audits().perReceipt();
    }

    /** What an average request of the demand costs. */
    Amount request() {
        return Amount.ofMicro(overhead.priceMicro());
    }

    /** S_b over that. */
    double burnedOverRequest() {
        return burned().micro() / (double) overhead.priceMicro();
    }

    private Amount burned() {
        return Rates.burned(setup.bonds().operator(), audits());
    }

    /** p of a receipt that costs so many times an average one, with the stake of the simulation. */
    double chance(double times) {
        long step = Rates.step(setup.bonds().operator(), 0, audits());
        Amount price = Amount.ofMicro(Math.round(overhead.priceMicro() * times));
        return Rates.chance(price, step) / (double) Amount.MILLION;
    }

    /**
     * p as costs see it: dear receipts are drawn more often, so a token is replayed more often than a receipt. From
     * what checks cost in the simulation, by what one replay costs there.
     */
    double chanceByCost() {
        WorkCosts costs = setup.costs();
        double prompt = setup.demand().promptTokensMax() / 2.0;
        double answer = setup.demand().answerTokensMax() / 2.0;
        double replay = (prompt + answer) * costs.replayToken();
        double inference = prompt * costs.promptToken() + answer * costs.answerToken();
        return overhead.checksPpm() * 1e-6 / (auditors() * replay / inference);
    }

    /** Fees of the ledger over the cost of inference. */
    double transactions() {
        return overhead.transactionsPpm() * 1e-6;
    }

    /** What locked stakes could earn elsewhere, over the cost of inference. */
    double capital() {
        return overhead.capitalPpm() * 1e-6;
    }
}
