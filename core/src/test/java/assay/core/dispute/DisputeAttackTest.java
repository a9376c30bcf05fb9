package assay.core.dispute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Moves that are none: fuzzed, cut, of another dispute, out of turn. They change nothing and win nothing. */
class DisputeAttackTest {
    private static final int[] PROMPT = {17, 3, 99, 42};
    private final SplittableRandom random = new SplittableRandom(4);

    private static TinyWork honest() throws MalformedException {
        return new TinyWork(TinyModel.of(1), ",\"temperature\":1.5,\"top_p\":0.8,\"top_k\":60", PROMPT, 3);
    }

    /** Where a dispute between these two stands before each move of the node. */
    private static List<At> turns(TinyWork node, TinyWork challenger) throws MalformedException {
        List<At> turns = new ArrayList<>();
        Defender defender = new Defender(node);
        Challenger other = new Challenger(challenger);
        At at = new At.Start();
        while (true) {
            turns.add(at);
            if (!(Play.REFEREE.show(node.terms(), at, defender.move(at)) instanceof Ruling.Next(At shown))) {
                return turns;
            }
            int part = other.choose(shown).orElseThrow();
            at = ((Ruling.Next) Play.REFEREE.choose(shown, part)).at();
        }
    }

    @Test
    void aBentMoveOfAnHonestNodeIsNoMoveOrStillTrue() throws MalformedException {
        TinyWork honest = honest();
        for (int tree = 0; tree < 4; tree++) {
            TinyWork liar = honest.with(new TinyWork.Fault(tree, 4, 5, 3, 1));
            for (At at : turns(honest, liar)) {
                byte[] move = new Defender(honest).move(at);
                for (int i = 0; i < 60; i++) {
                    byte[] bent = move.clone();
                    int bit = random.nextInt(8 * bent.length);
                    bent[bit / 8] ^= (byte) (1 << bit % 8);
                    Ruling ruling = Play.REFEREE.show(honest.terms(), at, bent);
                    assertFalse(ruling instanceof Ruling.Settled s && !s.nodeIsRight(), () -> at + ": " + ruling);
                    // Roots of ids and of operations are claims that nothing binds yet.
                    boolean claims = at instanceof At.Start || at instanceof At.Subtree a && a.high() - a.low() == 1;
                    assertFalse(ruling instanceof Ruling.Next && !claims, () -> "bit " + bit + " of " + at);
                }
                assertInstanceOf(
                        Ruling.Refused.class,
                        Play.REFEREE.show(honest.terms(), at, Arrays.copyOf(move, move.length - 1)));
                assertInstanceOf(
                        Ruling.Refused.class,
                        Play.REFEREE.show(honest.terms(), at, Arrays.copyOf(move, move.length + 1)));
            }
        }
    }

    @Test
    void aLiarProvesNothingWhateverItSends() throws MalformedException {
        TinyWork honest = honest();
        for (int op = 1; op < 12; op++) {
            TinyWork liar = honest.with(new TinyWork.Fault(2, 4, op, 3, 1));
            List<At> turns = turns(liar, honest);
            At last = turns.getLast();
            byte[] own = new Defender(liar).move(last);
            byte[] right = new Defender(honest).move(last);
            for (byte[] base : List.of(own, right)) {
                for (int i = 0; i < 200; i++) {
                    byte[] sent = base.clone();
                    for (int flips = random.nextInt(4); flips > 0 && sent.length > 0; flips--) {
                        sent[random.nextInt(sent.length)] = (byte) random.nextInt(256);
                    }
                    Ruling ruling = Play.REFEREE.show(liar.terms(), last, sent);
                    assertFalse(ruling instanceof Ruling.Settled s && s.nodeIsRight(), () -> last + ": " + ruling);
                }
            }
            byte[] noise = new byte[random.nextInt(5000)];
            random.nextBytes(noise);
            assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(liar.terms(), last, noise));
        }
    }

    @Test
    void movesOutOfTurnAndPartsThatAreNotThereAreRefused() throws MalformedException {
        TinyWork honest = honest();
        TinyWork liar = honest.with(new TinyWork.Fault(1, 2, 6, 3, 1));
        for (At at : turns(liar, honest)) {
            assertInstanceOf(Ruling.Refused.class, Play.REFEREE.choose(at, 0));
            byte[] move = new Defender(liar).move(at);
            if (Play.REFEREE.show(liar.terms(), at, move) instanceof Ruling.Next(At shown)) {
                assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(liar.terms(), shown, move));
                assertInstanceOf(Ruling.Refused.class, Play.REFEREE.choose(shown, -1));
                assertInstanceOf(Ruling.Refused.class, Play.REFEREE.choose(shown, shown.partCount()));
            }
        }
        byte[] large = new byte[Referee.MOVE_MAX_BYTES + 1];
        assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(liar.terms(), new At.Start(), large));
        byte[] start = new Defender(liar).move(new At.Start());
        assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(honest.terms(), new At.Start(), start));
    }

    @Test
    void aMoveOfAnotherDisputeIsNoMove() throws MalformedException {
        TinyWork one = honest();
        TinyWork two = new TinyWork(
                TinyModel.of(1), ",\"temperature\":1.5,\"top_p\":0.8,\"top_k\":60", new int[] {18, 3, 99, 42}, 3);
        TinyWork.Fault fault = new TinyWork.Fault(2, 3, 5, 3, 1);
        List<At> here = turns(one, one.with(fault));
        List<At> there = turns(two, two.with(fault));
        assertEquals(here.size(), there.size());
        for (int i = 0; i < here.size(); i++) {
            byte[] move = new Defender(two).move(there.get(i));
            At at = here.get(i);
            assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(one.terms(), at, move), () -> "replayed at " + at);
        }
    }

    @Test
    void withoutTheModelsTextNobodyIsJudgedByTheTranscript() throws MalformedException {
        TinyWork one = honest();
        At opened = ((Ruling.Next)
                        Play.REFEREE.show(one.terms(), new At.Start(), new Defender(one).move(new At.Start())))
                .at();
        At text = ((Ruling.Next) Play.REFEREE.choose(opened, 0)).at();
        assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(one.terms(), text, new byte[0]));
        assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(one.terms(), text, new byte[1]));
        byte[] shown = new Defender(one).move(text);
        assertInstanceOf(Ruling.Undecided.class, Play.REFEREE.show(one.terms(), text, shown));
    }

    @Test
    void randomBytesAreNoPlaceInADispute() {
        int parsed = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            bytes[0] = (byte) (1 + random.nextInt(12));
            try {
                At.parse(bytes);
                parsed++;
            } catch (MalformedException e) {
                continue;
            }
        }
        assertEquals(0, parsed);
    }
}
