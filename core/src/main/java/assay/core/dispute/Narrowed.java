package assay.core.dispute;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How far a dispute has come, for people and programs: what both sides agree that it is about by now.
 *
 * @param stage what is due
 * @param tree of the trace: a layer, or layers for the last residuals, or one more for the tokens
 * @param layers of the model
 * @param firstToken first position that it can be at
 * @param lastToken last position that it can be at
 * @param operation its kind, with the matrix if it has one
 * @param firstElement first element that it can be
 * @param lastElement last element that it can be
 * @param claimed what the node says that the one element is
 */
public record Narrowed(
        Stage stage,
        OptionalInt tree,
        int layers,
        OptionalInt firstToken,
        OptionalInt lastToken,
        Optional<String> operation,
        OptionalLong firstElement,
        OptionalLong lastElement,
        OptionalLong claimed) {

    /** What is due. */
    public enum Stage {
        /** The node shows the roots of all trees. */
        START,
        /** The challenger chooses text or a tree. */
        TREES,
        /** The node shows text and bill. */
        TEXT,
        /** Tokens of one tree. */
        TOKENS,
        /** Operations of one leaf. */
        OPERATIONS,
        /** Elements of one operation. */
        ELEMENTS,
        /** The last move. */
        PROOF
    }

    /** What a dispute that has come this far is about. */
    public static Narrowed of(At at) {
        return switch (at) {
            case At.Start a -> bare(Stage.START, 0);
            case At.Opened a -> bare(Stage.TREES, a.head().shape().layers());
            case At.Text a -> bare(Stage.TEXT, a.head().shape().layers());
            case At.Subtree a -> tokens(a.head(), a.branch(), a.low(), a.high());
            case At.Pieces a -> tokens(a.head(), a.branch(), a.low(), a.high());
            case At.Shown a ->
                tokens(a.head(), a.at().branch(), a.at().position(), a.at().position() + 1)
                        .due(Stage.OPERATIONS);
            case At.Operation a -> blocks(a.head(), a.at(), a.op(), a.low(), a.high());
            case At.TensorPieces a -> blocks(a.head(), a.at(), a.op(), a.low(), a.high());
            case At.TensorValues a ->
                elements(a.head(), a.at(), a.op(), Stage.ELEMENTS, a.first(), a.first() + a.values().length - 1);
            case At.Element a ->
                elements(a.head(), a.at(), a.op(), Stage.PROOF, a.index(), a.index())
                        .claiming(a.claimed());
            case At.Condition a -> {
                Narrowed leaf = tokens(a.head(), a.at().branch(), a.at().position(), a.at().position() + 1);
                yield new Narrowed(
                        Stage.PROOF,
                        leaf.tree,
                        leaf.layers,
                        leaf.firstToken,
                        leaf.lastToken,
                        Optional.of(name(a.head(), a.at(), a.op())),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty());
            }
        };
    }

    private static Narrowed bare(Stage stage, int layers) {
        return new Narrowed(
                stage,
                OptionalInt.empty(),
                layers,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private static Narrowed tokens(Head head, Branch branch, int low, int high) {
        return new Narrowed(
                Stage.TOKENS,
                OptionalInt.of(branch.tree()),
                head.shape().layers(),
                OptionalInt.of(low),
                OptionalInt.of(high - 1),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private static Narrowed blocks(Head head, LeafAt at, int op, long low, long high) {
        long size = head.plan(at.branch().tree(), at.position()).op(op).size();
        long last = Math.min(size, high * Tensor.BLOCK) - 1;
        return elements(head, at, op, Stage.ELEMENTS, low * Tensor.BLOCK, last);
    }

    private static Narrowed elements(Head head, LeafAt at, int op, Stage stage, long first, long last) {
        return new Narrowed(
                stage,
                OptionalInt.of(at.branch().tree()),
                head.shape().layers(),
                OptionalInt.of(at.position()),
                OptionalInt.of(at.position()),
                Optional.of(name(head, at, op)),
                OptionalLong.of(first),
                OptionalLong.of(last),
                OptionalLong.empty());
    }

    private Narrowed due(Stage next) {
        return new Narrowed(next, tree, layers, firstToken, lastToken, operation, firstElement, lastElement, claimed);
    }

    private Narrowed claiming(long value) {
        return new Narrowed(
                stage,
                tree,
                layers,
                firstToken,
                lastToken,
                operation,
                firstElement,
                lastElement,
                OptionalLong.of(value));
    }

    private static String name(Head head, LeafAt at, int op) {
        Plan plan = head.plan(at.branch().tree(), at.position());
        String kind = plan.op(op).getClass().getSimpleName();
        return plan.op(op) instanceof Op.Dots dots ? kind + " of " + dots.matrix() : kind;
    }

    /** The same in words: {@code layer 3, token 17, Dots of blk.3.ffn_down.weight, element 64}. */
    public String words() {
        List<String> words = new ArrayList<>();
        switch (stage) {
            case START -> words.add("the whole answer");
            case TREES -> words.add("the text, or one of " + (layers + 2) + " trees");
            case TEXT -> words.add("text, prompt and bill");
            case TOKENS, OPERATIONS, ELEMENTS, PROOF -> {}
        }
        tree.ifPresent(t -> words.add(treeName(t)));
        if (firstToken.isPresent()) {
            words.add(range("token", firstToken.getAsInt(), lastToken.orElse(firstToken.getAsInt())));
        }
        operation.ifPresent(words::add);
        if (firstElement.isPresent()) {
            words.add(range("element", firstElement.getAsLong(), lastElement.orElse(firstElement.getAsLong())));
        }
        return String.join(", ", words);
    }

    /** What a tree's leaves hold. */
    private String treeName(int t) {
        if (t > layers) {
            return "the sampler";
        }
        return t == layers ? "the last layer's output" : "layer " + t + "'s input, K or V";
    }

    private static String range(String what, long first, long last) {
        return first == last ? what + " " + first : what + "s " + first + " to " + last;
    }
}
