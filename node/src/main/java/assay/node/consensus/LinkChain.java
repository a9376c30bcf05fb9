package assay.node.consensus;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.tx.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A validator's hash chain for the beacon, made once and shown backwards, one link a block: x₀ is secret, x₁ =
 * H("assay/beacon/chain/1" ‖ x₀), and so on to the tip that the ledger is told.
 *
 * <p>The file is account (20), length (4), x₀ (32), for the owner's eyes alone. In memory every 1024th link is kept.
 */
public final class LinkChain {
    /** Links of a chain that is made: twelve days at a block a second. */
    public static final int LENGTH = 1 << 20;

    private static final int STRIDE = 1024;
    private static final int LENGTH_MAX = 1 << 26;

    private final Address account;
    private final int length;
    private final Hash[] kept;
    private Hash[] segment = new Hash[0];
    private int segmentFrom = -1;
    private int at;

    private LinkChain(Address account, int length, Hash first) {
        this.account = account;
        this.length = length;
        this.at = length;
        this.kept = new Hash[length / STRIDE + 1];
        Hash link = first;
        for (int i = 0; i <= length; i++) {
            if (i % STRIDE == 0) {
                kept[i / STRIDE] = link;
            }
            link = Ids.beaconTip(link);
        }
    }

    /** Writes a new chain for an account and returns it. */
    public static LinkChain make(Path file, Address account, int length, Hash secret) throws IOException {
        OwnerOnly.writeNew(
                file,
                new Writer().bytes(account.bytes()).u32(length).hash(secret).toBytes());
        return new LinkChain(account, length, secret);
    }

    /** The chain in a file, if it is there. */
    public static Optional<LinkChain> find(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Reader in = new Reader(Files.readAllBytes(file));
            Address account = Address.ofBytes(in.bytes(Address.SIZE_BYTES));
            int length = in.i32();
            if (length < 1 || length > LENGTH_MAX) {
                throw new MalformedException("a chain of " + length + " links", Address.SIZE_BYTES);
            }
            LinkChain chain = new LinkChain(account, length, in.hash());
            in.end();
            return Optional.of(chain);
        } catch (MalformedException e) {
            throw new IOException(file + " is malformed", e);
        }
    }

    /** The chain of the validator whose ledger is in this folder, if it is one. */
    public static Optional<LinkChain> beside(Path ledger) throws IOException {
        return find(fileBeside(ledger));
    }

    static Path fileBeside(Path ledger) {
        return ledger.toAbsolutePath().resolveSibling("beacon.chain");
    }

    /** Whose it is. */
    public Address account() {
        return account;
    }

    /** What the ledger is told before the first link is shown. */
    public Hash tip() {
        return link(length);
    }

    /** The link that goes before this one, if it is in the chain and not the first. */
    public synchronized Optional<Hash> before(Hash tip) {
        for (int i = at; i >= 1; i--) {
            if (link(i).equals(tip)) {
                at = i;
                return Optional.of(link(i - 1));
            }
        }
        for (int i = length; i > at; i--) {
            if (link(i).equals(tip)) {
                at = i;
                return Optional.of(link(i - 1));
            }
        }
        return Optional.empty();
    }

    private synchronized Hash link(int i) {
        int from = i / STRIDE * STRIDE;
        if (from != segmentFrom) {
            segment = new Hash[STRIDE];
            Hash link = kept[i / STRIDE];
            for (int j = 0; j < STRIDE; j++) {
                segment[j] = link;
                link = Ids.beaconTip(link);
            }
            segmentFrom = from;
        }
        return segment[i - from];
    }
}
