package assay.node.consensus;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.BlockContext;
import assay.ledger.crypto.Address;
import assay.ledger.light.Commit;
import assay.ledger.light.ValidatorSet;
import assay.ledger.state.Key;
import assay.ledger.state.Proposal;
import assay.ledger.state.State;
import assay.ledger.state.Validator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What validators added to their votes for the block before, as the first transaction of a block: the links of their
 * hash chains, each with the signature that it travelled with.
 *
 * <p>Who proposes a block must bring what every vote for the block before carried, and can add or change nothing; which
 * votes it had, its own block says. As bytes: {@code ff} and {@code assay/votes/1}, round (4), count (4), and for each
 * validator by account: account (20), length (1: 0 or 32), link, signature (64).
 *
 * @param round in which the block before was decided
 */
public record BeaconVotes(int round, List<Shown> shown) {
    private static final byte[] TAG = tag();

    /**
     * One validator's.
     *
     * @param link 32 bytes, or none
     * @param signature over the link, 64 bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Shown(Address account, byte[] link, byte[] signature) {}

    /** A vote for the block before, as CometBFT tells of it. */
    record Vote(String address, boolean forBlock) {}

    /** Copies the list. */
    public BeaconVotes {
        shown = List.copyOf(shown);
    }

    /** Whether a network has validators that show links: then each block but the first begins with them. */
    public static boolean areDue(State s, long height) {
        return height > 1 && s.validators().count() > 0;
    }

    /** Whether these bytes mean to be such a transaction. */
    public static boolean isOne(byte[] transaction) {
        return transaction.length >= TAG.length && Arrays.equals(Arrays.copyOf(transaction, TAG.length), TAG);
    }

    /** The transaction in exactly these bytes. */
    public static BeaconVotes parse(byte[] transaction) throws MalformedException {
        Reader in = new Reader(transaction);
        if (!isOne(transaction)) {
            throw new MalformedException("these are no votes", 0);
        }
        in.bytes(TAG.length);
        int round = in.i32();
        int count = in.count(Proposal.APPROVALS_MAX, Address.SIZE_BYTES + 1 + NodeKey.SIGNATURE_SIZE_BYTES);
        List<Shown> shown = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Address account = Address.ofBytes(in.bytes(Address.SIZE_BYTES));
            int length = in.u8();
            if (length != 0 && length != Hash.SIZE_BYTES) {
                throw new MalformedException("a link has 32 bytes or none, got " + length, in.offset() - 1);
            }
            byte[] link = in.bytes(length);
            shown.add(new Shown(account, link, in.bytes(NodeKey.SIGNATURE_SIZE_BYTES)));
        }
        in.end();
        return new BeaconVotes(round, shown);
    }

    /** The transaction. */
    public byte[] encode() {
        Writer out = new Writer().bytes(TAG).u32(round).u32(shown.size());
        shown.forEach(s ->
                out.bytes(s.account.bytes()).u8(s.link.length).bytes(s.link).bytes(s.signature));
        return out.toBytes();
    }

    /** What a decided block's first transaction shows; nothing if it is none. The same on every machine. */
    public static List<BlockContext.Preimage> preimages(List<byte[]> transactions) {
        if (transactions.isEmpty() || !isOne(transactions.getFirst())) {
            return List.of();
        }
        try {
            return parse(transactions.getFirst()).shown.stream()
                    .filter(s -> s.link.length == Hash.SIZE_BYTES)
                    .map(s -> new BlockContext.Preimage(s.account, Hash.ofBytes(s.link)))
                    .toList();
        } catch (MalformedException e) {
            return List.of();
        }
    }

    /** The transactions without such a first one. */
    public static List<byte[]> others(List<byte[]> transactions) {
        return !transactions.isEmpty() && isOne(transactions.getFirst())
                ? transactions.subList(1, transactions.size())
                : transactions;
    }

    /**
     * Whether this is exactly what the votes for the block before carried.
     *
     * @param s the state before this block
     * @param chain CometBFT's name of the network
     * @param height of the block before
     */
    boolean isWhatCame(State s, String chain, long height, int decidedRound, List<Vote> votes) {
        SequencedMap<Address, Validator> due = new TreeMap<>();
        Map<String, Address> accounts = accounts(s);
        for (Vote vote : votes) {
            Address account = accounts.get(vote.address);
            if (vote.forBlock && account != null) {
                due.put(account, s.validators().get(Key.of(account)).orElseThrow());
            }
        }
        if (round != decidedRound
                || !due.keySet().stream()
                        .toList()
                        .equals(shown.stream().map(Shown::account).toList())) {
            return false;
        }
        return shown.stream().allMatch(one -> {
            byte[] signed = Commit.signedExtension(chain, height, round, one.link);
            Validator validator = due.get(one.account);
            try {
                return validator != null
                        && NodeKey.ofBytes(validator.consensusKey().bytes()).verify(signed, one.signature);
            } catch (MalformedException noKey) {
                return false;
            }
        });
    }

    /** The accounts of a state's validators by the addresses that CometBFT knows them by. */
    static Map<String, Address> accounts(State s) {
        Map<String, Address> out = new TreeMap<>();
        s.validators()
                .forEach(Key.ANY, (key, v) -> out.put(ValidatorSet.address(v.consensusKey()), Address.ofBytes(key)));
        return out;
    }

    /** What a validator showed here, if it did. */
    Optional<Shown> of(Address account) {
        return shown.stream().filter(s -> s.account.equals(account)).findFirst();
    }

    private static byte[] tag() {
        byte[] words = "?assay/votes/1".getBytes(StandardCharsets.US_ASCII);
        words[0] = (byte) 0xff;
        return words;
    }
}
