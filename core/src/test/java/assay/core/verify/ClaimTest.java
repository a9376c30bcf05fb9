package assay.core.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** No claim is worded as one of a stronger tier. */
class ClaimTest {
    /** Words that only the evidence of a tier, or of one above it, entitles to. */
    private static final Map<Tier, List<String>> RESERVED = new EnumMap<>(Map.of(
            Tier.SIGNED, List.of("signed"),
            Tier.ATTESTED, List.of("attested", "the keys of"),
            Tier.AUDITED, List.of("audited", "freivalds", "recomputed", "what the model computes"),
            Tier.REPLAYED, List.of("replayed", "computed again", "same trace", "with the weights"),
            Tier.SETTLED, List.of("settled", "the ledger computed"),
            Tier.PROVED, List.of("proved", "proves", "proof")));

    private static List<Claim> all() {
        return List.of(
                new Claim.Signed(Samples.receipt(), Hash.sha256(), 3),
                new Claim.Derived(),
                new Claim.Exchanged(),
                new Claim.Attested("Amazon", "an enclave", List.of()),
                new Claim.Attested("Amazon", "an enclave", List.of("pcr0")),
                new Claim.Audited(Samples.receipt(), 30, 9_000, 32, 2, 240),
                new Claim.Replayed(96, Claim.Replayer.YOU, true),
                new Claim.Replayed(96, Claim.Replayer.SAME_OPERATOR, false));
    }

    @Test
    void everyKindOfClaimIsHeldHere() {
        Set<Class<?>> held = all().stream().map(Object::getClass).collect(Collectors.toSet());
        assertEquals(Set.copyOf(Arrays.asList(Claim.class.getPermittedSubclasses())), held);
    }

    @Test
    void noClaimHasWordsOfAStrongerTier() {
        for (Claim claim : all()) {
            String words = (claim.says() + " " + claim.by()).toLowerCase(Locale.ROOT);
            RESERVED.forEach((tier, reserved) -> {
                if (tier.compareTo(claim.tier()) > 0) {
                    reserved.forEach(word -> assertFalse(words.contains(word), () -> claim.tier() + " says: " + words));
                }
            });
            assertTrue(claim.says().endsWith("."), claim::says);
            assertFalse(claim.by().isBlank());
        }
    }

    @Test
    void aTraceThatWasNotComparedIsNotCalledTheSame() {
        Claim.Replayed without = new Claim.Replayed(96, Claim.Replayer.YOU, false);
        assertFalse((without.says() + without.brief() + without.by()).contains("same trace"));
    }

    @Test
    void theSameOperatorsReplayIsSaidToBeThat() {
        assertTrue(
                new Claim.Replayed(1, Claim.Replayer.SAME_OPERATOR, true).by().contains("by the same operator"));
    }

    @Test
    void aVerdictHasTheTierOfItsStrongestClaimAndTheWordsOfAll() {
        for (Claim a : all()) {
            for (Claim b : all()) {
                Verdict.Valid both = new Verdict.Valid(a, List.of("more")).with(b, List.of());
                assertEquals(a.tier().compareTo(b.tier()) > 0 ? a.tier() : b.tier(), both.tier());
                assertEquals(a.says() + " " + b.says(), both.claim());
            }
        }
    }

    @Test
    void everyValidVerdictOnAReceiptIsOneOfASignature() throws Exception {
        Verdict verdict = Verifier.verify(Samples.file().encode(), TrustPolicy.stranger());
        Verdict.Valid valid = (Verdict.Valid) verdict;
        assertEquals(Tier.SIGNED, valid.tier());
        assertTrue(
                valid.leavesOpen().getFirst().startsWith("that the node ran this model"), valid.leavesOpen()::toString);
    }
}
