package assay.core.dispute;

/**
 * One operation of a cell: a tensor, or a condition that either holds or not. An operation names the ones that it
 * takes its inputs from by their number in the {@link Plan}; those come before it.
 */
sealed interface Op {
    /** Values of its tensor; 0 for a condition. */
    long size();

    /** The residual that the cell begins with, whole: its flat digest is known, here is its tree. */
    record Held(long size) implements Op {}

    /** x of layer 0: the row of the id fed. */
    record Embedded(long size) implements Op {}

    /** Largest magnitudes. */
    record Maxima(int of, Reduce nodes) implements Op {
        @Override
        public long size() {
            return nodes.size();
        }
    }

    /** Sums of squares of the residual at 25 bits. */
    record Squares(int of, Maxima scale, int max, Reduce nodes) implements Op {
        @Override
        public long size() {
            return nodes.size();
        }
    }

    /** A norm's output, at 16. */
    record Normed(int of, Maxima scale, int max, Squares sum, int squares, Gain gain, long size) implements Op {}

    /** A linear operation's input, 13 bits. */
    record Cut13(int of, Maxima scale, int max, long size) implements Op {}

    /** Exact sums of products: of each row, one a block of columns. */
    record Dots(int of, String matrix, int rows, int cols, int blocks) implements Op {
        @Override
        public long size() {
            return (long) rows * blocks;
        }
    }

    /** A linear operation's output; {@code max} is that of what was cut to 13 bits. */
    record Output(int dots, Maxima scale, int max, int blocks, int fIn, int fOut, Bias bias, long size) implements Op {}

    /** q or k, turned. */
    record Turned(int of, boolean query, long size) implements Op {}

    /** v at its exponent. */
    record Value(int of, long size) implements Op {}

    /** Scores of all heads at all positions. */
    record Scores(int query, long size) implements Op {}

    /** Largest score of each head. */
    record ScoreMax(int scores, Reduce nodes) implements Op {
        @Override
        public long size() {
            return nodes.size();
        }
    }

    /** Sum of a head's softmax weights. */
    record SoftmaxSum(int scores, ScoreMax scale, int max, Reduce nodes) implements Op {
        @Override
        public long size() {
            return nodes.size();
        }
    }

    /** Weighted sums of V: of each head and element. */
    record Weighted(int scores, ScoreMax scale, int max, Reduce nodes) implements Op {
        @Override
        public long size() {
            return nodes.size();
        }
    }

    /** The heads' outputs, at 16. */
    record Attended(Weighted top, int weighted, SoftmaxSum bottom, int sums, long size) implements Op {}

    /** A residual and what is added to it. */
    record Added(int first, int second, long size) implements Op {}

    /** The gated linear unit. */
    record Gated(int gate, int up, long size) implements Op {}

    /** Logits with biases and penalties; the lowest number where an id is masked. */
    record Adjusted(int logits, long size) implements Op {}

    /** Largest (score, lowest id). */
    record Best(int scores, Reduce nodes) implements Op {
        @Override
        public long size() {
            return nodes.size();
        }
    }

    /** The sampler's weights. */
    record Weights(int scores, Best top, int best, long size) implements Op {}

    /** The keys of the last ids kept by top-k and by top-p: said by the node, judged by {@link Kept} and {@link Shortest}. */
    record Cuts() implements Op {
        @Override
        public long size() {
            return 2;
        }
    }

    /** How many ids have at least a key. */
    record CountAbove(int weights, int cuts, Reduce nodes) implements Op {
        @Override
        public long size() {
            return nodes.size();
        }
    }

    /** Sum of weights of the ids with at least a key: after min-p, or after top-p too. */
    record SumAbove(int weights, int cuts, boolean last, Reduce nodes) implements Op {
        @Override
        public long size() {
            return nodes.size();
        }
    }

    /** The last layer's residual, or a layer's input, is the one in the leaf. */
    record SameResidual(int of) implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** K and V are those in the leaf. */
    record SameKeysValues(int keys, int values) implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** The id fed is the receipt's. */
    record Fed() implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** The sampler's state follows from the one before. */
    record State() implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** The first cut is that of top-k. */
    record Kept(int weights, int cuts, CountAbove nodes, int counts) implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** The second cut is that of top-p. */
    record Shortest(int weights, int cuts, SumAbove before, int all, SumAbove after, int kept) implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** The id picked is the likeliest. */
    record Likeliest(Best top, int best) implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** The id picked is the one drawn. */
    record Drawn(int weights, int cuts, SumAbove top, int kept) implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** No id is picked. */
    record Unpicked() implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** The id picked is the one that was answered. */
    record Answered() implements Op {
        @Override
        public long size() {
            return 0;
        }
    }

    /** Which gain a norm takes. */
    enum Gain {
        /** Before attention. */
        ATTENTION,
        /** Before the gated part. */
        FEED_FORWARD,
        /** Before the head. */
        OUTPUT
    }

    /** Which bias a linear operation adds. */
    enum Bias {
        /** None. */
        NONE,
        /** That of q. */
        QUERY,
        /** That of k. */
        KEY,
        /** That of v. */
        VALUE
    }
}
