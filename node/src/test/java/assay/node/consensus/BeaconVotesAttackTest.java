package assay.node.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.ledger.BlockContext;
import assay.ledger.Ledger;
import assay.ledger.crypto.Address;
import assay.ledger.light.Commit;
import assay.ledger.light.ValidatorSet;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.tx.Ids;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proposers that would choose the beacon by leaving out, changing or adding what validators showed. */
class BeaconVotesAttackTest {
    private static final String NAME = "assay-1149218157756424";

    @TempDir
    Path tmp;

    private final List<LinkChain> chains = new ArrayList<>();
    private final List<NodeSigner> keys = new ArrayList<>();
    private State state;

    @BeforeEach
    void fourValidators() throws Exception {
        List<Genesis.Founder> founders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] account = new byte[20];
            Arrays.fill(account, (byte) (i + 1));
            NodeSigner key = NodeSigner.ofSeed(Hash.sha256(account).bytes());
            LinkChain chain =
                    LinkChain.make(tmp.resolve("c" + i), Address.ofBytes(account), 3000, Hash.sha256(account, account));
            keys.add(key);
            chains.add(chain);
            founders.add(
                    new Genesis.Founder(chain.account(), Hash.ofBytes(key.key().bytes()), 10, chain.tip()));
        }
        founders.sort(Comparator.comparing(Genesis.Founder::account));
        state = State.of(Genesis.local(8, founders.getFirst().account(), Amount.ofUnits(10), founders));
    }

    private BeaconVotes.Shown shown(int i, byte[] link, long height, int round) {
        byte[] signed = Commit.signedExtension(NAME, height, round, link);
        return new BeaconVotes.Shown(chains.get(i).account(), link, keys.get(i).sign(signed));
    }

    private byte[] next(int i) {
        Hash tip = state.validators()
                .get(Key.of(chains.get(i).account()))
                .orElseThrow()
                .beaconTip();
        return chains.get(i).before(tip).orElseThrow().bytes();
    }

    private List<BeaconVotes.Shown> all() {
        List<BeaconVotes.Shown> out = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            out.add(shown(i, next(i), 7, 2));
        }
        return out;
    }

    private List<BeaconVotes.Vote> votes(int silent) {
        List<BeaconVotes.Vote> out = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            out.add(new BeaconVotes.Vote(
                    ValidatorSet.address(Hash.ofBytes(keys.get(i).key().bytes())), i != silent));
        }
        return out;
    }

    private boolean accepted(List<BeaconVotes.Shown> shown, int silent) {
        return new BeaconVotes(2, shown).isWhatCame(state, NAME, 7, 2, votes(silent));
    }

    @Test
    void whatCameWithTheVotesIsAccepted() throws Exception {
        assertTrue(accepted(all(), -1));
        List<BeaconVotes.Shown> three = all();
        three.remove(2);
        assertTrue(accepted(three, 2));
        BeaconVotes again = BeaconVotes.parse(new BeaconVotes(2, all()).encode());
        assertTrue(again.isWhatCame(state, NAME, 7, 2, votes(-1)));
    }

    @Test
    void aLinkLeftOutIsRefused() {
        for (int i = 0; i < 4; i++) {
            List<BeaconVotes.Shown> three = all();
            three.remove(i);
            assertFalse(accepted(three, -1));
        }
        assertFalse(accepted(List.of(), -1));
    }

    @Test
    void aLinkMadeEmptyIsRefusedUnlessItsValidatorShowedNone() {
        List<BeaconVotes.Shown> shown = all();
        shown.set(
                1,
                new BeaconVotes.Shown(
                        chains.get(1).account(), new byte[0], shown.get(1).signature()));
        assertFalse(accepted(shown, -1));
        shown.set(1, shown(1, new byte[0], 7, 2));
        assertTrue(accepted(shown, -1));
    }

    @Test
    void linksOfAnotherHeightOrRoundOrChainAreRefused() {
        List<BeaconVotes.Shown> shown = all();
        shown.set(0, shown(0, next(0), 6, 2));
        assertFalse(accepted(shown, -1));
        shown.set(0, shown(0, next(0), 7, 1));
        assertFalse(accepted(shown, -1));
        assertFalse(new BeaconVotes(2, all()).isWhatCame(state, "assay-1", 7, 2, votes(-1)));
        assertFalse(new BeaconVotes(1, all()).isWhatCame(state, NAME, 7, 2, votes(-1)));
    }

    @Test
    void aLinkOfWhoDidNotVoteIsRefused() {
        assertFalse(accepted(all(), 3));
    }

    @Test
    void twiceOrInAnotherOrderIsRefused() {
        List<BeaconVotes.Shown> shown = all();
        shown.add(shown.getFirst());
        assertFalse(accepted(shown, -1));
        assertFalse(accepted(all().reversed(), -1));
    }

    @Test
    void anyChangedByteIsRefused() {
        SplittableRandom random = new SplittableRandom(5);
        byte[] right = new BeaconVotes(2, all()).encode();
        for (int i = 0; i < 500; i++) {
            byte[] wrong = right.clone();
            wrong[random.nextInt(wrong.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertFalse(BeaconVotes.parse(wrong).isWhatCame(state, NAME, 7, 2, votes(-1)), "seed 5, change " + i);
            } catch (MalformedException refused) {
                continue;
            }
        }
        for (int length = 0; length < right.length; length++) {
            byte[] cut = Arrays.copyOf(right, length);
            assertThrows(MalformedException.class, () -> BeaconVotes.parse(cut));
        }
    }

    @Test
    void linksGoThroughTheWholeChainAndTheLedgerTakesEachOnce() throws Exception {
        State s = state;
        LinkChain chain = chains.getFirst();
        Hash tip = chain.tip();
        for (int i = 0; i < 2500; i++) {
            Hash link = chain.before(tip).orElseThrow();
            assertEquals(tip, Ids.beaconTip(link));
            tip = link;
        }
        LinkChain again = LinkChain.find(tmp.resolve("c0")).orElseThrow();
        assertEquals(chain.before(tip), again.before(tip), "found again after a restart");
        assertTrue(again.before(Hash.sha256()).isEmpty());

        List<byte[]> transactions = List.of(new BeaconVotes(2, all()).encode());
        BlockContext block = new BlockContext(1, 0, Ids.NONE, BeaconVotes.preimages(transactions));
        s = Ledger.settle(s, block).next();
        Hash beacon = s.beacons().get(Key.BEACON).orElseThrow().value();
        assertEquals(0, missed(s));
        State twice = Ledger.settle(s, new BlockContext(2, 0, Ids.NONE, BeaconVotes.preimages(transactions)))
                .next();
        assertEquals(4, missed(twice), "links that were shown before count as missing");
        assertEquals(beacon, twice.beacons().get(Key.BEACON).orElseThrow().value(), "without the next links it stands");
    }

    private static long missed(State s) {
        long[] out = {0};
        s.validators().forEach(Key.ANY, (key, v) -> out[0] += v.missed());
        return out[0];
    }
}
