package assay.core.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.attest.MadeEvidence.Quote;
import assay.core.base.Hash;
import assay.core.base.NodeKey;
import assay.core.base.NodeSigner;
import assay.core.receipt.Receipt;
import assay.core.verify.Claim;
import assay.core.verify.Samples;
import assay.core.verify.Tier;
import assay.core.verify.Verdict;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Evidence of all three kinds made from the specifications: what binds it, and every way in which it may lie. */
class AttestationAttackTest {
    private static final NodeKey KEY =
            NodeSigner.ofSeed(Hash.tagged("node").bytes()).key();
    private static final Hash PROGRAM = Hash.tagged("program");
    private static final byte[] NONCE = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final byte[] DATA = Attestation.reportData(Attestation.binding(KEY, PROGRAM), NONCE);

    private static AttestationPolicy policy() {
        return policy(KEY, PROGRAM, MadeEvidence.AT, Map.of(), false, Optional.empty());
    }

    private static AttestationPolicy policy(
            NodeKey key, Hash program, long at, Map<String, String> measured, boolean debug, Optional<String> nonce) {
        return new AttestationPolicy(
                key,
                program,
                at,
                AttestationPolicy.AGE_MAX_MILLIS,
                new TreeMap<>(measured),
                debug,
                nonce,
                MadeEvidence.roots());
    }

    private static Map<Object, Object> document() {
        return MadeEvidence.document(Attestation.binding(KEY, PROGRAM).bytes(), NONCE);
    }

    private static byte[] nitro(Map<Object, Object> document) {
        return file(Tee.NITRO, MadeEvidence.nitro(document));
    }

    private static byte[] file(Tee kind, byte[] evidence) {
        return new AttestationFile(kind, evidence, List.of(), NONCE).encode();
    }

    private static byte[] tdx(Consumer<Quote> change) {
        Quote q = new Quote(DATA);
        change.accept(q);
        return file(Tee.TDX, MadeEvidence.tdx(q));
    }

    private static byte[] snp(Consumer<byte[]> change) {
        TestPki.Issued vcek = MadeEvidence.vcek("Milan-B0", 1, 2, 3, 200);
        byte[] report = MadeEvidence.report(DATA);
        change.accept(report);
        return MadeEvidence.snp(MadeEvidence.signed(report, vcek.keys()), vcek, NONCE)
                .encode();
    }

    private static List<byte[]> honest() {
        return List.of(nitro(document()), tdx(q -> {}), snp(r -> {}));
    }

    private static Verdict.Valid valid(byte[] file, AttestationPolicy policy) {
        Verdict verdict = Attestation.verify(file, policy);
        return assertInstanceOf(Verdict.Valid.class, verdict, verdict::toString);
    }

    private static void invalid(String because, byte[] file, AttestationPolicy policy) {
        Verdict verdict = Attestation.verify(file, policy);
        Verdict.Invalid invalid = assertInstanceOf(Verdict.Invalid.class, verdict, verdict::toString);
        assertTrue(invalid.reason().contains(because), invalid::reason);
    }

    private static void malformed(byte[] file) {
        Verdict verdict = Attestation.verify(file, policy());
        assertInstanceOf(Verdict.Malformed.class, verdict, verdict::toString);
    }

    @Test
    void honestEvidenceAttestsAndSaysWhatItDoesNotProve() {
        for (byte[] file : honest()) {
            Verdict.Valid v = valid(file, policy());
            assertEquals(Tier.ATTESTED, v.tier());
            assertTrue(v.claim().contains("which software that is, you did not say"), v::claim);
            String open = String.join("\n", v.leavesOpen());
            for (String words :
                    List.of("that this answer is right", "revoked", "measurement", "probed", "fresh", "built again")) {
                assertTrue(open.contains(words), () -> words + " in " + open);
            }
        }
    }

    @Test
    void whatWasDemandedIsNoLongerOpen() {
        Map<Tee, Map<String, String>> demanded = Map.of(
                Tee.NITRO, Map.of("pcr0", "01".repeat(48)),
                Tee.TDX, Map.of("mrtd", "07".repeat(48)),
                Tee.SEV_SNP, Map.of("measurement", "09".repeat(48)));
        Optional<String> nonce = Optional.of(HexFormat.of().formatHex(NONCE));
        for (byte[] file : honest()) {
            Tee tee = kind(file);
            Verdict.Valid v = valid(file, policy(KEY, PROGRAM, MadeEvidence.AT, demanded.get(tee), false, nonce));
            String open = String.join("\n", v.leavesOpen());
            assertTrue(!open.contains("no measurement") && !open.contains("fresh"), open);
            assertTrue(open.contains("that this answer is right"), open);
            Map<String, String> other = new LinkedHashMap<>(demanded.get(tee));
            other.replaceAll((name, hex) -> "ff" + hex.substring(2));
            invalid("expected ff", file, policy(KEY, PROGRAM, MadeEvidence.AT, other, false, nonce));
            invalid("got none", file, policy(KEY, PROGRAM, MadeEvidence.AT, Map.of("x", "00"), false, nonce));
        }
    }

    private static Tee kind(byte[] file) {
        try {
            return AttestationFile.parse(file).kind();
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void evidenceOfAnotherNodeProgramOrNonceIsRefused() {
        NodeKey other = NodeSigner.ofSeed(Hash.tagged("other").bytes()).key();
        for (byte[] file : honest()) {
            AttestationPolicy p = policy(other, PROGRAM, MadeEvidence.AT, Map.of(), false, Optional.empty());
            invalid("not about this node's key", file, p);
            p = policy(KEY, Hash.tagged("cheaper"), MadeEvidence.AT, Map.of(), false, Optional.empty());
            invalid("not about this node's key", file, p);
            p = policy(KEY, PROGRAM, MadeEvidence.AT, Map.of(), false, Optional.of("00"));
            invalid("nonce: expected 00", file, p);
        }
        // The file says the nonce that was asked for, the evidence another.
        invalid(
                "nonce in the document",
                nitro(MadeEvidence.document(Attestation.binding(KEY, PROGRAM).bytes(), new byte[] {9})),
                policy());
        byte[] stale = Attestation.reportData(Attestation.binding(KEY, PROGRAM), new byte[] {9});
        invalid("nonce", file(Tee.TDX, MadeEvidence.tdx(new Quote(stale))), policy());
        invalid("not about", nitro(MadeEvidence.document(null, NONCE)), policy());
    }

    @Test
    void outsideItsTimeNothingIsValid() {
        for (byte[] file : honest()) {
            for (long at : new long[] {TestPki.FROM - 1_000, TestPki.TO + 1_000}) {
                invalid("certificates do not hold", file, policy(KEY, PROGRAM, at, Map.of(), false, Optional.empty()));
            }
        }
        long later = MadeEvidence.AT + AttestationPolicy.AGE_MAX_MILLIS;
        invalid("made at", nitro(document()), policy(KEY, PROGRAM, later, Map.of(), false, Optional.empty()));
        long before = MadeEvidence.AT - 2_000;
        invalid("made at", nitro(document()), policy(KEY, PROGRAM, before, Map.of(), false, Optional.empty()));
    }

    @Test
    void rootsThatNobodyPinnedAreNotBelieved() {
        for (byte[] file : honest()) {
            invalid("another root", file, AttestationPolicy.of(KEY, PROGRAM, MadeEvidence.AT));
        }
    }

    @Test
    void debugModeIsRefusedUnlessAllowed() {
        Map<Object, Object> zeros = document();
        zeros.put("pcrs", new LinkedHashMap<>(Map.of(0L, new byte[48])));
        List<byte[]> files = List.of(nitro(zeros), tdx(q -> q.body[120] = 1), snp(r -> r[8 + 2] |= 8));
        for (byte[] file : files) {
            invalid("debug mode", file, policy());
            Verdict.Valid v = valid(file, policy(KEY, PROGRAM, MadeEvidence.AT, Map.of(), true, Optional.empty()));
            assertTrue(String.join("", v.leavesOpen()).contains("debug mode"));
        }
    }

    @Test
    void aNitroDocumentIsInItsFormOrNothing() {
        for (String field : List.of("module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle")) {
            Map<Object, Object> without = document();
            without.remove(field);
            malformed(nitro(without));
            Map<Object, Object> other = document();
            other.put(field, "something else");
            if (!field.equals("module_id")) {
                malformed(nitro(other));
            }
        }
        Map<Object, Object> pcr = document();
        pcr.put("pcrs", new LinkedHashMap<>(Map.of(32L, new byte[48])));
        malformed(nitro(pcr));
        pcr.put("pcrs", new LinkedHashMap<>(Map.of(1L, new byte[47])));
        malformed(nitro(pcr));
        byte[] es256 = {(byte) 0xa1, 1, 0x26};
        malformed(file(Tee.NITRO, MadeEvidence.nitro(document(), es256, MadeEvidence.NITRO_LEAF.keys())));
    }

    @Test
    void aNitroDocumentOfAnotherKeyOrChainIsRefused() {
        byte[] head = {(byte) 0xa1, 1, 0x38, 0x22};
        byte[] forged = MadeEvidence.nitro(document(), head, TestPki.keys("secp384r1"));
        invalid("not that of the document's certificate", file(Tee.NITRO, forged), policy());
        TestPki.Issued stranger = TestPki.root("nitro root", "secp384r1");
        TestPki.Issued leaf = TestPki.issue(stranger, "nitro leaf", "secp384r1", false, List.of());
        Map<Object, Object> d = document();
        d.put("certificate", leaf.der());
        invalid("certificates do not hold", file(Tee.NITRO, MadeEvidence.nitro(d, head, leaf.keys())), policy());
        d.put("cabundle", List.of(stranger.der()));
        invalid("another root", file(Tee.NITRO, MadeEvidence.nitro(d, head, leaf.keys())), policy());
        // A leaf is no authority: what it issues is nothing.
        TestPki.Issued under = TestPki.issue(MadeEvidence.NITRO_LEAF, "under", "secp384r1", false, List.of());
        Map<Object, Object> e = document();
        List<Object> bundle = new java.util.ArrayList<>((List<?>) e.get("cabundle"));
        bundle.add(MadeEvidence.NITRO_LEAF.der());
        e.put("cabundle", bundle);
        e.put("certificate", under.der());
        invalid("certificates do not hold", file(Tee.NITRO, MadeEvidence.nitro(e, head, under.keys())), policy());
    }

    @Test
    void quotesOfVersionFiveAreReadInBothForms() {
        valid(tdx(q -> q.version = 5), policy());
        valid(
                tdx(q -> {
                    q.version = 5;
                    q.body = Arrays.copyOf(q.body, 648);
                }),
                policy());
        malformed(tdx(q -> q.version = 3));
    }

    @Test
    void everyLinkOfAQuoteHolds() {
        invalid("not vouch", tdx(q -> q.qeVouches = false), policy());
        invalid("not vouch", tdx(q -> q.qeReport[360] = 1), policy());
        invalid("not Intel's", tdx(q -> q.qeReport[128] ^= 1), policy());
        invalid("not Intel's", tdx(q -> q.qeReport[256] = 3), policy());
        invalid("quoting enclave runs in debug", tdx(q -> q.qeReport[48] = 2), policy());
        invalid("TDX module", tdx(q -> q.body[70] = 1), policy());
        invalid("not signed by its attestation key", tdx(q -> q.quoteSigner = TestPki.keys("secp256r1")), policy());
        invalid("platform's certificate", tdx(q -> q.reportSigner = TestPki.keys("secp256r1")), policy());
        invalid("certificates do not hold", tdx(q -> q.chain.remove(1)), policy());
        malformed(tdx(q -> q.chain.set(0, new byte[] {1, 2, 3})));
    }

    @Test
    void aReportIsItsChipsAndItsFirmwares() {
        TestPki.Issued vcek = MadeEvidence.vcek("Milan-B0", 1, 2, 3, 200);
        TestPki.Issued older = MadeEvidence.vcek("Milan-B0", 1, 2, 3, 199);
        byte[] report = MadeEvidence.report(DATA);
        invalid(
                "another version of the chip's firmware",
                MadeEvidence.snp(MadeEvidence.signed(report, older.keys()), older, NONCE)
                        .encode(),
                policy());
        invalid("another chip", snp(r -> r[0x1a0] ^= 1), policy());
        valid(
                snp(r -> {
                    r[0x48] |= 2; // the host masks the chip's id
                    Arrays.fill(r, 0x1a0, 0x1e0, (byte) 0);
                }),
                policy());
        invalid(
                "not signed by the chip",
                MadeEvidence.snp(MadeEvidence.signed(report, older.keys()), vcek, NONCE)
                        .encode(),
                policy());
        malformed(snp(r -> r[0x48] |= 4)); // signed by a VLEK
        malformed(snp(r -> r[0x34] = 2));
        malformed(snp(r -> r[0] = 1));
    }

    @Test
    void turinLaysItsVersionOutInAnotherWay() {
        TestPki.Issued vcek = MadeEvidence.vcek("Turin-B0", 1, 2, 3, 200);
        byte[] report = MadeEvidence.report(DATA);
        Arrays.fill(report, 0x180, 0x188, (byte) 0);
        report[0x181] = 1;
        report[0x182] = 2;
        report[0x183] = 3;
        report[0x187] = (byte) 200;
        valid(
                MadeEvidence.snp(MadeEvidence.signed(report, vcek.keys()), vcek, NONCE)
                        .encode(),
                policy());
    }

    @Test
    void besideAReceiptTheTierRisesAndWhatTheReceiptNamesMustBeIt() throws Exception {
        Receipt plain = with(Samples.receipt(), List.of());
        Verdict.Valid signed = new Verdict.Valid(
                new Claim.Signed(plain, Hash.sha256(), 7),
                List.of("what its evidence \"nitro\" says: it is named", "more"));
        NodeKey key = plain.node().key();
        Hash binding = Attestation.binding(key, plain.model().program());
        byte[] file = nitro(MadeEvidence.document(binding.bytes(), NONCE));
        AttestationPolicy p = policy(key, plain.model().program(), MadeEvidence.AT, Map.of(), false, Optional.empty());

        Verdict.Valid unnamed = assertInstanceOf(Verdict.Valid.class, Attestation.beside(signed, plain, file, p));
        assertEquals(Tier.ATTESTED, unnamed.tier());
        assertTrue(
                unnamed.claim().startsWith("Operator ")
                        && unnamed.claim().contains(" leaf 7 of its log. The keys of Amazon"),
                unnamed::claim);
        assertTrue(unnamed.leavesOpen().getLast().contains("the receipt does not name it"));

        Receipt naming = with(plain, List.of(new Receipt.Evidence("nitro", Hash.sha256(file))));
        Verdict.Valid named = assertInstanceOf(Verdict.Valid.class, Attestation.beside(signed, naming, file, p));
        String open = String.join("\n", named.leavesOpen());
        assertTrue(open.contains("more") && open.contains("that this answer is right"), open);
        assertTrue(!open.contains("its evidence") && !open.contains("does not name it"), open);

        Receipt other = with(plain, List.of(new Receipt.Evidence("nitro", Hash.tagged("other"))));
        assertInstanceOf(Verdict.Invalid.class, Attestation.beside(signed, other, file, p));
        assertInstanceOf(
                Verdict.Invalid.class, Attestation.beside(signed, naming, nitro(document()), p), "about another node");
    }

    private static Receipt with(Receipt r, List<Receipt.Evidence> evidence) throws Exception {
        RecordComponent[] parts = Receipt.class.getRecordComponents();
        Object[] values = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) {
            values[i] = parts[i].getName().equals("evidence")
                    ? evidence
                    : parts[i].getAccessor().invoke(r);
        }
        return (Receipt) Receipt.class.getDeclaredConstructors()[0].newInstance(values);
    }

    @Test
    void hostileBytesGetAVerdict() {
        SplittableRandom random = new SplittableRandom(11);
        List<byte[]> files = honest();
        for (int i = 0; i < 600; i++) {
            byte[] file = files.get(i % 3).clone();
            if (random.nextInt(4) == 0) {
                file = Arrays.copyOf(file, random.nextInt(file.length));
            }
            for (int change = random.nextInt(5); change > 0 && file.length > 0; change--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            Verdict verdict = Attestation.verify(file, policy());
            boolean same = Arrays.equals(file, files.get(i % 3));
            assertTrue(
                    same || !(verdict instanceof Verdict.Valid) || spelling(file, files.get(i % 3)), verdict::toString);
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            for (Tee tee : Tee.values()) {
                assertTrue(!(Attestation.verify(file(tee, noise), policy()) instanceof Verdict.Valid));
            }
        }
    }

    /** JSON may be spelled in other ways that say the same. */
    private static boolean spelling(byte[] bent, byte[] good) {
        try {
            return Arrays.equals(
                    AttestationFile.parse(bent).encode(),
                    AttestationFile.parse(good).encode());
        } catch (assay.core.base.MalformedException e) {
            return false;
        }
    }
}
