package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.merkle.Merkle;
import assay.core.program.ProgramHeader;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.verify.TextRules;
import assay.core.verify.TranscriptCheck;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a dispute: which moves count, what follows from them, and who is right at the end. Pure and total:
 * whatever is sent, it answers.
 *
 * <p>The node asserts; the challenger chooses, each time, the first part that it computes otherwise, and agrees with
 * that to all parts before. So a node that computed everything right can prove the last one, and a node that did not
 * cannot, if the challenger is right. docs/protocol/dispute.md.
 */
public final class Referee {
    /** The largest move of the node, bytes: with its envelope it fits 64 KB. */
    public static final int MOVE_MAX_BYTES = 65_000;

    /** The longest transcript that is a move, without its prompt ids, bytes. */
    public static final int TRANSCRIPT_MAX_BYTES = MOVE_MAX_BYTES - Integer.BYTES;

    /** Subtrees that one move shows: two levels of 32. */
    static final int WAYS = 1024;

    private final Texts texts;

    /** Where the text part of registered models is. */
    public interface Texts {
        /**
         * The text rules of this program, if they are at hand.
         *
         * @throws MalformedException if they are, and nothing can be answered by them
         */
        Optional<TextRules> find(ProgramHeader program) throws MalformedException;
    }

    /** A referee with these models' text parts. */
    public Referee(Texts texts) {
        this.texts = texts;
    }

    /** The node's move. */
    public Ruling show(Terms terms, At at, byte[] move) {
        if (!at.isNodesTurn()) {
            return new Ruling.Refused("it is the challenger's turn");
        }
        if (move.length > MOVE_MAX_BYTES) {
            return new Ruling.Refused("a move has at most " + MOVE_MAX_BYTES + " bytes, got " + move.length);
        }
        try {
            Reader in = new Reader(move);
            Ruling ruling =
                    switch (at) {
                        case At.Start a -> open(terms, in);
                        case At.Text a -> text(a, in);
                        case At.Subtree a -> a.high() - a.low() == 1 ? leaf(a, in) : pieces(a, in);
                        case At.Operation a -> tensor(a, in);
                        case At.Element a -> element(a, in);
                        case At.Condition a -> condition(a, in);
                        case At.Opened a -> throw new MalformedException("not the node's turn", 0);
                        case At.Pieces a -> throw new MalformedException("not the node's turn", 0);
                        case At.Shown a -> throw new MalformedException("not the node's turn", 0);
                        case At.TensorPieces a -> throw new MalformedException("not the node's turn", 0);
                        case At.TensorValues a -> throw new MalformedException("not the node's turn", 0);
                    };
            in.end();
            return ruling;
        } catch (MalformedException e) {
            return new Ruling.Refused(String.valueOf(e.getMessage()));
        }
    }

    /** The challenger's move: the first part that it computes otherwise. */
    public Ruling choose(At at, int part) {
        if (at.isNodesTurn()) {
            return new Ruling.Refused("it is the node's turn");
        }
        if (part < 0 || part >= at.partCount()) {
            return new Ruling.Refused("parts are 0 to " + (at.partCount() - 1) + ", got " + part);
        }
        if (at instanceof At.Opened a && part == 0 && a.head().receipt().transcriptBytes() > TRANSCRIPT_MAX_BYTES) {
            return new Ruling.Undecided("a transcript of at most " + TRANSCRIPT_MAX_BYTES + " bytes, the receipt says "
                    + a.head().receipt().transcriptBytes());
        }
        return new Ruling.Next(
                switch (at) {
                    case At.Opened a -> part == 0 ? new At.Text(a.head(), a.choices()) : tree(a, part - 1);
                    case At.Pieces a -> piece(a, part);
                    case At.Shown a -> operation(a, part);
                    case At.TensorPieces a -> {
                        long size = RangeProof.piece(a.low(), a.high(), WAYS);
                        long low = a.low() + part * size;
                        yield new At.Operation(
                                a.head(),
                                a.at(),
                                a.op(),
                                low,
                                Math.min(a.high(), low + size),
                                a.parts().get(part));
                    }
                    case At.TensorValues a ->
                        new At.Element(a.head(), a.at(), a.op(), a.first() + part, a.values()[part]);
                    case At.Start a -> at;
                    case At.Text a -> at;
                    case At.Subtree a -> at;
                    case At.Operation a -> at;
                    case At.Element a -> at;
                    case At.Condition a -> at;
                });
    }

    private static Ruling open(Terms terms, Reader in) throws MalformedException {
        Head head = Head.read(in);
        if (!head.isOf(terms)) {
            throw new MalformedException("another program or receipt", in.offset());
        }
        List<At.Trees> choices = new ArrayList<>();
        List<Hash> roots = new ArrayList<>();
        for (Receipt.Choice stated : head.receipt().choices()) {
            At.Trees trees = At.Trees.read(in);
            int expected = trees.steps() == 0 ? 0 : head.shape().layers() + 2;
            if (trees.steps() != stated.steps() || trees.trees().size() != expected) {
                throw new MalformedException("a choice of " + stated.steps() + " steps expected", in.offset());
            }
            choices.add(trees);
            roots.add(trees.steps() == 0 ? Hash.sha256() : traceRoot(head, trees));
        }
        At.Opened opened = new At.Opened(head, choices);
        if (!Digests.traces(roots).equals(terms.root()) || opened.partCount() > At.PARTS_MAX) {
            throw new MalformedException("trees of another root", in.offset());
        }
        return new Ruling.Next(opened);
    }

    private static Hash traceRoot(Head head, At.Trees trees) {
        assay.core.codec.Writer out = new assay.core.codec.Writer();
        out.u32(trees.steps()).u32(head.shape().layers());
        trees.trees().forEach(out::hash);
        return Hash.tagged("assay/trace/1", out.toBytes());
    }

    private static At tree(At.Opened a, int part) {
        int rest = part;
        int choice = 0;
        while (rest >= a.choices().get(choice).trees().size()) {
            rest -= a.choices().get(choice++).trees().size();
        }
        At.Trees trees = a.choices().get(choice);
        Hash own = trees.trees().get(rest);
        Hash below = rest == 0 ? Branch.NONE : trees.trees().get(rest - 1);
        Branch branch = new Branch(choice, rest, trees.steps(), trees.ids(), below, own);
        return new At.Subtree(a.head(), branch, 0, trees.steps(), own);
    }

    private static Ruling pieces(At.Subtree a, Reader in) throws MalformedException {
        long size = RangeProof.piece(a.low(), a.high(), WAYS);
        List<Hash> parts = parts(in, (a.high() - a.low() + size - 1) / size, a.node());
        return new Ruling.Next(new At.Pieces(a.head(), a.branch(), a.low(), a.high(), parts));
    }

    private static List<Hash> parts(Reader in, long count, Hash root) throws MalformedException {
        List<Hash> parts = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            parts.add(in.hash());
        }
        if (!Merkle.root(parts).equals(root)) {
            throw new MalformedException("parts of something else", in.offset());
        }
        return parts;
    }

    private static At piece(At.Pieces a, int part) {
        long size = RangeProof.piece(a.low(), a.high(), WAYS);
        int low = (int) (a.low() + part * size);
        int high = (int) Math.min(a.high(), low + size);
        return new At.Subtree(a.head(), a.branch(), low, high, a.parts().get(part));
    }

    private static Ruling leaf(At.Subtree a, Reader in) throws MalformedException {
        TraceLeaf leaf = TraceLeaf.read(in, a.branch().tree(), a.head().shape().layers());
        if (!leaf.hash(a.branch().tree(), a.low()).equals(a.node())) {
            throw new MalformedException("another leaf", in.offset());
        }
        LeafAt at = LeafAt.readRoots(in, a.branch(), a.low(), leaf);
        Plan plan = a.head().plan(a.branch().tree(), a.low());
        int cuts = plan.cuts();
        if (at.roots().size() != plan.size() || at.cuts().length != (cuts < 0 ? 0 : 2)) {
            throw new MalformedException(plan.size() + " operations expected", in.offset());
        }
        if (cuts >= 0 && !at.roots().get(cuts).equals(Tensor.root(at.cuts()))) {
            throw new MalformedException("a root of other cuts", in.offset());
        }
        return new Ruling.Next(new At.Shown(a.head(), at));
    }

    private static At operation(At.Shown a, int op) {
        Plan plan = a.head().plan(a.at().branch().tree(), a.at().position());
        if (Rules.isCondition(plan.op(op))) {
            return new At.Condition(a.head(), a.at(), op);
        }
        long blocks = Tensor.blocks(plan.op(op).size());
        return new At.Operation(a.head(), a.at(), op, 0, blocks, a.at().roots().get(op));
    }

    private static Ruling tensor(At.Operation a, Reader in) throws MalformedException {
        if (isShownWhole(a)) {
            long first = a.low() * Tensor.BLOCK;
            Plan plan = a.head().plan(a.at().branch().tree(), a.at().position());
            long last = Math.min(plan.op(a.op()).size(), a.high() * Tensor.BLOCK);
            long[] values = Values.read(in, (int) (last - first));
            if (!Tensor.root(values).equals(a.node())) {
                throw new MalformedException("values of something else", in.offset());
            }
            return new Ruling.Next(new At.TensorValues(a.head(), a.at(), a.op(), first, values));
        }
        long size = RangeProof.piece(a.low(), a.high(), WAYS);
        List<Hash> parts = parts(in, (a.high() - a.low() + size - 1) / size, a.node());
        return new Ruling.Next(new At.TensorPieces(a.head(), a.at(), a.op(), a.low(), a.high(), parts));
    }

    /** Whether a run of blocks is shown as its values. */
    static boolean isShownWhole(At.Operation a) {
        return (a.high() - a.low()) * Tensor.BLOCK <= WAYS;
    }

    private static Ruling element(At.Element a, Reader in) throws MalformedException {
        Plan plan = a.head().plan(a.at().branch().tree(), a.at().position());
        long value = new Rules(plan, new CheckingInputs(plan, a.head(), a.at(), in)).element(a.op(), a.index());
        String what = plan.op(a.op()).getClass().getSimpleName() + " " + a.index() + " is " + value;
        return value == a.claimed()
                ? new Ruling.Settled(true, what + ", as the node says")
                : new Ruling.Settled(false, what + ", the node said " + a.claimed());
    }

    private static Ruling condition(At.Condition a, Reader in) throws MalformedException {
        Plan plan = a.head().plan(a.at().branch().tree(), a.at().position());
        boolean holds = new Rules(plan, new CheckingInputs(plan, a.head(), a.at(), in)).holds(a.op());
        String what = plan.op(a.op()).getClass().getSimpleName();
        return new Ruling.Settled(holds, what + (holds ? " holds" : " does not hold"));
    }

    /** Derives prompt ids, text, finish reasons and bill again, whole. */
    private Ruling text(At.Text a, Reader in) throws MalformedException {
        Transcript bare = TextMove.read(in);
        in.end(); // before the work: what is refused costs nothing
        Receipt receipt = a.head().receipt();
        Optional<String> contradiction = Verifier.contradiction(receipt);
        if (contradiction.isPresent()) {
            return new Ruling.Settled(false, contradiction.get());
        }
        Optional<TextRules> rules;
        try {
            rules = texts.find(a.head().header());
        } catch (MalformedException e) {
            return new Ruling.Settled(false, "nothing can be answered by this model: " + e.getMessage());
        }
        if (rules.isEmpty()) {
            return new Ruling.Undecided(
                    "tokenizer and template of " + receipt.model().id());
        }
        TranscriptCheck.Derivation derived = TranscriptCheck.derive(receipt, bare, rules.get());
        return switch (derived.verdict()) {
            case Verdict.Valid v ->
                idsAre(a, derived.whole())
                        ? new Ruling.Settled(true, "text and bill follow from the request")
                        : new Ruling.Settled(false, "the ids under the trace are not the receipt's");
            case Verdict.Invalid v -> new Ruling.Settled(false, v.reason());
            case Verdict.Malformed v -> new Ruling.Settled(false, v.reason());
            case Verdict.Undecided v -> new Ruling.Undecided(v.need());
        };
    }

    private static boolean idsAre(At.Text a, Transcript whole) {
        for (int i = 0; i < a.choices().size(); i++) {
            At.Trees trees = a.choices().get(i);
            if (trees.steps() > 0 && !trees.ids().equals(TextMove.idsRoot(whole, i))) {
                return false;
            }
        }
        return true;
    }
}
