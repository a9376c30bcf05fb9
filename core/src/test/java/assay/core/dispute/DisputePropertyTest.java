package assay.core.dispute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Single faults in every kind of operation: the liar loses, whichever side it is on.
 *
 * <p>{@code -Ddispute.faults=1000} runs that many of each kind (docs/protocol/dispute.md gives the command).
 */
class DisputePropertyTest {
    private static final long SEED = 20261121;
    private static final int FAULTS = Integer.getInteger("dispute.faults", 3);
    private static final int[] PROMPT = {17, 3, 99, 42};

    private static final String[] SAMPLINGS = {
        "",
        ",\"temperature\":1.5,\"top_p\":0.8,\"top_k\":60,\"min_p\":0.001",
        ",\"temperature\":0.9,\"top_k\":9,\"presence_penalty\":1.5,\"frequency_penalty\":0.5,"
                + "\"logit_bias\":{\"7\":-1.5,\"55\":30}",
    };

    /** A kind of operation, and where it is found. */
    private record Place(TinyWork honest, int tree, int position, int op) {}

    private static List<TinyWork> works() throws MalformedException {
        List<TinyWork> works = new ArrayList<>();
        for (int i = 0; i < SAMPLINGS.length; i++) {
            String sampling = i == 0 ? ",\"temperature\":0" : SAMPLINGS[i];
            works.add(new TinyWork(TinyModel.of(i), sampling, PROMPT, 4));
        }
        return works;
    }

    private static Map<String, List<Place>> places(List<TinyWork> works) {
        Map<String, List<Place>> places = new TreeMap<>();
        for (TinyWork work : works) {
            for (int tree = 0; tree < work.shape.layers() + 2; tree++) {
                for (int t = 0; t < work.steps(); t++) {
                    Plan plan = Head.of(work).plan(tree, t);
                    for (int op = 0; op < plan.size(); op++) {
                        places.computeIfAbsent(plan.op(op).getClass().getSimpleName(), k -> new ArrayList<>())
                                .add(new Place(work, tree, t, op));
                    }
                }
            }
        }
        return places;
    }

    private static TinyWork liar(Place p, SplittableRandom random) throws MalformedException {
        while (true) {
            long delta = random.nextBoolean() ? 1 : random.nextLong(1, 1 << 20) * (random.nextBoolean() ? 1 : -1);
            TinyWork.Fault fault = new TinyWork.Fault(p.tree(), p.position(), p.op(), random.nextInt(1 << 20), delta);
            try {
                return p.honest().with(fault);
            } catch (MalformedException e) {
                // What follows from this one is not defined: even a liar needs another.
                continue;
            }
        }
    }

    @Test
    void operationsAreThoseOfTheProgram() throws MalformedException {
        for (TinyWork work : works()) {
            for (int tree = 0; tree < work.shape.layers() + 2; tree++) {
                for (int t = 0; t < work.steps(); t++) {
                    OwnInputs own = work.inputs(tree, t);
                    for (int i = 0; i < own.plan().size(); i++) {
                        compare(work, own, i);
                    }
                }
            }
        }
    }

    /** Against {@code Forward} and {@code Sampler}, which know nothing of this package. */
    private static void compare(TinyWork work, OwnInputs own, int i) throws MalformedException {
        int tree = own.plan().tree();
        int t = own.plan().position();
        switch (own.plan().op(i)) {
            case Op.SameResidual op ->
                assertArrayEquals(
                        java.util.Arrays.stream(work.residual(tree, t))
                                .asLongStream()
                                .toArray(),
                        own.values(op.of(), 0, own.tensor(op.of()).size()));
            case Op.SameKeysValues op ->
                assertEquals(
                        FlatDigests.keysValues(work.keysValues(tree, t)),
                        FlatDigests.keysValues(
                                own.values(op.keys(), 0, work.shape.kvWidth()),
                                own.values(op.values(), 0, work.shape.kvWidth())));
            case Op.Likeliest op -> assertTrue(new Rules(own.plan(), own(work, own)).holds(i));
            case Op.Drawn op -> assertTrue(new Rules(own.plan(), own(work, own)).holds(i), work.picked(t) + " at " + t);
            case Op.Kept op -> assertTrue(new Rules(own.plan(), own).holds(i));
            case Op.Shortest op -> assertTrue(new Rules(own.plan(), own).holds(i));
            default -> {}
        }
    }

    private static OwnInputs own(TinyWork work, OwnInputs o) throws MalformedException {
        int t = o.plan().position();
        TraceLeaf leaf = new TraceLeaf.Token((int) OwnInputs.ids(work, 0)[t], work.state(t), work.picked(t));
        return new OwnInputs(work, 0, o.plan(), leaf, new long[0]);
    }

    @Test
    void theLiarLosesWhicheverSideLies() throws MalformedException {
        System.out.println("seed " + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, List<Place>> places = places(works());
        for (Map.Entry<String, List<Place>> kind : places.entrySet()) {
            if (isOfAnotherTest(kind.getKey())) {
                continue;
            }
            for (int i = 0; i < FAULTS; i++) {
                Place p = kind.getValue().get(random.nextInt(kind.getValue().size()));
                TinyWork liar = liar(p, random);
                String what = kind.getKey() + ", fault " + i + " at " + p;
                assertFalse(Play.nodeWins(liar, p.honest()), () -> "the node lies: " + what);
                assertTrue(Play.nodeWins(p.honest(), liar), () -> "the challenger lies: " + what);
            }
        }
    }

    /** Conditions without a tensor, whose faults are in the leaf. */
    private static boolean isOfAnotherTest(String kind) {
        return List.of("Fed", "State", "Answered", "Unpicked").contains(kind);
    }

    @Test
    void withBothLyingAThirdPartyWins() throws MalformedException {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        Map<String, List<Place>> places = places(works());
        List<List<Place>> kinds = new ArrayList<>(places.values());
        for (int i = 0; i < FAULTS * 4; i++) {
            List<Place> first = kinds.get(random.nextInt(kinds.size()));
            Place a = first.get(random.nextInt(first.size()));
            TinyWork one = liar(a, random);
            List<Place> others = kinds.get(random.nextInt(kinds.size())).stream()
                    .filter(p -> p.honest() == a.honest())
                    .toList();
            if (others.isEmpty()) {
                continue;
            }
            TinyWork two = liar(others.get(random.nextInt(others.size())), random);
            TinyWork left = Play.nodeWins(one, two) ? one : two;
            assertFalse(Play.nodeWins(left, a.honest()), "what is left of two liars stands against an honest third");
        }
    }

    @Test
    void leavesThatCommitToSomethingElseLose() throws MalformedException {
        for (TinyWork honest : works()) {
            for (int tree = 0; tree < honest.shape.layers() + 2; tree++) {
                for (int t = 0; t < honest.steps(); t++) {
                    TinyWork liar = honest.altered(tree, t);
                    assertFalse(Play.nodeWins(liar, honest), tree + " " + t);
                    assertTrue(Play.nodeWins(honest, liar), tree + " " + t);
                }
            }
        }
    }

    /** Faults of the conditions on tokens, which have no tensor: what the leaf itself says is wrong. */
    private enum InLeaf {
        FED,
        STATE,
        UNPICKED,
        PICKED
    }

    @Test
    void aTokensLeafThatSaysSomethingElseLoses() throws MalformedException {
        SplittableRandom random = new SplittableRandom(SEED + 2);
        List<TinyWork> works = works();
        for (InLeaf kind : InLeaf.values()) {
            for (int i = 0; i < FAULTS; i++) {
                TinyWork honest = works.get(random.nextInt(works.size()));
                int prompt = PROMPT.length;
                boolean inPrompt = kind == InLeaf.UNPICKED;
                int t = kind == InLeaf.PICKED
                        ? random.nextInt(prompt - 1, honest.steps())
                        : random.nextInt(inPrompt ? prompt - 1 : honest.steps());
                int id = random.nextInt(honest.shape.vocabulary() - 1);
                TinyWork liar =
                        switch (kind) {
                            case FED -> honest.feeding(t, 1 + id);
                            case STATE -> honest.inState(t, assay.core.verify.Samples.hash("other " + i));
                            case UNPICKED -> honest.picking(t, id);
                            case PICKED -> honest.picking(t, id < honest.picked(t) ? id : id + 1);
                        };
                String what = kind + ", fault " + i + " at " + t;
                assertFalse(Play.nodeWins(liar, honest), () -> "the node lies: " + what);
                assertTrue(Play.nodeWins(honest, liar), () -> "the challenger lies: " + what);
            }
        }
    }

    @Test
    void anAnswerThatTheSamplerDidNotGiveLoses() throws MalformedException {
        SplittableRandom random = new SplittableRandom(SEED + 3);
        for (int i = 0; i < FAULTS; i++) {
            int m = random.nextInt(SAMPLINGS.length);
            String sampling = m == 0 ? ",\"temperature\":0" : SAMPLINGS[m];
            int at = PROMPT.length - 1 + random.nextInt(4);
            int id = random.nextInt(TinyModel.of(m).program.shape().vocabulary());
            TinyWork replay = new TinyWork(TinyModel.of(m), sampling, PROMPT, 4, at, id);
            if (replay.picked(at) == id) {
                continue;
            }
            String what = "answer " + i + " at " + at;
            assertFalse(Play.nodeWins(replay, replay), () -> "its trace shows another id than its answer: " + what);
            TinyWork liar = replay.picking(at, id);
            assertFalse(Play.nodeWins(liar, replay), () -> "its trace says that this id was picked: " + what);
        }
    }

    @Test
    void anHonestNodeWinsWhateverIsChosen() throws MalformedException {
        SplittableRandom random = new SplittableRandom(SEED + 4);
        List<TinyWork> works = works();
        for (int i = 0; i < FAULTS * 3; i++) {
            TinyWork honest = works.get(random.nextInt(works.size()));
            Defender defender = new Defender(honest);
            At at = new At.Start();
            Ruling ruling = new Ruling.Next(at);
            while (ruling instanceof Ruling.Next(At next)) {
                at = next;
                // Text is judged by a referee with tokenizers, in another test.
                ruling = at.isNodesTurn()
                        ? Play.REFEREE.show(honest.terms(), at, defender.move(at))
                        : Play.REFEREE.choose(
                                at,
                                at instanceof At.Opened
                                        ? 1 + random.nextInt(at.partCount() - 1)
                                        : random.nextInt(at.partCount()));
            }
            At last = at;
            Ruling end = ruling;
            assertTrue(end instanceof Ruling.Settled s && s.nodeIsRight(), () -> last + ": " + end);
        }
    }

    @Test
    void anHonestChallengerWinsWhateverALiarShows() throws MalformedException {
        SplittableRandom random = new SplittableRandom(SEED + 5);
        List<Place> places =
                places(works()).values().stream().flatMap(List::stream).toList();
        for (int i = 0; i < FAULTS * 3; i++) {
            Place p = places.get(random.nextInt(places.size()));
            if (isOfAnotherTest(Head.of(p.honest())
                    .plan(p.tree(), p.position())
                    .op(p.op())
                    .getClass()
                    .getSimpleName())) {
                continue;
            }
            TinyWork liar = liar(p, random);
            assertFalse(bendingNodeWins(liar, p.honest(), random), () -> "a liar that bends its moves: " + p);
        }
    }

    /** Sends moves with bits flipped, and contradicts itself wherever the rules let it. */
    private static boolean bendingNodeWins(TinyWork liar, TinyWork honest, SplittableRandom random)
            throws MalformedException {
        Defender defender = new Defender(liar);
        Challenger challenger = new Challenger(honest);
        At at = new At.Start();
        while (true) {
            Ruling ruling;
            if (at.isNodesTurn()) {
                byte[] move;
                try {
                    move = defender.move(at);
                } catch (MalformedException e) {
                    return false; // it led itself where it has nothing to show
                }
                byte[] bent = move.clone();
                if (bent.length > 0 && random.nextInt(3) > 0) {
                    bent[random.nextInt(bent.length)] ^= (byte) (1 << random.nextInt(8));
                }
                ruling = Play.REFEREE.show(liar.terms(), at, bent);
                ruling = ruling instanceof Ruling.Refused ? Play.REFEREE.show(liar.terms(), at, move) : ruling;
            } else {
                java.util.OptionalInt part = challenger.choose(at);
                if (part.isEmpty()) {
                    return true;
                }
                ruling = Play.REFEREE.choose(at, part.getAsInt());
            }
            switch (ruling) {
                case Ruling.Next(At next) -> at = next;
                case Ruling.Settled(boolean right, String why) -> {
                    return right;
                }
                case Ruling.Refused refused -> {
                    return false; // it has no move, and its clock runs out
                }
                case Ruling.Undecided undecided -> {
                    return false; // text that it made wrong by itself
                }
            }
        }
    }
}
