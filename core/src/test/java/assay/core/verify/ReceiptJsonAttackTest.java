package assay.core.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.log.Checkpoint;
import assay.core.log.ReceiptLog;
import assay.core.receipt.Envelope;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Attacks on the JSON of receipts: members dropped, added, swapped, doubled, retyped. */
class ReceiptJsonAttackTest {
    private static final Json FILE = Samples.file().json();
    private static final byte[] STATEMENT = Statement.encode(Samples.receipt());

    @Test
    void noMemberOfTheFileIsDroppedAddedSwappedDoubledOrRetyped() {
        List<String> variants = new ArrayList<>();
        vary(FILE, text -> text, variants);
        assertTrue(variants.size() > 100, "variants: " + variants.size());
        for (String variant : variants) {
            Verdict verdict = Verifier.verify(utf8(variant), TrustPolicy.stranger());
            assertFalse(verdict instanceof Verdict.Valid, variant);
        }
    }

    /** The node itself signs and logs the variant: the one encoding leaves it nothing to play with. */
    @Test
    void noVariantOfAStatementIsReadEvenIfItIsSigned() throws Exception {
        List<String> variants = new ArrayList<>();
        vary(JsonText.parse(STATEMENT, 16, 1 << 16), text -> text, variants);
        assertTrue(variants.size() > 300, "variants: " + variants.size());
        int kept = 0;
        for (String variant : variants) {
            try {
                Receipt receipt = Statement.parse(utf8(variant));
                assertEquals(variant, new String(Statement.encode(receipt), StandardCharsets.UTF_8));
                assertFalse(receipt.extra().members().isEmpty() && receipt.equals(Samples.receipt()), variant);
                kept++;
            } catch (MalformedException e) {
                assertTrue(e.getMessage() != null);
            }
        }
        // An unknown member at the end of the predicate is kept; values swapped within one kind are another receipt.
        assertTrue(kept < 30, "read: " + kept);
    }

    @Test
    void aMemberOfALaterVersionIsKeptAndNotTrusted() throws Exception {
        String text = new String(STATEMENT, StandardCharsets.UTF_8);
        String later = text.substring(0, text.length() - 2) + ",\"later\":{\"x\":[1]}}}";
        Receipt receipt = Statement.parse(utf8(later));
        assertEquals(later, new String(Statement.encode(receipt), StandardCharsets.UTF_8));
        Verdict verdict = Verifier.verify(
                Samples.file(receipt, Samples.NODE, Samples.ORIGIN).encode(), Samples.policy());
        assertTrue(assertInstanceOf(Verdict.Valid.class, verdict)
                .leavesOpen()
                .toString()
                .contains("[later]"));
        String nested = text.replace("\"usage\":{", "\"usage\":{\"later\":1,");
        assertThrows(MalformedException.class, () -> Statement.parse(utf8(nested)));
        String first = text.replace("\"predicate\":{", "\"predicate\":{\"later\":1,");
        assertThrows(MalformedException.class, () -> Statement.parse(utf8(first)));
    }

    @Test
    void whiteSpaceAndOtherSpellingsOfAStatementAreRefused() {
        String text = new String(STATEMENT, StandardCharsets.UTF_8);
        for (String bad : List.of(
                text + "\n",
                " " + text,
                text.replace(":0.7,", ":0.70,"),
                text.replace(":0.7,", ":7e-1,"),
                text.replace("\"-7\"", "\"-07\""),
                text.replace("\"sealed\"", "\"se\\u0061led\""),
                text.replace("https://in-toto", "https:\\/\\/in-toto"),
                text.replace("urn:assay:receipt:1", "urn:assay:receipt:2"),
                text.replace("\"time\":1", "\"time\":-1"))) {
            assertFalse(bad.equals(text));
            assertThrows(MalformedException.class, () -> Statement.parse(utf8(bad)), bad);
        }
    }

    @Test
    void hostileBytesGetAVerdict() {
        SplittableRandom random = new SplittableRandom(17);
        byte[] honest = Samples.file().encode();
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = honest.clone();
            for (int j = random.nextInt(1, 12); j > 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Verdict verdict = Verifier.verify(bytes, TrustPolicy.stranger());
            assertTrue(
                    java.util.Arrays.equals(bytes, honest) || !(verdict instanceof Verdict.Valid), verdict.toString());
        }
        for (String text :
                List.of("", "{}", "[]", "null", "{\"format\":\"assay/receipt-file/1\"}", "[".repeat(100_000))) {
            Verdict verdict = Verifier.verify(utf8(text), TrustPolicy.stranger());
            assertEquals(2, assertInstanceOf(Verdict.Malformed.class, verdict).exitCode());
        }
        assertInstanceOf(
                Verdict.Malformed.class,
                Verifier.verify(new byte[ReceiptFile.SIZE_MAX_BYTES + 1], TrustPolicy.stranger()));
    }

    /** A payload that is no receipt, however well it is signed and logged. */
    @Test
    void signedNonsenseIsMalformed() {
        for (String payload : List.of("", "{}", "{\"_type\":\"https://in-toto.io/Statement/v1\"}")) {
            Envelope e = Envelope.sign(Statement.PAYLOAD_TYPE, utf8(payload), Samples.NODE);
            ReceiptLog log = new ReceiptLog(Samples.ORIGIN);
            log.append(Statement.digest(utf8(payload)), 1);
            Checkpoint c = log.checkpoint(1);
            ReceiptFile file = ReceiptFile.logged(e, log.prove(0, c, c.sign(Samples.NODE)));
            assertInstanceOf(Verdict.Malformed.class, Verifier.verify(file.encode(), Samples.policy()));
        }
    }

    private interface Place {
        String in(String part);
    }

    /** Adds to {@code out} the whole text with each node below {@code value} varied in turn. */
    private static void vary(Json value, Place place, List<String> out) {
        switch (value) {
            case Json.Obj(var members) -> {
                List<Map.Entry<String, Json>> all = new ArrayList<>(members.entrySet());
                List<String> parts = new ArrayList<>();
                all.forEach(e -> parts.add(JsonText.write(Json.of(e.getKey())) + ":" + JsonText.write(e.getValue())));
                lists(parts, "{", "}", place, out);
                out.add(place.in(join(with(parts, parts.size(), "\"unknown\":0"), "{", "}")));
                for (int i = 0; i < all.size(); i++) {
                    int at = i;
                    String key = JsonText.write(Json.of(all.get(i).getKey())) + ":";
                    vary(all.get(i).getValue(), v -> place.in(join(set(parts, at, key + v), "{", "}")), out);
                    if (i > 0) {
                        String other = JsonText.write(all.get(i - 1).getValue());
                        String before = JsonText.write(Json.of(all.get(i - 1).getKey())) + ":";
                        String mine = JsonText.write(all.get(i).getValue());
                        if (!mine.equals(other)) {
                            out.add(place.in(join(set(set(parts, at, key + other), at - 1, before + mine), "{", "}")));
                        }
                    }
                }
            }
            case Json.Arr(var items) -> {
                List<String> parts = new ArrayList<>();
                items.forEach(item -> parts.add(JsonText.write(item)));
                lists(parts, "[", "]", place, out);
                for (int i = 0; i < items.size(); i++) {
                    int at = i;
                    vary(items.get(i), v -> place.in(join(set(parts, at, v), "[", "]")), out);
                }
            }
            case Json.Str s -> scalar(List.of("0", "null", "[]", "\"\""), place, out);
            case Json.Num n -> scalar(List.of("\"0\"", "null", "1.5", "-1", "99999999999999999999"), place, out);
            case Json.Bool b -> scalar(List.of(b.value() ? "false" : "true", "null", "0", "\"true\""), place, out);
            case Json.Null n -> scalar(List.of("0"), place, out);
        }
    }

    private static void scalar(List<String> others, Place place, List<String> out) {
        others.forEach(other -> out.add(place.in(other)));
    }

    /** Each part dropped, each doubled, each exchanged with its neighbour. */
    private static void lists(List<String> parts, String open, String close, Place place, List<String> out) {
        for (int i = 0; i < parts.size(); i++) {
            List<String> dropped = new ArrayList<>(parts);
            dropped.remove(i);
            out.add(place.in(join(dropped, open, close)));
            out.add(place.in(join(with(parts, i, parts.get(i)), open, close)));
        }
    }

    private static List<String> set(List<String> parts, int at, String part) {
        List<String> out = new ArrayList<>(parts);
        out.set(at, part);
        return out;
    }

    private static List<String> with(List<String> parts, int at, String part) {
        List<String> out = new ArrayList<>(parts);
        out.add(at, part);
        return out;
    }

    private static String join(List<String> parts, String open, String close) {
        return open + String.join(",", parts) + close;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
