package assay.core.attest;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a verifier demands of evidence.
 *
 * @param key the node's key that it has to be about
 * @param program root of the model's program that it has to be about
 * @param atMillis the time at which certificates have to be valid, milliseconds since 1970
 * @param ageMaxMillis how much older than that evidence may be that says its age
 * @param measured values that are demanded, lower-case hex by name ({@link Report#measured}); for what is not here,
 *     anything goes, and the verdict says so
 * @param debugAllowed whether an environment will do whose memory others can read
 * @param nonce hex of what the verifier asked to have stated, if it did
 * @param roots SHA-256 of the root certificates that are believed, by kind
 */
public record AttestationPolicy(
        NodeKey key,
        Hash program,
        long atMillis,
        long ageMaxMillis,
        SortedMap<String, String> measured,
        boolean debugAllowed,
        Optional<String> nonce,
        SortedMap<Tee, SortedSet<Hash>> roots) {

    /** How old evidence may be unless said otherwise: a Nitro certificate's three hours. */
    public static final long AGE_MAX_MILLIS = 3 * 3_600_000L;

    /** Copies. */
    public AttestationPolicy {
        measured = Collections.unmodifiableSortedMap(new TreeMap<>(measured));
        roots = Collections.unmodifiableSortedMap(new TreeMap<>(roots));
        if (atMillis < 0 || ageMaxMillis < 0) {
            throw new IllegalArgumentException("times are not negative, got " + atMillis + ", " + ageMaxMillis);
        }
    }

    /** Demands nothing but a genuine environment, not in debug mode, of one of the makers, for this node and program. */
    public static AttestationPolicy of(NodeKey key, Hash program, long atMillis) {
        return new AttestationPolicy(
                key, program, atMillis, AGE_MAX_MILLIS, new TreeMap<>(), false, Optional.empty(), makers());
    }

    /** The makers' root certificates, by their SHA-256. */
    public static SortedMap<Tee, SortedSet<Hash>> makers() {
        SortedMap<Tee, SortedSet<Hash>> out = new TreeMap<>();
        // CN aws.nitro-enclaves, valid to 2049.
        out.put(Tee.NITRO, set("641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b"));
        // CN Intel SGX Root CA, valid to 2049.
        out.put(Tee.TDX, set("44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3"));
        // CN ARK-Milan, ARK-Genoa, ARK-Turin.
        out.put(
                Tee.SEV_SNP,
                set(
                        "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
                        "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
                        "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a"));
        return out;
    }

    private static SortedSet<Hash> set(String... hex) {
        SortedSet<Hash> out = new TreeSet<>();
        for (String digest : Arrays.asList(hex)) {
            try {
                out.add(Hash.ofHex(digest));
            } catch (MalformedException e) {
                throw new AssertionError("a digest in this file", e);
            }
        }
        return out;
    }
}
