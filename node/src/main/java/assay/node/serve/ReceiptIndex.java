package assay.node.serve;

import assay.core.base.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntPredicate;

/**
 * Where a receipt is in the log, by its id, its digest or its payment, and what of it has to be at hand: some 60
 * bytes for each, whatever its size. The receipts themselves are on the disk.
 *
 * <p>Not for use by several threads at once.
 */
final class ReceiptIndex {
    private static final long UNTOLD = -1;

    /** Odd and secret: nobody can choose payments that have one tag (multiply-shift, Dietzfelbinger et al. 1997). */
    private final long factor = new SecureRandom().nextLong() | 1;

    private final TagTable ids = new TagTable();
    private final TagTable digests = new TagTable();
    private final TagTable authorisations = new TagTable();
    private final TagTable aliases = new TagTable();
    private final LongColumn told = new LongColumn();
    private final BitSet erased = new BitSet();

    int size() {
        return told.size();
    }

    /** Takes up the next receipt. */
    void add(String id, Hash digest, Hash authorisation, Optional<Hash> alias) {
        int index = told.size();
        ids.add(tag(id), index);
        digests.add(tag(digest), index);
        authorisations.add(tag(authorisation), index);
        alias.ifPresent(name -> aliases.add(tag(name), index));
        told.add(UNTOLD);
    }

    /** @param isTheOne looks at a receipt that may be meant */
    OptionalInt ofId(String id, IntPredicate isTheOne) {
        return found(ids.find(tag(id), isTheOne));
    }

    /** @param isTheOne looks at a receipt that may be meant */
    OptionalInt ofDigest(Hash digest, IntPredicate isTheOne) {
        return found(digests.find(tag(digest), isTheOne));
    }

    /** @param isTheOne looks at a receipt that may be meant */
    OptionalInt ofAuthorisation(Hash authorisation, IntPredicate isTheOne) {
        return found(authorisations.find(tag(authorisation), isTheOne));
    }

    /** @param isTheOne looks at a receipt that may be meant */
    OptionalInt ofAlias(Hash alias, IntPredicate isTheOne) {
        return found(aliases.find(tag(alias), isTheOne));
    }

    /** The payer was told that it costs this, in micro-units. */
    void tell(int index, long micro) {
        told.set(index, micro);
    }

    /** What the payer was told that it costs, if anything. */
    OptionalLong told(int index) {
        return told.get(index) == UNTOLD ? OptionalLong.empty() : OptionalLong.of(told.get(index));
    }

    /** Its request and answer are forgotten; false if they were before. */
    boolean erase(int index) {
        boolean fresh = !erased.get(index);
        erased.set(index);
        return fresh;
    }

    boolean isErased(int index) {
        return erased.get(index);
    }

    private static OptionalInt found(int index) {
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
    }

    private int tag(String id) {
        return tag(Hash.sha256(id.getBytes(StandardCharsets.UTF_8)));
    }

    private int tag(Hash hash) {
        return (int) (ByteBuffer.wrap(hash.bytes()).getLong() * factor >>> 32);
    }
}
