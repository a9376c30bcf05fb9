package assay.ledger.light;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.merkle.Merkle;
import assay.ledger.light.HeaderCheck.Fault;
import assay.ledger.light.HeaderCheck.Result;
import assay.ledger.state.State;
import assay.ledger.state.StateProof;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Reads a ledger behind CometBFT through endpoints that it does not believe: headers by {@link HeaderCheck}, from a
 * root that the user pinned; everything else by proofs that lead to a header.
 *
 * <p>Endpoints are asked in turn: one that is away, or shows what is not to be trusted, is passed over, and the last
 * fault is told if none is left. The newest header is compared with what the others show. Thread-safe; calls wait
 * for one another.
 */
public final class LightClient {
    private static final int COMMIT_MAX_BYTES = 1 << 20;
    private static final int PAGE = 100;
    private static final int PROOF_MAX_BYTES = 4 << 20;
    private static final int BLOCK_MAX_BYTES = 64 << 20;
    private static final int KEPT_MAX = 256;
    private static final int STEPS_MAX = 4096;

    /** How far before the first trusted block is looked: as many blocks as are kept. */
    private static final int BACK_MAX = KEPT_MAX / 2;

    private final List<Endpoint> endpoints;
    private final Root root;
    private final Optional<ValidatorSet> founders;
    private final Options options;
    private final InstantSource clock;
    private final Consumer<LightBlock> onTrusted;
    private final TreeMap<Long, LightBlock> trusted = new TreeMap<>();

    /** Where trust begins. */
    public sealed interface Root {
        /** With the validators of a genesis, which sign the first block. */
        record Founders(ValidatorSet validators) implements Root {}

        /** With a block whose hash the user was told by somebody whom he believes, or that was trusted before. */
        record Pinned(long height, Hash hash) implements Root {}
    }

    /**
     * What the client goes by.
     *
     * @param fresh how old the newest header may be
     */
    public record Options(HeaderCheck.Rules rules, Duration fresh) {
        /** A week, ten seconds, five minutes. */
        public static Options of(String chain) {
            HeaderCheck.Rules rules = new HeaderCheck.Rules(chain, Duration.ofDays(7), Duration.ofSeconds(10));
            return new Options(rules, Duration.ofMinutes(5));
        }
    }

    /**
     * @param endpoints at least one
     * @param founders of the chain, if known: blocks long before the root are then those that follow from them
     * @param onTrusted is told each newest block, to begin there the next time
     */
    public LightClient(
            List<Endpoint> endpoints,
            Root root,
            Optional<ValidatorSet> founders,
            Options options,
            InstantSource clock,
            Consumer<LightBlock> onTrusted) {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("a light client needs an endpoint");
        }
        this.endpoints = List.copyOf(endpoints);
        this.root = root;
        this.founders = founders;
        this.options = options;
        this.clock = clock;
        this.onTrusted = onTrusted;
    }

    private interface Asking<T> {
        T of(Endpoint endpoint) throws IOException, InterruptedException, MalformedException;
    }

    private <T> T ask(Asking<T> asking) throws IOException, InterruptedException {
        IOException last = null;
        for (Endpoint endpoint : endpoints) {
            try {
                return asking.of(endpoint);
            } catch (MalformedException e) {
                last = untrusted(Fault.MALFORMED, endpoint, String.valueOf(e.getMessage()));
            } catch (LightException e) {
                if (e.fault() == Fault.FORK) {
                    throw e;
                }
                last = e;
            } catch (IOException e) {
                last = last instanceof LightException ? last : e;
            }
        }
        throw last == null ? new IOException("no endpoint") : last;
    }

    /** The newest block, which is not older than {@link Options#fresh}, nor than one that was trusted before. */
    public synchronized LightBlock latest() throws IOException, InterruptedException {
        return ask(endpoint -> {
            long height = Math.max(newestHeight(endpoint), trusted.isEmpty() ? 0 : trusted.lastKey());
            boolean isNew = !trusted.containsKey(height);
            LightBlock newest = at(endpoint, height);
            if (newest.header().time().plus(options.fresh).isBefore(clock.instant())) {
                throw untrusted(
                        Fault.STALE,
                        endpoint,
                        "its newest block is " + height + " of "
                                + newest.header().time());
            }
            if (isNew) {
                for (Endpoint other : endpoints) {
                    if (!other.equals(endpoint)) {
                        compare(newest, other);
                    }
                }
                onTrusted.accept(newest);
            }
            return newest;
        });
    }

    /** The block at a height, from 1; not long before the root, unless the founders are known. */
    public synchronized LightBlock at(long height) throws IOException, InterruptedException {
        return ask(endpoint -> at(endpoint, height));
    }

    private long newestHeight(Endpoint endpoint) throws IOException, InterruptedException, MalformedException {
        return RpcAnswers.newestHeight(result(endpoint, "status", COMMIT_MAX_BYTES));
    }

    private LightBlock at(Endpoint endpoint, long height) throws IOException, InterruptedException, MalformedException {
        LightBlock known = trusted.get(height);
        if (known != null) {
            return known;
        }
        Map.Entry<Long, LightBlock> base = trusted.floorEntry(height);
        if (base == null) {
            LightBlock first = root(endpoint);
            if (first.height() > height) {
                return before(endpoint, trusted.higherEntry(height).getValue(), height);
            }
            if (first.height() == height) {
                return first;
            }
            return follow(endpoint, first, height);
        }
        return follow(endpoint, base.getValue(), height);
    }

    private LightBlock foundation(Endpoint endpoint, ValidatorSet by)
            throws IOException, InterruptedException, MalformedException {
        LightBlock found = fetch(endpoint, 1);
        if (HeaderCheck.first(by, found, options.rules, clock.instant())
                instanceof Result.Refused(Fault fault, String why)) {
            throw untrusted(fault, endpoint, why);
        }
        keep(found);
        return found;
    }

    private LightBlock root(Endpoint endpoint) throws IOException, InterruptedException, MalformedException {
        long height = root instanceof Root.Pinned(long h, Hash hash) ? h : 1;
        LightBlock found = fetch(endpoint, height);
        Result result =
                switch (root) {
                    case Root.Founders(ValidatorSet founders) ->
                        HeaderCheck.first(founders, found, options.rules, clock.instant());
                    case Root.Pinned(long h, Hash hash) ->
                        HeaderCheck.pinned(h, hash, found, options.rules, clock.instant());
                };
        if (result instanceof Result.Refused(Fault fault, String why)) {
            throw untrusted(fault, endpoint, why);
        }
        keep(found);
        return found;
    }

    /** Skips as far as the trust rule lets it, and looks at a block in between where it does not. */
    private LightBlock follow(Endpoint endpoint, LightBlock from, long height)
            throws IOException, InterruptedException, MalformedException {
        LightBlock base = from;
        Deque<LightBlock> farther = new ArrayDeque<>();
        LightBlock next = fetch(endpoint, height);
        for (int step = 0; step < STEPS_MAX; step++) {
            switch (HeaderCheck.later(base, next, options.rules, clock.instant())) {
                case Result.Trusted ok -> {
                    keep(next);
                    if (next.height() == height) {
                        return next;
                    }
                    base = next;
                    next = farther.pop();
                }
                case Result.TooFar far -> {
                    farther.push(next);
                    next = fetch(endpoint, base.height() + (next.height() - base.height()) / 2);
                }
                case Result.Refused(Fault fault, String why) -> throw untrusted(fault, endpoint, why);
            }
        }
        throw untrusted(
                Fault.TOO_FEW_SIGNATURES, endpoint, "no way to block " + height + " in " + STEPS_MAX + " steps");
    }

    /** A block before the first that is trusted: each header names the one before it. */
    private LightBlock before(Endpoint endpoint, LightBlock first, long height)
            throws IOException, InterruptedException, MalformedException {
        if (first.height() - height > BACK_MAX) {
            if (founders.isPresent()) {
                LightBlock foundation = foundation(endpoint, founders.get());
                return height == 1 ? foundation : follow(endpoint, foundation, height);
            }
            throw untrusted(
                    Fault.NOT_NEWER,
                    endpoint,
                    "block " + height + " is more than " + BACK_MAX + " before the first that is trusted, "
                            + first.height());
        }
        LightBlock at = first;
        while (at.height() > height) {
            LightBlock found = fetch(endpoint, at.height() - 1);
            Hash named = at.header().previous().hash();
            if (HeaderCheck.pinned(found.height(), named, found, options.rules, clock.instant())
                    instanceof Result.Refused(Fault fault, String why)) {
                throw untrusted(fault, endpoint, why);
            }
            keep(found);
            at = found;
        }
        return at;
    }

    private void keep(LightBlock block) {
        trusted.put(block.height(), block);
        if (trusted.size() > KEPT_MAX) {
            trusted.remove(trusted.firstKey());
        }
    }

    /** An endpoint that shows another header of the same height, signed as well, is a fork. */
    private void compare(LightBlock newest, Endpoint other) throws IOException, InterruptedException {
        LightBlock shown;
        try {
            shown = fetch(other, newest.height());
        } catch (IOException | MalformedException e) {
            return; // away, or behind
        }
        Map.Entry<Long, LightBlock> base = trusted.lowerEntry(newest.height());
        if (!shown.header().hash().equals(newest.header().hash())
                && base != null
                && HeaderCheck.later(base.getValue(), shown, options.rules, clock.instant())
                        instanceof Result.Trusted) {
            throw untrusted(Fault.FORK, other, "two blocks " + newest.height() + " are signed");
        }
    }

    private LightBlock fetch(Endpoint endpoint, long height)
            throws IOException, InterruptedException, MalformedException {
        Field signed =
                result(endpoint, "commit?height=" + height, COMMIT_MAX_BYTES).at("signed_header");
        Header header = RpcAnswers.header(signed.at("header"));
        if (header.height() != height) {
            throw new MalformedException("asked for block " + height + ", got " + header.height(), -1);
        }
        Commit commit = RpcAnswers.commit(signed.at("commit"));
        return new LightBlock(header, commit, validators(endpoint, header));
    }

    /** The set of a header, which is not asked for if it is known. */
    private ValidatorSet validators(Endpoint endpoint, Header header)
            throws IOException, InterruptedException, MalformedException {
        for (LightBlock known : trusted.descendingMap().values()) {
            if (known.header().validators().equals(header.validators())) {
                return known.validators();
            }
        }
        List<ValidatorSet.Member> members = new ArrayList<>();
        for (int page = 1; members.size() < ValidatorSet.MEMBERS_MAX; page++) {
            List<ValidatorSet.Member> some = RpcAnswers.members(result(
                    endpoint,
                    "validators?height=" + header.height() + "&page=" + page + "&per_page=" + PAGE,
                    COMMIT_MAX_BYTES));
            members.addAll(some);
            if (some.size() < PAGE) {
                break;
            }
        }
        try {
            return new ValidatorSet(members);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), -1);
        }
    }

    /**
     * What the ledger has under a key, in the state before the newest block.
     *
     * @param value as {@link assay.ledger.tx.RecordCodec} writes it; empty if it is shown that there is none
     * @param height of the state
     */
    public record Shown(Optional<byte[]> value, long height) {}

    /** Reads a key of the ledger's state, by a proof of presence or absence. */
    public synchronized Shown read(State.Part part, byte[] key) throws IOException, InterruptedException {
        return read(part, key, latest());
    }

    /** The same from the state before a block that is trusted: one for many keys. */
    public synchronized Shown read(State.Part part, byte[] key, LightBlock block)
            throws IOException, InterruptedException {
        long height = block.height() - 1;
        if (height < 1) {
            throw new IOException("the ledger begins only now: there is no state before its first block to be shown");
        }
        return ask(endpoint -> {
            String path = "/state/" + part.name().toLowerCase(Locale.ROOT);
            RpcAnswers.Queried answer = query(endpoint, path, key, height);
            if (answer.code() != 0 || answer.height() != height) {
                throw untrusted(
                        Fault.WRONG_PROOF,
                        endpoint,
                        "it does not show the state after block " + height + ": " + answer.log());
            }
            StateProof proof = StateProof.parse(answer.value());
            if (proof.part() != part) {
                throw untrusted(Fault.WRONG_PROOF, endpoint, "a proof about " + proof.part() + ", not " + part);
            }
            return switch (proof.check(block.header().app(), key)) {
                case StateProof.Shown.Present(byte[] value) -> new Shown(Optional.of(value), height);
                case StateProof.Shown.Absent none -> new Shown(Optional.empty(), height);
                case StateProof.Shown.Nothing(String why) -> throw untrusted(Fault.WRONG_PROOF, endpoint, why);
            };
        });
    }

    /** Asks the application what is not proven; the answer is for the caller to check. */
    public byte[] unproven(String path, byte[] data) throws IOException, InterruptedException {
        return ask(endpoint -> {
            RpcAnswers.Queried answer = query(endpoint, path, data, 0);
            if (answer.code() != 0) {
                throw new RpcRefusedException(endpoint.name() + " does not answer " + path + ": " + answer.log());
            }
            return answer.value();
        });
    }

    private static RpcAnswers.Queried query(Endpoint endpoint, String path, byte[] data, long height)
            throws IOException, InterruptedException, MalformedException {
        String call = "abci_query?path=%22" + path + "%22&data=" + RpcAnswers.hex(data)
                + (height > 0 ? "&height=" + height : "");
        return RpcAnswers.queried(result(endpoint, call, PROOF_MAX_BYTES), PROOF_MAX_BYTES);
    }

    /** Hands a transaction to every endpoint. */
    public Broadcast broadcast(byte[] transaction) throws IOException, InterruptedException {
        return Broadcast.to(endpoints, transaction);
    }

    /**
     * That a transaction is in a block, and what became of it there, both shown by proofs.
     *
     * @param code 0 if it was applied, else the number of the reason
     */
    public record Included(long height, long code) {}

    /** Whether a transaction is in a block, as far as an endpoint says and proves; the block after it must be there. */
    public synchronized Optional<Included> find(byte[] transaction) throws IOException, InterruptedException {
        Hash hash = Hash.sha256(transaction);
        return ask(endpoint -> {
            RpcAnswers.Place place;
            try {
                place = RpcAnswers.place(result(endpoint, "tx?hash=0x" + hash.hex() + "&prove=true", BLOCK_MAX_BYTES));
            } catch (RpcRefusedException notYet) {
                return Optional.empty();
            }
            if (newestHeight(endpoint) <= place.height()) {
                return Optional.empty();
            }
            LightBlock block = at(endpoint, place.height());
            LightBlock after = at(endpoint, place.height() + 1);
            boolean there = Merkle.checkInclusion(
                    place.path(),
                    place.index(),
                    Merkle.leaf(hash.bytes()),
                    place.total(),
                    block.header().data());
            if (!there) {
                throw untrusted(Fault.WRONG_PROOF, endpoint, "the transaction is not in block " + place.height());
            }
            List<Long> codes = codes(endpoint, after);
            if (codes.size() != place.total()) {
                throw untrusted(Fault.WRONG_PROOF, endpoint, "the results are not those of block " + place.height());
            }
            return Optional.of(new Included(place.height(), codes.get((int) place.index())));
        });
    }

    /**
     * What became of the transactions of a block, in their order: 0 if it was applied, else the number of the reason.
     * Shown by the header of the block after it, which must be there.
     */
    public synchronized List<Long> codes(long height) throws IOException, InterruptedException {
        return ask(endpoint -> codes(endpoint, at(endpoint, height + 1)));
    }

    private static List<Long> codes(Endpoint endpoint, LightBlock after)
            throws IOException, InterruptedException, MalformedException {
        long height = after.height() - 1;
        List<RpcAnswers.Outcome> outcomes = RpcAnswers.outcomes(
                result(endpoint, "block_results?height=" + height, BLOCK_MAX_BYTES), BLOCK_MAX_BYTES);
        Hash results =
                Merkle.root(outcomes.stream().map(o -> Merkle.leaf(o.encode())).toList());
        if (!results.equals(after.header().lastResults())) {
            throw untrusted(Fault.WRONG_PROOF, endpoint, "the results are not those of block " + height);
        }
        return outcomes.stream().map(RpcAnswers.Outcome::code).toList();
    }

    /**
     * A block with its transactions.
     *
     * @param hash the header's
     * @param transactions those that the header's data root covers
     */
    public record WholeBlock(Header header, Hash hash, List<byte[]> transactions) {}

    /** The transactions of a block, held against its header. */
    public synchronized WholeBlock whole(long height) throws IOException, InterruptedException {
        return ask(endpoint -> {
            LightBlock block = at(endpoint, height);
            Field json =
                    result(endpoint, "block?height=" + height, BLOCK_MAX_BYTES).at("block");
            List<byte[]> transactions = RpcAnswers.transactions(json, BLOCK_MAX_BYTES);
            if (!Header.dataRoot(transactions).equals(block.header().data())) {
                throw untrusted(Fault.WRONG_PROOF, endpoint, "the transactions are not those of block " + height);
            }
            return new WholeBlock(block.header(), block.header().hash(), transactions);
        });
    }

    private static Field result(Endpoint endpoint, String call, int maxBytes)
            throws IOException, InterruptedException, MalformedException {
        return RpcAnswers.result(endpoint.get(call, maxBytes), maxBytes);
    }

    private static LightException untrusted(Fault fault, Endpoint endpoint, String why) {
        return new LightException(fault, endpoint.name(), why);
    }
}
