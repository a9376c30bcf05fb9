package assay.ledger.simulate;

import assay.core.base.Amount;

/**
 * One request of the demand, the same whatever the nodes do with it.
 *
 * @param number counts the requests of a run
 * @param height of the block in which it comes
 * @param payer which payer asks; -1 for the party's own payer
 * @param promptTokens its prompt
 * @param answerTokens the whole answer
 * @param price for a million tokens of either
 * @param insured value that the payer wants insured
 */
record Request(int number, long height, int payer, long promptTokens, long answerTokens, Amount price, Amount insured) {
    long tokens() {
        return promptTokens + answerTokens;
    }

    /** What it costs its payer. */
    Amount amount() {
        return Amount.ofMicro(tokens() * price.micro() / Amount.MILLION);
    }

    /** What a cheat could gain with it. */
    long gain() {
        return Math.max(amount().micro(), insured.micro());
    }
}
