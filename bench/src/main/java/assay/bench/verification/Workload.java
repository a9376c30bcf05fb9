package assay.bench.verification;

/** What every model of the ladder is asked: so many tokens, about, for so many. */
record Workload(int promptTokens, int answerTokens) {
    /** Positions fed. */
    int steps() {
        return promptTokens + answerTokens - 1;
    }

    /** Tokens of both. */
    int tokens() {
        return promptTokens + answerTokens;
    }

    @Override
    public String toString() {
        return promptTokens + " + " + answerTokens + " tokens";
    }
}
