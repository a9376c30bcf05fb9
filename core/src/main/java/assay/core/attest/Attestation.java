package assay.core.attest;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.receipt.Receipt;
import assay.core.verify.Claim;
import assay.core.verify.Verdict;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Checks evidence of a trusted execution environment, offline: a pure, total function of bytes and an {@link
 * AttestationPolicy}. docs/protocol/attestation.md.
 */
public final class Attestation {
    private Attestation() {}

    /** The verdict on an attestation file. Whatever the bytes, it throws nothing. */
    public static Verdict verify(byte[] file, AttestationPolicy policy) {
        try {
            AttestationFile parsed = AttestationFile.parse(file);
            return switch (check(parsed, policy)) {
                case Finding.False(String reason) -> new Verdict.Invalid("attestation: " + reason);
                case Finding.Genuine(Report report) ->
                    fault(report, parsed, policy)
                            .<Verdict>map(reason -> new Verdict.Invalid("attestation: " + reason))
                            .orElseGet(() -> attested(report, policy));
            };
        } catch (MalformedException e) {
            return new Verdict.Malformed(e.offset(), "attestation: " + e.getMessage());
        }
    }

    /**
     * The verdict on a receipt and the attestation file beside it. Certificates have to be valid at the receipt's own
     * time.
     *
     * @param signed the verdict on the receipt alone
     * @param measured what is demanded of the environment ({@link AttestationPolicy#measured})
     */
    public static Verdict beside(
            Verdict.Valid signed,
            Receipt receipt,
            byte[] file,
            SortedMap<String, String> measured,
            Optional<String> nonce,
            boolean debugAllowed) {
        AttestationPolicy policy = new AttestationPolicy(
                receipt.node().key(),
                receipt.model().program(),
                receipt.timeMillis(),
                AttestationPolicy.AGE_MAX_MILLIS,
                measured,
                debugAllowed,
                nonce,
                AttestationPolicy.makers());
        return beside(signed, receipt, file, policy);
    }

    static Verdict beside(Verdict.Valid signed, Receipt receipt, byte[] file, AttestationPolicy policy) {
        if (!(verify(file, policy) instanceof Verdict.Valid attested)) {
            return verify(file, policy);
        }
        Hash digest = Hash.sha256(file);
        String kind = kind(file);
        List<Receipt.Evidence> named =
                receipt.evidence().stream().filter(e -> e.kind().equals(kind)).toList();
        boolean isNamed = named.stream().anyMatch(e -> e.digest().equals(digest));
        if (!named.isEmpty() && !isNamed) {
            return new Verdict.Invalid("attestation: the receipt names another file of kind " + kind + ": expected "
                    + named.getFirst().digest().hex() + ", got " + digest.hex());
        }
        List<String> open = new ArrayList<>(signed.leavesOpen());
        open.removeIf(words -> isNamed && words.startsWith("what its evidence \"" + kind + "\""));
        open.addAll(attested.leavesOpen());
        if (!isNamed) {
            open.add("that this attestation was there when the receipt was signed: the receipt does not name it");
        }
        return signed.with(attested.claims().getFirst(), open);
    }

    /** Of a file that was verified, so that it can be read. */
    private static String kind(byte[] file) {
        try {
            return AttestationFile.parse(file).kind().wire();
        } catch (MalformedException e) {
            throw new AssertionError("a valid attestation is well-formed", e);
        }
    }

    /** Whether evidence is its maker's, whatever it is about. */
    public static Finding check(AttestationFile file, AttestationPolicy policy) throws MalformedException {
        SortedSet<Hash> roots = policy.roots().getOrDefault(file.kind(), new TreeSet<>());
        return switch (file.kind()) {
            case NITRO -> Nitro.check(file.evidence(), roots, policy.atMillis());
            case TDX -> Tdx.check(file.evidence(), roots, policy.atMillis());
            case SEV_SNP -> SevSnp.check(file.evidence(), file.chain(), roots, policy.atMillis());
        };
    }

    /** What an environment states to bind a node's key and a program: H("assay/attest/1" ‖ key ‖ program root). */
    public static Hash binding(NodeKey key, Hash program) {
        return Hash.tagged("assay/attest/1", key.bytes(), program.bytes());
    }

    /** The 64 bytes of report data for TDX and SEV-SNP: {@link #binding} ‖ SHA-256(nonce). */
    public static byte[] reportData(Hash binding, byte[] nonce) {
        byte[] out = new byte[64];
        System.arraycopy(binding.bytes(), 0, out, 0, 32);
        System.arraycopy(Hash.sha256(nonce).bytes(), 0, out, 32, 32);
        return out;
    }

    /** What genuine evidence lacks for this policy; empty if nothing. */
    private static Optional<String> fault(Report r, AttestationFile file, AttestationPolicy policy) {
        if (r.debug() && !policy.debugAllowed()) {
            return Optional.of("the environment is in debug mode: others can read and change its memory");
        }
        if (r.timeMillis() > policy.atMillis()
                || r.timeMillis() >= 0 && policy.atMillis() - r.timeMillis() > policy.ageMaxMillis()) {
            return Optional.of("made at " + r.timeMillis() + ", expected at most " + policy.ageMaxMillis()
                    + " milliseconds before " + policy.atMillis());
        }
        for (Map.Entry<String, String> demanded : policy.measured().entrySet()) {
            String found = r.measured().get(demanded.getKey());
            if (!demanded.getValue().equals(found)) {
                return Optional.of(demanded.getKey() + ": expected " + demanded.getValue() + ", got "
                        + (found == null ? "none" : found));
            }
        }
        String nonce = HexFormat.of().formatHex(file.nonce());
        if (policy.nonce().isPresent() && !policy.nonce().get().equals(nonce)) {
            return Optional.of("nonce: expected " + policy.nonce().get() + ", got " + nonce);
        }
        Hash binding = binding(policy.key(), policy.program());
        boolean nitro = r.tee() == Tee.NITRO;
        String said = nitro ? binding.hex() : HexFormat.of().formatHex(reportData(binding, file.nonce()));
        if (!said.equals(r.said())) {
            return Optional.of("it is not about this node's key, program and nonce: expected " + said + ", got "
                    + (r.said().isEmpty() ? "nothing" : r.said()));
        }
        if (nitro && !nonce.equals(r.nonce())) {
            return Optional.of("nonce in the document: expected " + nonce + ", got " + r.nonce());
        }
        return Optional.empty();
    }

    private static Verdict attested(Report r, AttestationPolicy policy) {
        String maker =
                switch (r.tee()) {
                    case NITRO -> "Amazon";
                    case TDX -> "Intel";
                    case SEV_SNP -> "AMD";
                };
        Claim claim = new Claim.Attested(
                maker, r.tee().words(), List.copyOf(policy.measured().keySet()));
        return new Verdict.Valid(claim, open(r, policy));
    }

    private static List<String> open(Report r, AttestationPolicy policy) {
        List<String> open = new ArrayList<>();
        open.add("that this answer is right: attestation says what runs beside the key, not what it computed; only a"
                + " replay or a proof tests that");
        open.add("that the measured software runs the program that it names: that takes its source, built again to the"
                + " same measurements");
        if (policy.measured().isEmpty()) {
            open.add("which software runs there: no measurement was demanded, so any that states these words will do");
        }
        open.add("that the machine was not opened, probed or attacked through its power, memory bus or caches: its"
                + " maker's keys vouch for the design, not for the room that it stands in");
        open.add("that its certificates were not revoked, and that its firmware has no known flaw: both need the"
                + " maker's lists, which are not here");
        if (policy.nonce().isEmpty()) {
            open.add("that it is fresh: you asked for no nonce"
                    + (r.timeMillis() < 0 ? ", and this kind says no time" : ""));
        }
        if (r.debug()) {
            open.add("that anything in it is secret or unchanged: it is in debug mode, which you allowed");
        }
        return open;
    }
}
