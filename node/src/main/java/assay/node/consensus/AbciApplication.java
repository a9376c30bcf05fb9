package assay.node.consensus;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.ProtoReader;
import assay.core.codec.ProtoWriter;
import assay.core.codec.Writer;
import assay.ledger.BlockContext;
import assay.ledger.state.Genesis;
import assay.ledger.state.State;
import assay.ledger.state.StateProof;
import assay.ledger.store.ReplicatedLedger;
import assay.ledger.store.ReplicatedLedger.Seen;
import assay.ledger.tx.RecordCodec;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * The ledger as CometBFT 0.38 sees it: each request of ABCI 2.0 and its answer, as Protocol Buffers. Field
 * numbers are those of {@code proto/tendermint/abci/types.proto} of v0.38.26.
 *
 * <p>The application hash is the state root. A transaction's result is code 0, or the number of the {@link
 * assay.ledger.Reason}, in code space {@code assay}; bytes that are no transaction have {@link #MALFORMED}.
 * The beacon of a block is H("assay/beacon/comet/1" ‖ genesis digest ‖ height (8) ‖ block hash): whoever
 * proposes the block can choose among a few.
 */
final class AbciApplication {
    /** The code of bytes that are no transaction. */
    static final int MALFORMED = 1_000_000;

    private static final int SNAPSHOT_FORMAT = 1;
    private static final byte[] EMPTY = {};

    private final ReplicatedLedger ledger;

    AbciApplication(ReplicatedLedger ledger) {
        this.ledger = ledger;
    }

    /** The chain id that CometBFT knows a network by. */
    static String chainName(Genesis genesis) {
        return "assay-" + genesis.chainId();
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
                    case 18 -> new ProtoWriter();
                    case 19 -> new ProtoWriter().number(1, 1);
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
                .number(3, 1)
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
        return new ProtoWriter().bytes(3, s.root().bytes());
    }

    /** {@code /state/ACCOUNTS} and so on with a key; {@code /genesis}; {@code /header}. */
    private ProtoWriter query(ProtoReader in) {
        State s = ledger.state();
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
            if (path.equals("/state/" + part.name().toLowerCase(Locale.ROOT)) && key.length == part.keyBytes()) {
                return out.bytes(6, key)
                        .bytes(7, StateProof.prove(s, part, key).encode())
                        .number(9, s.height());
            }
        }
        return out.number(1, MALFORMED)
                .text(3, "paths: /genesis, /header, /state/MAP with a key of its length")
                .text(10, "assay");
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
        List<byte[]> chosen = ledger.propose(millis(in.message(6)), in.all(2), in.number(1), overheadBytes());
        chosen.forEach(tx -> out.one(1, tx));
        return out;
    }

    /** What Protocol Buffers add to a transaction in a block: a tag and a length below 2^28. */
    private static int overheadBytes() {
        return 1 + 4;
    }

    private ProtoWriter process(ProtoReader in) throws MalformedException {
        boolean good = ledger.accepts(context(in), in.all(1));
        return new ProtoWriter().number(1, good ? 1 : 2);
    }

    private ProtoWriter finalizeBlock(ProtoReader in) throws MalformedException {
        ReplicatedLedger.Finished done = ledger.finish(context(in), in.all(1));
        ProtoWriter out = new ProtoWriter();
        done.results().forEach(seen -> out.message(2, result(seen)));
        return out.bytes(5, done.root().bytes());
    }

    private ProtoWriter commit() throws IOException {
        ledger.commit();
        return new ProtoWriter();
    }

    private BlockContext context(ProtoReader in) throws MalformedException {
        long height = in.number(5);
        if (height < 1) {
            throw new MalformedException("heights count from 1, got " + height, -1);
        }
        byte[] number = new Writer().i64(height).toBytes();
        Hash beacon = Hash.tagged(
                "assay/beacon/comet/1", ledger.state().genesisDigest().bytes(), number, in.bytes(4));
        return new BlockContext(height, millis(in.message(6)), beacon);
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
