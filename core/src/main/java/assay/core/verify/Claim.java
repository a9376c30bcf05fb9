package assay.core.verify;

import assay.core.base.Counted;
import assay.core.base.Hash;
import assay.core.receipt.Receipt;
import java.util.List;

/**
 * What is known of an answer, with the evidence that it rests on: a tier's words can be had in no other way than from
 * what entitles to them. There is none for {@link Tier#PROVED} and {@link Tier#SETTLED} here: nothing that this verifier
 * reads gives those.
 */
public sealed interface Claim {
    /** The kind of check that it rests on. */
    Tier tier();

    /** What is known, in whole sentences. */
    String says();

    /** Who found out, and who has to be trusted for it. */
    String by();

    /**
     * A node's word, under its signature and in its log.
     *
     * @param receipt whose signature and inclusion hold
     * @param digest of its statement
     * @param leaf of the log
     */
    record Signed(Receipt receipt, Hash digest, long leaf) implements Claim {
        @Override
        public Tier tier() {
            return Tier.SIGNED;
        }

        @Override
        public String says() {
            return "Operator " + receipt.node().operator() + " signed that model "
                    + receipt.model().id() + " (program "
                    + brief(receipt.model().program()) + ") read "
                    + Counted.of(receipt.usage().prompt(), "token") + " and answered with "
                    + receipt.usage().completion() + " for "
                    + units(receipt.payment().amount()) + ", as receipt "
                    + brief(digest) + ", leaf " + leaf + " of its log.";
        }

        @Override
        public String by() {
            return "signed by the node, whose word it is; signature and log checked here";
        }
    }

    /** The textual part of a signed receipt was derived again from the request: everything but the choice of the ids. */
    record Derived() implements Claim {
        @Override
        public Tier tier() {
            return Tier.SIGNED;
        }

        @Override
        public String says() {
            return "Request and answer are the ones it is about; prompt ids, text, finish reason, seed and bill"
                    + " follow from them, derived again here.";
        }

        @Override
        public String by() {
            return "prompt and text derived here";
        }
    }

    /** A signed receipt is about the very bytes that were sent and received by who holds it. */
    record Exchanged() implements Claim {
        @Override
        public Tier tier() {
            return Tier.SIGNED;
        }

        @Override
        public String says() {
            return "It is about exactly what was sent and received here.";
        }

        @Override
        public String by() {
            return "compared here";
        }
    }

    /**
     * An execution environment states the node's key and program.
     *
     * @param maker whose keys say so
     * @param environment in words
     * @param measured what was demanded of the software there, by name; empty if nothing was
     */
    record Attested(String maker, String environment, List<String> measured) implements Claim {
        /** Copies the list. */
        public Attested {
            measured = List.copyOf(measured);
        }

        @Override
        public Tier tier() {
            return Tier.ATTESTED;
        }

        @Override
        public String says() {
            return "The keys of " + maker + " say that software in " + environment
                    + " stated this node's key and this program"
                    + (measured.isEmpty()
                            ? "; which software that is, you did not say."
                            : ", and that it is the software with the measurements that you gave: "
                                    + String.join(", ", measured) + ".");
        }

        @Override
        public String by() {
            return "attested by " + maker + ", who is trusted for it; its signatures checked here";
        }
    }

    /**
     * Cells of an answer were drawn after it was committed to, opened, and are what the model computes.
     *
     * @param receipt of the answer
     * @param layers of the model
     * @param cells of the answer, heads among them
     * @param drawn of those
     * @param heads among the drawn ones
     * @param equations linear operations that were tested
     */
    record Audited(Receipt receipt, int layers, long cells, int drawn, int heads, int equations) implements Claim {
        @Override
        public Tier tier() {
            return Tier.AUDITED;
        }

        @Override
        public String says() {
            return "AUDITED(" + Counted.of(drawn, "cell") + "): of " + Counted.of(cells, "cell") + " ("
                    + Counted.of(layers, "layer") + " and the sampler, at every token of receipt "
                    + receipt.nonce().substring(0, 8) + "…), "
                    + drawn + (drawn == 1 ? " was" : " were") + " drawn after the answer was committed to, "
                    + Counted.of(heads, "head") + " among them."
                    + " Each was opened and is what the model computes: linear layers by "
                    + Counted.of(equations, "Freivalds test")
                    + ", embedding rows too; norms, turns, attention over every earlier token, gates"
                    + " and residuals recomputed exactly; heads with the sampler, to the id that was answered. Ids and"
                    + " sampler's states of all tokens are the committed ones.";
        }

        @Override
        public String by() {
            return "audited here, without the weights, by who drew the key";
        }
    }

    /** Who computed an answer again. */
    enum Replayer {
        /** Whoever reads this, on the own machine. */
        YOU("replayed by you"),
        /** An auditor in the node's own process. */
        SAME_OPERATOR("replayed on this machine by the same operator");

        private final String words;

        Replayer(String words) {
            this.words = words;
        }
    }

    /**
     * An answer was computed again from its request, with the weights, and nothing differed.
     *
     * @param tokens of the answer, all of them sampled again
     * @param replayer who did it
     * @param traceCompared whether the trace root was compared too: not before the node opened it
     */
    record Replayed(int tokens, Replayer replayer, boolean traceCompared) implements Claim {
        @Override
        public Tier tier() {
            return Tier.REPLAYED;
        }

        @Override
        public String says() {
            return "Computed again with the weights, it is the " + brief() + ".";
        }

        /** For example {@code same 96 tokens, same trace}. */
        public String brief() {
            return "same " + Counted.of(tokens, "token") + ", " + (traceCompared ? "same trace" : "trace not compared");
        }

        @Override
        public String by() {
            return replayer.words;
        }
    }

    private static String brief(Hash hash) {
        return hash.hex().substring(0, 8) + "…";
    }

    /** 143 micro-units read 0.000143. */
    private static String units(long micro) {
        String digits = Long.toString(micro % 1_000_000 + 1_000_000).substring(1);
        return micro / 1_000_000 + "." + digits;
    }
}
