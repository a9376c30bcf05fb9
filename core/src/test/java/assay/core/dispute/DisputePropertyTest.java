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

    @Test
    void aStateThatDoesNotFollowLoses() throws MalformedException {
        for (TinyWork honest : works()) {
            for (int t = 0; t < honest.steps(); t++) {
                TinyWork liar = honest.altered(0, 0);
                liar.residuals[0][0] = honest.residuals[0][0];
                liar.states[t] = assay.core.verify.Samples.hash("other");
                assertFalse(Play.nodeWins(liar, honest));
                assertTrue(Play.nodeWins(honest, liar));
            }
        }
    }
}
