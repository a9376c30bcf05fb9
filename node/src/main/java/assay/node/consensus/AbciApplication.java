package assay.node.consensus;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.ProtoReader;
import assay.core.codec.ProtoWriter;
import assay.core.codec.Writer;
import assay.ledger.BlockContext;
import assay.ledger.Ledger;
import assay.ledger.crypto.Address;
import assay.ledger.light.Header;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.state.StateProof;
import assay.ledger.state.Validator;
import assay.ledger.store.ReplicatedLedger;
import assay.ledger.store.ReplicatedLedger.Seen;
import assay.ledger.tx.Ids;
import assay.ledger.tx.RecordCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ledger as CometBFT 0.38 sees it: each request of ABCI 2.0 and its answer, as Protocol Buffers. Field
 * numbers are those of {@code proto/tendermint/abci/types.proto} of v0.38.26.
 *
 * <p>The application hash is the state root. A transaction's result is code 0, or the number of the {@link
 * assay.ledger.Reason}, in code space {@code assay}; bytes that are no transaction have {@link #MALFORMED}.
 * Validators add the next links of their hash chains to their votes; who proposes a block brings them as its first
 * transaction ({@link BeaconVotes}). Where the genesis names no validators, the beacon of a block is
 * H("assay/beacon/comet/1" ‖ genesis digest ‖ height (8) ‖ block hash): whoever proposes the block can choose among a
 * few.
 */
final class AbciApplication {
    /** The code of bytes that are no transaction. */
    static final int MALFORMED = 1_000_000;

    private static final int APP_VERSION = 1;
    private static final int COMMITTED = 2;
    private static final int SNAPSHOT_FORMAT = 1;
    private static final byte[] EMPTY = {};

    private static final int KEYS_MAX = 4096;

    /** Maps whose keys may be listed: those by which people find each other, and what they like to look at. */
    private static final Set<State.Part> LISTED = EnumSet.of(
            State.Part.ACCOUNTS,
            State.Part.CHANNELS,
            State.Part.OPERATORS,
            State.Part.AUDITORS,
            State.Part.MODELS,
            State.Part.OFFERS,
            State.Part.HOSTS,
            State.Part.VALIDATORS,
            State.Part.PROPOSALS,
            State.Part.AUDITS);

    private final ReplicatedLedger ledger;
    private final Optional<LinkChain> chain;

    /** @param chain this validator's, if it is one */
    AbciApplication(ReplicatedLedger ledger, Optional<LinkChain> chain) {
        this.ledger = ledger;
        this.chain = chain;
    }

    /** The chain id that CometBFT knows a network by. */
    static String chainName(Genesis genesis) {
        return Header.chainName(genesis.chainId());
    }

    /**
     * The response to a request.
     *
     * @throws IOException when this copy of the ledger cannot go on
     */
    ProtoWriter answer(ProtoReader request) throws IOException, MalformedException {
        int kind = request.lastField();
        ProtoReader in = kind == 0 ? request : request.message(kind);
        ProtoWriter out =
                switch (kind) {
                    case 1 -> new ProtoWriter().text(1, in.text(1));
                    case 2 -> new ProtoWriter();
                    case 3 -> info();
                    case 5 -> initChain(in);
                    case 6 -> query(in);
                    case 8 -> result(ledger.check(in.bytes(1)));
                    case 11 -> commit();
                    case 12 -> listSnapshots();
                    case 13 -> offerSnapshot(in);
                    case 14 -> new ProtoWriter().bytes(1, ledger.chunk(in.number(1), (int) in.number(3)));
                    case 15 -> applyChunk(in);
                    case 16 -> prepare(in);
                    case 17 -> process(in);
                    case 18 -> extendVote(in);
                    case 19 -> verifyExtension(in);
                    case 20 -> finalizeBlock(in);
                    default -> throw new MalformedException("an unknown request: " + kind, -1);
                };
        return new ProtoWriter().message(kind + 1, out);
    }

    /** An answer that stops CometBFT. */
    static ProtoWriter exception(String why) {
        return new ProtoWriter().message(1, new ProtoWriter().text(1, why));
    }

    private ProtoWriter info() {
        State s = ledger.state();
        return new ProtoWriter()
                .text(1, "assay")
                .number(3, APP_VERSION)
                .number(4, s.height())
                .bytes(5, s.height() == 0 ? EMPTY : s.root().bytes());
    }

    private ProtoWriter initChain(ProtoReader in) throws MalformedException {
        State s = ledger.state();
        if (s.height() != 0) {
            throw new MalformedException(
                    "CometBFT begins a chain, but this ledger is at block " + s.height()
                            + ": remove the data of both together",
                    -1);
        }
        String expected = chainName(s.genesis());
        if (!in.text(2).equals(expected) || in.number(6) > 1) {
            throw new MalformedException("expected chain " + expected + " from block 1, got " + in.text(2), -1);
        }
        ProtoWriter out = new ProtoWriter();
        if (s.validators().count() > 0) {
            // Votes are extended from block 1 on. Parameters without the application's version would set it to 0.
            ProtoWriter params = new ProtoWriter().message(4, new ProtoWriter().number(1, APP_VERSION));
            out.message(1, params.message(5, new ProtoWriter().number(1, 1)));
            s.validators().forEach(Key.ANY, (key, v) -> out.message(2, update(v.consensusKey(), v.power())));
        }
        return out.bytes(3, s.root().bytes());
    }

    private static ProtoWriter update(Hash key, long power) {
        return new ProtoWriter()
                .message(1, new ProtoWriter().bytes(1, key.bytes()))
                .number(2, power);
    }

    /** {@code /state/MAP} with a key, {@code /keys/MAP} with the beginning of some; {@code /genesis}; {@code /header}. */
    private ProtoWriter query(ProtoReader in) {
        Optional<State> asked = in.number(3) <= 0 ? Optional.of(ledger.state()) : ledger.state(in.number(3));
        if (asked.isEmpty()) {
            return refusal("only the last states are kept; the newest is "
                    + ledger.state().height());
        }
        State s = asked.get();
        String path = in.text(2);
        ProtoWriter out = new ProtoWriter();
        if (path.equals("/genesis")) {
            return out.bytes(7, RecordCodec.encode(s.genesis())).number(9, s.height());
        }
        if (path.equals("/header")) {
            return out.bytes(7, s.header()).number(9, s.height());
        }
        byte[] key = in.bytes(1);
        for (State.Part part : State.Part.values()) {
            String name = part.name().toLowerCase(Locale.ROOT);
            if (path.equals("/state/" + name) && key.length == part.keyBytes()) {
                return out.bytes(6, key)
                        .bytes(7, StateProof.prove(s, part, key).encode())
                        .number(9, s.height());
            }
            if (path.equals("/keys/" + name) && key.length <= part.keyBytes() && LISTED.contains(part)) {
                return out.bytes(7, keys(s, part, key)).number(9, s.height());
            }
        }
        return refusal("paths: /genesis, /header, /state/MAP with a key of its length, /keys/MAP with its beginning");
    }

    private static byte[] keys(State s, State.Part part, byte[] prefix) {
        Writer out = new Writer();
        s.maps().get(part.ordinal()).keys(prefix, KEYS_MAX).forEach(out::bytes);
        return out.toBytes();
    }

    private static ProtoWriter refusal(String why) {
        return new ProtoWriter().number(1, MALFORMED).text(3, why).text(10, "assay");
    }

    private static ProtoWriter result(Seen seen) {
        return switch (seen) {
            case Seen.Accepted(var t) ->
                new ProtoWriter().bytes(2, t.transaction().id().bytes());
            case Seen.Refused(var reason) ->
                new ProtoWriter()
                        .number(1, reason.wire())
                        .text(3, reason.name())
                        .text(8, "assay");
            case Seen.Malformed(String why) ->
                new ProtoWriter().number(1, MALFORMED).text(3, why).text(8, "assay");
        };
    }

    private ProtoWriter prepare(ProtoReader in) throws MalformedException {
        ProtoWriter out = new ProtoWriter();
        long room = in.number(1);
        if (BeaconVotes.areDue(ledger.state(), in.number(5))) {
            byte[] first = votes(in.message(3)).encode();
            out.one(1, first);
            room -= first.length + overheadBytes();
        }
        List<byte[]> chosen = ledger.propose(millis(in.message(6)), in.all(2), room, overheadBytes());
        chosen.forEach(tx -> out.one(1, tx));
        return out;
    }

    /** What the votes for the last block brought (ExtendedCommitInfo). */
    private BeaconVotes votes(ProtoReader last) throws MalformedException {
        Map<String, Address> accounts = BeaconVotes.accounts(ledger.state());
        SortedMap<Address, BeaconVotes.Shown> shown = new TreeMap<>();
        for (byte[] bytes : last.all(2)) {
            ProtoReader vote = ProtoReader.parse(bytes);
            Address account = accounts.get(address(vote));
            if (vote.number(5) == COMMITTED && account != null) {
                shown.put(account, new BeaconVotes.Shown(account, vote.bytes(3), vote.bytes(4)));
            }
        }
        return new BeaconVotes((int) last.number(1), List.copyOf(shown.values()));
    }

    private static String address(ProtoReader vote) throws MalformedException {
        return HexFormat.of().formatHex(vote.message(1).bytes(1));
    }

    /** What Protocol Buffers add to a transaction in a block: a tag and a length below 2^28. */
    private static int overheadBytes() {
        return 1 + 4;
    }

    private ProtoWriter process(ProtoReader in) throws MalformedException {
        List<byte[]> transactions = in.all(1);
        boolean good = votesAreWhatCame(in, transactions)
                && ledger.accepts(context(in, transactions), BeaconVotes.others(transactions));
        return new ProtoWriter().number(1, good ? 1 : 2);
    }

    private boolean votesAreWhatCame(ProtoReader in, List<byte[]> transactions) throws MalformedException {
        State s = ledger.state();
        boolean there = !transactions.isEmpty() && BeaconVotes.isOne(transactions.getFirst());
        if (!BeaconVotes.areDue(s, in.number(5)) || !there) {
            return BeaconVotes.areDue(s, in.number(5)) == there;
        }
        ProtoReader last = in.message(2);
        List<BeaconVotes.Vote> votes = new ArrayList<>();
        for (byte[] bytes : last.all(2)) {
            ProtoReader vote = ProtoReader.parse(bytes);
            votes.add(new BeaconVotes.Vote(address(vote), vote.number(3) == COMMITTED));
        }
        try {
            return BeaconVotes.parse(transactions.getFirst())
                    .isWhatCame(s, chainName(s.genesis()), in.number(5) - 1, (int) last.number(1), votes);
        } catch (MalformedException lie) {
            return false;
        }
    }

    /** The next link of this validator's chain, after what the block itself shows of it. */
    private ProtoWriter extendVote(ProtoReader in) {
        ProtoWriter out = new ProtoWriter();
        if (chain.isEmpty()) {
            return out;
        }
        Address me = chain.get().account();
        State s = ledger.state();
        // What this block shows may be used up or not, as the rules of the beacon say: they are asked.
        BlockContext block = new BlockContext(s.height() + 1, 0, Ids.NONE, BeaconVotes.preimages(in.all(4)));
        Optional<Validator> known = Ledger.settle(s, block).next().validators().get(Key.of(me));
        if (known.isEmpty()) {
            return out;
        }
        Hash tip = known.get().beaconTip();
        chain.get().before(tip).ifPresent(link -> out.bytes(1, link.bytes()));
        return out;
    }

    /**
     * Takes a link or nothing. Whether it is the next of its chain is not asked here: a vote that is refused for its
     * link could stop the chain, and a wrong link is fined as a missing one.
     */
    private static ProtoWriter verifyExtension(ProtoReader in) {
        int length = in.bytes(4).length;
        return new ProtoWriter().number(1, length == 0 || length == Hash.SIZE_BYTES ? 1 : 2);
    }

    private ProtoWriter finalizeBlock(ProtoReader in) throws MalformedException {
        List<byte[]> transactions = in.all(1);
        List<byte[]> others = BeaconVotes.others(transactions);
        ReplicatedLedger.Finished done = ledger.finish(context(in, transactions), others);
        ProtoWriter out = new ProtoWriter();
        if (others.size() < transactions.size()) {
            out.message(2, new ProtoWriter());
        }
        done.results().forEach(seen -> out.message(2, result(seen)));
        done.powers().forEach((key, power) -> out.message(3, update(key, power)));
        return out.bytes(5, done.root().bytes());
    }

    private ProtoWriter commit() throws IOException {
        ledger.commit();
        return new ProtoWriter();
    }

    private BlockContext context(ProtoReader in, List<byte[]> transactions) throws MalformedException {
        long height = in.number(5);
        if (height < 1) {
            throw new MalformedException("heights count from 1, got " + height, -1);
        }
        return context(ledger.state(), height, millis(in.message(6)), in.bytes(4), transactions);
    }

    /** What a block's transitions may know: the same for every machine that applies it. */
    static BlockContext context(State s, long height, long timeMillis, byte[] blockHash, List<byte[]> transactions) {
        byte[] number = new Writer().i64(height).toBytes();
        Hash beacon = Hash.tagged("assay/beacon/comet/1", s.genesisDigest().bytes(), number, blockHash);
        return new BlockContext(height, timeMillis, beacon, BeaconVotes.preimages(transactions));
    }

    private static long millis(ProtoReader timestamp) {
        return timestamp.number(1) * 1000 + timestamp.number(2) / 1_000_000;
    }

    private ProtoWriter listSnapshots() throws IOException {
        ProtoWriter out = new ProtoWriter();
        for (ReplicatedLedger.Offer offer : ledger.offers()) {
            out.message(
                    1,
                    new ProtoWriter()
                            .number(1, offer.height())
                            .number(2, SNAPSHOT_FORMAT)
                            .number(3, offer.chunks())
                            .bytes(4, offer.digest().bytes()));
        }
        return out;
    }

    private ProtoWriter offerSnapshot(ProtoReader in) throws MalformedException {
        ProtoReader offer = in.message(1);
        byte[] root = in.bytes(2);
        if (offer.number(2) != SNAPSHOT_FORMAT) {
            return new ProtoWriter().number(1, 4);
        }
        boolean accepted = root.length == Hash.SIZE_BYTES
                && ledger.join(offer.number(1), (int) offer.number(3), Hash.ofBytes(root));
        return new ProtoWriter().number(1, accepted ? 1 : 3);
    }

    private ProtoWriter applyChunk(ProtoReader in) throws IOException {
        try {
            ledger.join((int) in.number(1), in.bytes(2));
            return new ProtoWriter().number(1, 1);
        } catch (MalformedException damaged) {
            return new ProtoWriter().number(1, 5).text(3, in.text(3));
        }
    }
}
