package assay.ledger.state;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Max;
import assay.ledger.tx.RecordCodec;
import java.util.List;

/**
 * How a ledger begins.
 *
 * @param chainId names the network in every signature; see {@link #CHAIN_ID_FIRST}
 * @param params the rules' numbers
 * @param allocations the whole supply, by address in ascending order
 * @param validators by account in ascending order; none in an embedded network
 */
public record Genesis(
        long chainId,
        Params params,
        @Max(1 << 16) List<Allocation> allocations,
        @Max(Proposal.APPROVALS_MAX) List<Founder> validators) {
    /** The first chain id of this protocol: "ASSA" in ASCII, then 20 bits. No EVM network is near it. */
    public static final long CHAIN_ID_FIRST = 0x41535341L << 20;

    /** The last one; JavaScript and wallets count this far exactly. */
    public static final long CHAIN_ID_LAST = CHAIN_ID_FIRST + (1 << 20) - 1;

    /** What an account has at the start. */
    public record Allocation(Address address, Amount amount) {}

    /** A validator of the first block. */
    public record Founder(Address account, Hash consensusKey, long power, Hash beaconTip) {}

    /** A network without validators. */
    public Genesis(long chainId, Params params, List<Allocation> allocations) {
        this(chainId, params, allocations, List.of());
    }

    /** Refuses another protocol's chain id, addresses out of order and a supply past 10^18. */
    public Genesis {
        allocations = List.copyOf(allocations);
        validators = List.copyOf(validators);
        if (chainId < CHAIN_ID_FIRST || chainId > CHAIN_ID_LAST) {
            throw new IllegalArgumentException(
                    "a chain id is " + CHAIN_ID_FIRST + " to " + CHAIN_ID_LAST + ", got " + chainId);
        }
        for (int i = 1; i < allocations.size(); i++) {
            if (allocations.get(i - 1).address.compareTo(allocations.get(i).address) >= 0) {
                throw new IllegalArgumentException("allocations are not in ascending order at " + i);
            }
        }
        for (int i = 1; i < validators.size(); i++) {
            if (validators.get(i - 1).account.compareTo(validators.get(i).account) >= 0) {
                throw new IllegalArgumentException("validators are not in ascending order at " + i);
            }
        }
        supply(allocations);
    }

    /** The genesis of a network in one process: all the play money belongs to one account. */
    public static Genesis embedded(int network, Address faucet, Amount supply) {
        if (network < 0 || network >= 1 << 20) {
            throw new IllegalArgumentException("a network number has 20 bits, got " + network);
        }
        return new Genesis(CHAIN_ID_FIRST + network, Params.embedded(), List.of(new Allocation(faucet, supply)));
    }

    /** The genesis of a network of these validators, with {@link Params#local}; the play money is one account's. */
    public static Genesis local(int network, Address faucet, Amount supply, List<Founder> validators) {
        Genesis alone = embedded(network, faucet, supply);
        return new Genesis(alone.chainId, Params.local(), alone.allocations, validators);
    }

    /** All the money that there will ever be. */
    public Amount supply() {
        return supply(allocations);
    }

    /** Names this genesis. */
    public Hash digest() {
        return Hash.tagged("assay/genesis/1", RecordCodec.encode(this));
    }

    /** The genesis in exactly these bytes. */
    public static Genesis parse(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        Genesis genesis = RecordCodec.read(in, Genesis.class);
        in.end();
        return genesis;
    }

    private static Amount supply(List<Allocation> allocations) {
        Amount sum = Amount.ZERO;
        for (Allocation allocation : allocations) {
            sum = sum.plus(allocation.amount);
        }
        return sum;
    }
}
