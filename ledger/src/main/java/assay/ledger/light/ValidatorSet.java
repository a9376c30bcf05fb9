package assay.ledger.light;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.codec.ProtoWriter;
import assay.core.merkle.Merkle;
import assay.ledger.state.Genesis;
import assay.ledger.state.Validator;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Who signs blocks, with how much power; in CometBFT's order, most power first, then by address.
 *
 * @param members at most {@link #MEMBERS_MAX}
 */
public record ValidatorSet(List<Member> members) {
    /** The most validators that a light client looks at. */
    public static final int MEMBERS_MAX = 1024;

    /** The length of an address, bytes. */
    public static final int ADDRESS_BYTES = 20;

    private static final Comparator<Member> ORDER =
            Comparator.comparingLong(Member::power).reversed().thenComparing(Member::address);

    /**
     * A validator.
     *
     * @param key Ed25519
     * @param power of its vote, 1 to 2^40
     */
    public record Member(Hash key, long power) {
        /** Refuses power that is none. */
        public Member {
            if (power < 1 || power > Validator.POWER_MAX) {
                throw new IllegalArgumentException("a validator's power is 1 to 2^40, got " + power);
            }
        }

        /** Forty hex digits: the first 20 bytes of the key's SHA-256. */
        public String address() {
            return ValidatorSet.address(key);
        }

        boolean signed(byte[] message, byte[] signature) {
            try {
                return NodeKey.ofBytes(key.bytes()).verify(message, signature);
            } catch (MalformedException noKey) {
                return false;
            }
        }
    }

    /** Sorts; refuses none and too many. */
    public ValidatorSet {
        members = members.stream().sorted(ORDER).toList();
        if (members.isEmpty() || members.size() > MEMBERS_MAX) {
            throw new IllegalArgumentException("1 to " + MEMBERS_MAX + " validators, got " + members.size());
        }
    }

    /** The set that begins the chain of this genesis; empty if it names none. */
    public static Optional<ValidatorSet> of(Genesis genesis) {
        return genesis.validators().isEmpty()
                ? Optional.empty()
                : Optional.of(new ValidatorSet(genesis.validators().stream()
                        .map(f -> new Member(f.consensusKey(), f.power()))
                        .toList()));
    }

    /** The address of an Ed25519 key. */
    public static String address(Hash key) {
        byte[] digest = Hash.sha256(key.bytes()).bytes();
        return HexFormat.of().formatHex(Arrays.copyOf(digest, ADDRESS_BYTES));
    }

    /** Digest of the set, as in a header. */
    public Hash hash() {
        return Merkle.root(members.stream()
                .map(m -> Merkle.leaf(new ProtoWriter()
                        .message(1, new ProtoWriter().bytes(1, m.key.bytes()))
                        .number(2, m.power)
                        .toBytes()))
                .toList());
    }

    /** All power together; below 2^50. */
    public long power() {
        return members.stream().mapToLong(Member::power).sum();
    }

    /** The validator with this address. */
    public Optional<Member> member(String address) {
        return members.stream().filter(m -> m.address().equals(address)).findFirst();
    }
}
