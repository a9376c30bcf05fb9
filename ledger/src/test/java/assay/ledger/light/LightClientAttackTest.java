package assay.ledger.light;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.ledger.BlockContext;
import assay.ledger.Ledger;
import assay.ledger.crypto.Address;
import assay.ledger.light.HeaderCheck.Fault;
import assay.ledger.state.Account;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.state.StateProof;
import assay.ledger.tx.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Endpoints that lie, each in its own way. */
class LightClientAttackTest {
    private static final Address RICH = Address.ofBytes(Arrays.copyOf(new byte[] {1}, 20));
    private static final Address POOR = Address.ofBytes(Arrays.copyOf(new byte[] {2}, 20));
    private static final int HEIGHT = 9;
    private static final byte[] PAID = "a payment".getBytes(StandardCharsets.US_ASCII);

    private final FakeChain chain = new FakeChain();
    private final TreeMap<Long, State> states = new TreeMap<>();
    private Instant now = FakeChain.BEGIN.plusSeconds(60);

    @BeforeEach
    void nineBlocksWithChangingValidators() {
        State s = State.of(Genesis.embedded(1, RICH, Amount.ofUnits(1000)));
        states.put(0L, s);
        for (long h = 1; h <= HEIGHT; h++) {
            boolean paying = h == 5;
            // Validators 0 to 3 until block 4; then one goes and one comes with each block.
            chain.add(
                    (int) Math.max(0, h - 4),
                    (int) Math.max(0, h - 3),
                    s.root(),
                    paying ? List.of("other".getBytes(StandardCharsets.US_ASCII), PAID) : List.of(),
                    paying ? List.of(0L, 17L) : List.of());
            s = Ledger.settle(s, new BlockContext(h, 0, s.root())).next();
            states.put(h, s);
        }
        chain.queries = q -> answer(q.height(), states.get(q.height()), q.data());
    }

    private static Json answer(long height, State state, byte[] key) {
        return answer(height, StateProof.prove(state, State.Part.ACCOUNTS, key).encode());
    }

    private static Json answer(long height, byte[] value) {
        return Json.object()
                .put("code", 0)
                .put("value", Base64.getEncoder().encodeToString(value))
                .put("height", Long.toString(height))
                .build();
    }

    private LightClient client(Endpoint... endpoints) {
        return client(new LightClient.Root.Founders(FakeChain.set(0, 4)), endpoints);
    }

    private LightClient client(LightClient.Root root, Endpoint... endpoints) {
        return client(root, Optional.empty(), endpoints);
    }

    private LightClient client(LightClient.Root root, Optional<ValidatorSet> founders, Endpoint... endpoints) {
        return new LightClient(
                endpoints.length == 0 ? List.of(chain) : List.of(endpoints),
                root,
                founders,
                LightClient.Options.of(FakeChain.NAME),
                () -> now,
                block -> {});
    }

    private Fault fault(LightClient client) {
        return assertThrows(LightException.class, () -> client.read(State.Part.ACCOUNTS, Key.of(RICH)))
                .fault();
    }

    private void replaceLast(LightBlock block) {
        chain.blocks.put((long) HEIGHT, block);
    }

    private static Header with(Header h, Hash app, Instant time, Hash validators) {
        return new Header(
                h.versionBlock(),
                h.versionApp(),
                h.chain(),
                h.height(),
                time,
                h.previous(),
                h.lastCommit(),
                h.data(),
                validators,
                h.nextValidators(),
                h.consensus(),
                app,
                h.lastResults(),
                h.evidence(),
                h.proposer());
    }

    @Test
    void anHonestEndpointIsBelievedThroughEveryChangeOfTheValidators() throws Exception {
        LightClient client = client();
        LightClient.Shown rich = client.read(State.Part.ACCOUNTS, Key.of(RICH));
        assertEquals(HEIGHT - 1, rich.height());
        assertEquals(
                Amount.ofUnits(1000),
                RecordCodec.read(new assay.core.codec.Reader(rich.value().orElseThrow()), Account.class)
                        .balance());
        assertTrue(client.read(State.Part.ACCOUNTS, Key.of(POOR)).value().isEmpty());
        assertTrue(chain.asked.get("commit") < 2 * HEIGHT, () -> "it skips: " + chain.asked);
    }

    @Test
    void aForgedHeaderUnderOldSignaturesIsRefused() {
        LightBlock last = chain.blocks.get((long) HEIGHT);
        Header h = last.header();
        Header forged = with(h, Hash.sha256(new byte[] {9}), h.time(), h.validators());
        replaceLast(new LightBlock(forged, last.commit(), last.validators()));
        assertEquals(Fault.WRONG_COMMIT, fault(client()));
        // The endpoint also names the forged hash: now the signatures are none.
        BlockId id = new BlockId(forged.hash(), 1, last.commit().block().partsRoot());
        replaceLast(
                new LightBlock(forged, new Commit(HEIGHT, 0, id, last.commit().votes()), last.validators()));
        assertEquals(Fault.WRONG_SIGNATURE, fault(client()));
    }

    @Test
    void aHeaderOfValidatorsThatNobodyKnowsIsRefused() {
        Header h = chain.blocks.get((long) HEIGHT).header();
        ValidatorSet strangers = FakeChain.set(100, 4);
        replaceLast(FakeChain.signed(with(h, Hash.sha256(new byte[] {9}), h.time(), strangers.hash()), strangers, 100));
        assertEquals(Fault.WRONG_VALIDATORS, fault(client()));
    }

    @Test
    void aChainOfOtherFoundersIsRefused() {
        LightClient client = client(new LightClient.Root.Founders(FakeChain.set(50, 4)));
        assertEquals(Fault.WRONG_VALIDATORS, fault(client));
    }

    @Test
    void anotherChainThanThePinnedBlockIsRefused() {
        assertEquals(Fault.WRONG_PIN, fault(client(new LightClient.Root.Pinned(2, Hash.sha256(new byte[] {7})))));
        Hash right = chain.blocks.get(2L).header().hash();
        LightClient client = client(new LightClient.Root.Pinned(2, right));
        assertTrue(org.junit.jupiter.api.Assertions.assertDoesNotThrow(
                        () -> client.read(State.Part.ACCOUNTS, Key.of(RICH)))
                .value()
                .isPresent());
    }

    @Test
    void aHeaderThatTwoOfFourSignedIsRefused() {
        LightBlock last = chain.blocks.get((long) HEIGHT);
        List<Commit.Vote> votes = new java.util.ArrayList<>(last.commit().votes());
        for (int i = 0; i < 2; i++) {
            votes.set(i, new Commit.Vote(false, "", Instant.EPOCH, new byte[0]));
        }
        replaceLast(new LightBlock(
                last.header(), new Commit(HEIGHT, 0, last.commit().block(), votes), last.validators()));
        assertEquals(Fault.TOO_FEW_SIGNATURES, fault(client()));
    }

    @Test
    void anEndpointThatShowsOldBlocksAsTheNewestIsRefused() {
        now = FakeChain.BEGIN.plus(Duration.ofMinutes(20));
        assertEquals(Fault.STALE, fault(client()));
    }

    @Test
    void whatWasTrustedIsNotTrustedForEver() {
        now = FakeChain.BEGIN.plus(Duration.ofDays(8));
        assertEquals(Fault.EXPIRED, fault(client()));
    }

    @Test
    void aHeaderFromTheFutureIsRefused() {
        now = FakeChain.BEGIN.minusSeconds(30);
        assertEquals(Fault.FROM_THE_FUTURE, fault(client()));
    }

    @Test
    void whatWasTrustedIsTrustedForAWeekToTheMillisecond() {
        LightBlock first = chain.blocks.get(1L);
        LightBlock second = chain.blocks.get(2L);
        HeaderCheck.Rules rules = LightClient.Options.of(FakeChain.NAME).rules();
        Instant end = first.header().time().plus(Duration.ofDays(7));
        assertEquals(new HeaderCheck.Result.Trusted(), HeaderCheck.later(first, second, rules, end.minusMillis(1)));
        assertTrue(HeaderCheck.later(first, second, rules, end)
                        instanceof HeaderCheck.Result.Refused(Fault fault, String why)
                && fault == Fault.EXPIRED);
    }

    @Test
    void aClientThatSleptForAWeekTrustsNothingThatItRemembers() throws Exception {
        LightClient client = client();
        LightBlock last = client.latest();
        now = last.header().time().plus(Duration.ofDays(8));
        LightBlock made = chain.add(5, 5, states.get((long) HEIGHT).root(), List.of(), List.of());
        Header h = made.header();
        chain.blocks.put(
                HEIGHT + 1L,
                FakeChain.signed(with(h, h.app(), now.minusSeconds(1), h.validators()), FakeChain.set(5, 4), 5));
        assertEquals(Fault.EXPIRED, fault(client));
    }

    @Test
    void blocksBeforeAPinnedOneAreThoseThatItsHeadersName() throws Exception {
        LightBlock last = chain.blocks.get((long) HEIGHT);
        LightClient.Root pin = new LightClient.Root.Pinned(HEIGHT, last.header().hash());
        assertEquals(
                chain.blocks.get(3L).header().hash(), client(pin).at(3).header().hash());
        assertEquals(2, client(pin).whole(5).transactions().size());
        // Signed by its validators, but not the one that the next header names.
        Header h = chain.blocks.get(3L).header();
        chain.blocks.put(
                3L,
                FakeChain.signed(
                        with(h, Hash.sha256(new byte[] {9}), h.time(), h.validators()), FakeChain.set(0, 4), 0));
        LightException lie =
                assertThrows(LightException.class, () -> client(pin).at(2));
        assertEquals(Fault.WRONG_PIN, lie.fault());
    }

    @Test
    void blocksLongBeforeAPinnedOneFollowFromTheFoundersOrAreRefused() throws Exception {
        int members = HEIGHT - 3;
        for (int i = 0; i < 140; i++) {
            chain.add(members, members, states.get((long) HEIGHT).root(), List.of(), List.of());
        }
        LightBlock last = chain.blocks.lastEntry().getValue();
        now = last.header().time().plusSeconds(1);
        LightClient.Root pin =
                new LightClient.Root.Pinned(last.height(), last.header().hash());
        LightException far =
                assertThrows(LightException.class, () -> client(pin).at(3));
        assertEquals(Fault.NOT_NEWER, far.fault());
        LightClient follower = client(pin, Optional.of(FakeChain.set(0, 4)));
        assertEquals(last.height(), follower.latest().height());
        for (long h = 1; h <= last.height(); h++) {
            assertEquals(
                    chain.blocks.get(h).header().hash(), follower.at(h).header().hash());
        }
        LightClient others = client(pin, Optional.of(FakeChain.set(7, 4)));
        assertEquals(
                Fault.WRONG_VALIDATORS,
                assertThrows(LightException.class, () -> others.at(1)).fault());
    }

    @Test
    void anEndpointThatGoesBackShowsNothingOlder() throws Exception {
        LightClient client = client();
        assertEquals(HEIGHT, client.latest().height());
        chain.blocks.remove((long) HEIGHT);
        assertEquals(HEIGHT, client.latest().height());
        now = FakeChain.BEGIN.plus(Duration.ofMinutes(20));
        assertEquals(Fault.STALE, fault(client));
    }

    @Test
    void otherValidatorsThanTheHeadersAreRefused() {
        LightBlock last = chain.blocks.get((long) HEIGHT);
        replaceLast(new LightBlock(last.header(), last.commit(), FakeChain.set(60, 4)));
        assertEquals(Fault.WRONG_VALIDATORS, fault(client()));
    }

    /** The endpoint has one validator's key: it names its own set for the next block, and signs that one whole. */
    @Test
    void aChangeOfTheValidatorsThatOneOfFourSignedIsRefused() {
        LightBlock before = chain.blocks.get(HEIGHT - 1L);
        Header h = before.header();
        ValidatorSet own = FakeChain.set(200, 4);
        Header naming = new Header(
                h.versionBlock(),
                h.versionApp(),
                h.chain(),
                h.height(),
                h.time(),
                h.previous(),
                h.lastCommit(),
                h.data(),
                h.validators(),
                own.hash(),
                h.consensus(),
                h.app(),
                h.lastResults(),
                h.evidence(),
                h.proposer());
        LightBlock whole = FakeChain.signed(naming, before.validators(), 4);
        List<Commit.Vote> votes = new java.util.ArrayList<>(whole.commit().votes());
        for (int i = 1; i < votes.size(); i++) {
            votes.set(i, new Commit.Vote(false, "", Instant.EPOCH, new byte[0]));
        }
        Commit one = new Commit(h.height(), 0, whole.commit().block(), votes);
        chain.blocks.put(h.height(), new LightBlock(naming, one, before.validators()));
        Header last = chain.blocks.get((long) HEIGHT).header();
        replaceLast(FakeChain.signed(with(last, Hash.sha256(new byte[] {9}), last.time(), own.hash()), own, 200));
        assertEquals(Fault.TOO_FEW_SIGNATURES, fault(client()));
    }

    /** A leaf on the way to a key shows that there is nothing else on that way; another way shows nothing. */
    @Test
    void aKeyThatIsThereCannotBeShownAsAbsentNorOneThatIsNotAsPresent() {
        State two = State.of(new Genesis(
                Genesis.CHAIN_ID_FIRST + 1,
                states.get(0L).genesis().params(),
                List.of(
                        new Genesis.Allocation(RICH, Amount.ofUnits(1)),
                        new Genesis.Allocation(POOR, Amount.ofUnits(2)))));
        Header h = chain.blocks.get((long) HEIGHT).header();
        replaceLast(FakeChain.signed(with(h, two.root(), h.time(), h.validators()), FakeChain.set(5, 4), 5));
        SplittableRandom random = new SplittableRandom(13);
        for (int i = 0; i < 50; i++) {
            byte[] absent = new byte[Address.SIZE_BYTES];
            random.nextBytes(absent);
            chain.queries = q -> answer(q.height(), two, absent);
            LightClient client = client();
            for (Address there : List.of(RICH, POOR)) {
                try {
                    assertTrue(
                            client.read(State.Part.ACCOUNTS, Key.of(there))
                                    .value()
                                    .isPresent(),
                            "seed 13, " + i);
                } catch (LightException refused) {
                    assertEquals(Fault.WRONG_PROOF, refused.fault());
                } catch (java.io.IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
                chain.queries = q -> answer(q.height(), two, Key.of(there));
                try {
                    assertTrue(client.read(State.Part.ACCOUNTS, absent).value().isEmpty(), "seed 13, " + i);
                } catch (LightException refused) {
                    assertEquals(Fault.WRONG_PROOF, refused.fault());
                } catch (java.io.IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
                chain.queries = q -> answer(q.height(), two, absent);
            }
        }
    }

    @Test
    void oneEndpointThatRefusesOrDropsATransactionKeepsItFromNobody() throws Exception {
        FakeChain liar = new FakeChain();
        liar.blocks.putAll(chain.blocks);
        liar.broadcasts = tx -> 17;
        java.util.concurrent.atomic.AtomicInteger heard = new java.util.concurrent.atomic.AtomicInteger();
        chain.broadcasts = tx -> heard.incrementAndGet() * 0;
        assertEquals(0, client(liar, chain).broadcast(PAID).code());
        liar.broadcasts = tx -> 0; // and tells nobody
        assertEquals(0, client(liar, chain).broadcast(PAID).code());
        assertEquals(2, heard.get());
        chain.broadcasts = tx -> 5;
        liar.broadcasts = tx -> 17;
        assertEquals(17, client(liar, chain).broadcast(PAID).code(), "all refuse");
    }

    @Test
    void theProofOfAnotherKeyIsRefused() {
        chain.queries = q -> answer(q.height(), states.get(q.height()), Key.of(POOR));
        // In a state of one account every key leads to that leaf: so take one of two.
        State two = State.of(new Genesis(
                Genesis.CHAIN_ID_FIRST + 1,
                states.get(0L).genesis().params(),
                List.of(
                        new Genesis.Allocation(RICH, Amount.ofUnits(1)),
                        new Genesis.Allocation(POOR, Amount.ofUnits(2)))));
        chain.queries = q -> answer(q.height(), two, Key.of(POOR));
        Header h = chain.blocks.get((long) HEIGHT).header();
        replaceLast(FakeChain.signed(with(h, two.root(), h.time(), h.validators()), FakeChain.set(5, 4), 5));
        assertEquals(Fault.WRONG_PROOF, fault(client()));
    }

    @Test
    void theProofOfAnotherMapIsRefused() {
        chain.queries = q -> answer(
                q.height(),
                StateProof.prove(states.get(q.height()), State.Part.OPERATORS, Key.of(RICH))
                        .encode());
        assertEquals(Fault.WRONG_PROOF, fault(client()));
    }

    @Test
    void aProofUnderTheHashOfAnotherHeightIsRefused() {
        chain.queries = q -> answer(q.height(), states.get(q.height() - 1), q.data());
        assertEquals(Fault.WRONG_PROOF, fault(client()));
        chain.queries = q -> answer(q.height() - 1, states.get(q.height() - 1), q.data());
        assertEquals(Fault.WRONG_PROOF, fault(client()));
    }

    @Test
    void truncatedAnswersAreRefusedWhereverTheyEnd() {
        SplittableRandom random = new SplittableRandom(11);
        for (String call : new String[] {"status", "commit", "validators", "abci_query"}) {
            for (int i = 0; i < 6; i++) {
                int part = random.nextInt(1 << 16);
                chain.altered =
                        (asked, body) -> asked.startsWith(call) ? Arrays.copyOf(body, part % body.length) : body;
                assertEquals(Fault.MALFORMED, fault(client()), call);
            }
        }
        chain.altered = (asked, body) -> body;
        byte[] whole = StateProof.prove(states.get(8L), State.Part.ACCOUNTS, Key.of(RICH))
                .encode();
        LightClient client = client();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            chain.queries = q -> answer(q.height(), cut);
            assertEquals(Fault.MALFORMED, fault(client), "proof of " + length + " bytes");
        }
    }

    @Test
    void answersWithAnyByteChangedAreRefusedOrSayTheSame() throws Exception {
        SplittableRandom random = new SplittableRandom(12);
        byte[] right = client().read(State.Part.ACCOUNTS, Key.of(RICH)).value().orElseThrow();
        for (int i = 0; i < 90; i++) {
            int at = random.nextInt(1 << 20);
            byte to = (byte) (32 + random.nextInt(95));
            String call = List.of("commit", "validators", "abci_query").get(i % 3);
            chain.altered = (asked, body) -> {
                if (asked.startsWith(call)) {
                    body[at % body.length] = to;
                }
                return body;
            };
            try {
                assertArrayEquals(
                        right,
                        client().read(State.Part.ACCOUNTS, Key.of(RICH)).value().orElseThrow(),
                        "seed 12, change " + i);
            } catch (java.io.IOException refused) {
                continue;
            }
        }
    }

    @Test
    void anotherEndpointIsAskedWhenOneLies() throws Exception {
        FakeChain liar = new FakeChain();
        liar.blocks.putAll(chain.blocks);
        liar.queries = q -> answer(q.height(), states.get(0L), q.data());
        assertTrue(client(liar, chain)
                .read(State.Part.ACCOUNTS, Key.of(RICH))
                .value()
                .isPresent());
    }

    @Test
    void twoSignedBlocksOfOneHeightAreAForkAndNothingIsBelieved() {
        FakeChain fork = new FakeChain();
        fork.blocks.putAll(chain.blocks);
        Header h = chain.blocks.get((long) HEIGHT).header();
        fork.blocks.put(
                (long) HEIGHT,
                FakeChain.signed(
                        with(h, Hash.sha256(new byte[] {9}), h.time(), h.validators()), FakeChain.set(5, 4), 5));
        assertEquals(Fault.FORK, fault(client(chain, fork)));
        assertEquals(Fault.FORK, fault(client(fork, chain)));
    }

    @Test
    void aTransactionIsFoundWithWhatBecameOfIt() throws Exception {
        assertEquals(new LightClient.Included(5, 17), client().find(PAID).orElseThrow());
        assertTrue(
                client().find("never sent".getBytes(StandardCharsets.US_ASCII)).isEmpty());
    }

    @Test
    void aTransactionThatIsNotInTheBlockIsNotFoundThere() {
        byte[] never = "never sent".getBytes(StandardCharsets.US_ASCII);
        chain.transactions.put(5L, List.of(never, PAID));
        Fault fault =
                assertThrows(LightException.class, () -> client().find(never)).fault();
        assertEquals(Fault.WRONG_PROOF, fault);
    }

    @Test
    void aRefusedTransactionCannotBeShownAsApplied() {
        chain.codes.put(5L, List.of(0L, 0L));
        Fault fault =
                assertThrows(LightException.class, () -> client().find(PAID)).fault();
        assertEquals(Fault.WRONG_PROOF, fault);
    }

    @Test
    void aBlockWithATransactionLeftOutIsRefused() throws Exception {
        assertEquals(2, client().whole(5).transactions().size());
        chain.transactions.put(5L, List.of(PAID));
        Fault fault =
                assertThrows(LightException.class, () -> client().whole(5)).fault();
        assertEquals(Fault.WRONG_PROOF, fault);
    }

    @Test
    void anAnswerWithoutEndIsCutOffAndRefused() {
        chain.altered = (call, body) ->
                call.startsWith("commit") ? "[".repeat(1 << 21).getBytes(StandardCharsets.US_ASCII) : body;
        assertThrows(java.io.IOException.class, () -> client().latest());
        chain.altered = (call, body) ->
                call.startsWith("status") ? "[".repeat(100_000).getBytes(StandardCharsets.US_ASCII) : body;
        assertEquals(Fault.MALFORMED, fault(client()));
    }
}
