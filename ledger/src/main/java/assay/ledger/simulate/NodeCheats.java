package assay.ledger.simulate;

/** What a node alone can try: each cheat is the few methods in which it is not honest. */
final class NodeCheats {
    private NodeCheats() {}

    /** Answers with a model a quarter the size, under the large one's name. */
    static class ModelSwapper implements NodeConduct {
        @Override
        public boolean cheats(Request r) {
            return true;
        }

        @Override
        public long costOfCheating(Request r, WorkCosts costs) {
            return costs.answering(r) / 4;
        }
    }

    /** Skips one layer of thirty. */
    static final class LayerSkipper extends ModelSwapper {
        @Override
        public long costOfCheating(Request r, WorkCosts costs) {
            return costs.answering(r) * 29 / 30;
        }
    }

    /** Computes the first half of each answer and bills all of it. */
    static final class Truncator extends ModelSwapper {
        @Override
        public long costOfCheating(Request r, WorkCosts costs) {
            return costs.answering(r) - r.answerTokens() / 2 * costs.answerToken();
        }
    }

    /** Swaps the model, but only for requests so large that an audit may not pay its auditor. */
    static final class LargeOnly extends ModelSwapper {
        @Override
        public boolean cheats(Request r) {
            return r.tokens() > 2_000;
        }
    }

    /** Swaps the model, and when it is drawn delivers nothing and answers nothing. */
    static final class Withholder extends ModelSwapper {
        @Override
        public Delivery delivers(Answer a, boolean friend) {
            return Delivery.NONE;
        }

        @Override
        public Delivery answersComplaint(Answer a) {
            return Delivery.NONE;
        }

        @Override
        public boolean reveals(Answer a) {
            return false;
        }
    }

    /** Swaps the model, and when it is drawn delivers bytes that nobody can replay, on the ledger too. */
    static final class GarbageSender extends ModelSwapper {
        @Override
        public Delivery delivers(Answer a, boolean friend) {
            return Delivery.GARBAGE;
        }

        @Override
        public Delivery answersComplaint(Answer a) {
            return Delivery.GARBAGE;
        }
    }

    /**
     * Is paid by somebody outside for each wrong answer, so many times what the rules say that it could gain: the price or
     * the insured value, whichever is more.
     *
     * @param conduct what it does beside
     * @param times what it is worth, in tenths
     */
    record Bribed(NodeConduct conduct, int times) implements NodeConduct {
        @Override
        public boolean cheats(Request r) {
            return conduct.cheats(r);
        }

        @Override
        public long costOfCheating(Request r, WorkCosts costs) {
            return conduct.costOfCheating(r, costs) - r.gain() * 100 * times;
        }

        @Override
        public Delivery delivers(Answer a, boolean friend) {
            return conduct.delivers(a, friend);
        }

        @Override
        public Delivery answersComplaint(Answer a) {
            return conduct.answersComplaint(a);
        }

        @Override
        public boolean disputes(Answer a) {
            return conduct.disputes(a);
        }
    }

    /** Swaps the model for one request in ten, and does not post those. */
    static final class NeverPoster extends ModelSwapper {
        @Override
        public boolean cheats(Request r) {
            return r.number() % 10 == 0;
        }

        @Override
        public boolean posts(Answer a) {
            return a.honest();
        }
    }

    /** Cheats its own payer, insured, and has that found, to be paid the insured value. */
    static final class SelfInsured implements NodeConduct {
        @Override
        public boolean cheats(Request r) {
            return r.payer() < 0;
        }

        @Override
        public long costOfCheating(Request r, WorkCosts costs) {
            return 0;
        }

        @Override
        public boolean buysAudit(Answer a) {
            return a.request().payer() < 0;
        }
    }
}
