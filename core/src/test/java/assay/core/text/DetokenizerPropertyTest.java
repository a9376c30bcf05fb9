package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Characters come out whole, and are those of a decoder that sees all bytes at once. */
class DetokenizerPropertyTest {
    private static final long SEED = 5;

    /** Bytes at the edges of every class of UTF-8's tables. */
    private static final int[] EDGES = {
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    /** The digest is of Node.js's WHATWG decoder (vectors/text/make_utf8.js); Python's agrees. */
    @Test
    void allShortByteStringsDecodeAsTheWhatwgDecoderDoes() {
        MessageDigest digest = Hash.newSha256();
        int count = 1;
        for (int length = 1; length <= 4; length++) {
            count *= EDGES.length;
            for (int n = 0; n < count; n++) {
                StringBuilder out = new StringBuilder();
                Utf8Stream stream = new Utf8Stream();
                for (int i = 0, rest = n; i < length; i++, rest /= EDGES.length) {
                    stream.push((byte) EDGES[rest % EDGES.length], out);
                }
                stream.finish(out);
                digest.update(out.append('\n').toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        assertEquals(
                "b5bf36f397e0393b8ca18395356667d09012c493900e9ff9158fbadb834fe045",
                Hash.ofBytes(digest.digest()).hex());
    }

    @Test
    void incrementsTogetherAreTheWholeAndNoneHasHalfACharacter() throws Exception {
        Tokenizer tokenizer = bytePairs();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 2_000; round++) {
            int[] ids = random.ints(
                            random.nextInt(12), -2, tokenizer.vocabulary().size() + 2)
                    .toArray();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            StringBuilder text = new StringBuilder();
            Detokenizer detokenizer = Detokenizer.of(tokenizer);
            for (int id : ids) {
                bytes.writeBytes(tokenizer.bytes(id));
                String delta = detokenizer.push(id);
                assertTrue(CodePoints.isWellFormed(delta), "seed " + SEED);
                text.append(delta);
            }
            text.append(detokenizer.finish());
            if (!hasSurrogate(bytes.toByteArray())) {
                String whole = bytes.toString(StandardCharsets.UTF_8);
                assertEquals(whole, text.toString(), "seed " + SEED + " round " + round);
            }
            assertEquals(text.toString(), Detokenizer.text(tokenizer, ids));
        }
    }

    /** The JDK makes one U+FFFD of an encoded surrogate, and not one for each maximal subpart. */
    private static boolean hasSurrogate(byte[] bytes) {
        for (int i = 1; i < bytes.length; i++) {
            if (bytes[i - 1] == (byte) 0xED && (bytes[i] & 0xff) >= 0xA0) {
                return true;
            }
        }
        return false;
    }

    @Test
    void textComesBackFromItsIds() throws Exception {
        for (Tokenizer tokenizer : List.of(bytePairs(), pieces())) {
            for (String text : TextVectors.strings()) {
                if (tokenizer.encode(text).length > 0 && keepsAllBytes(tokenizer, text)) {
                    assertEquals(text, Detokenizer.text(tokenizer, tokenizer.encode(text)));
                }
            }
        }
    }

    @Test
    void controlUnusedAndForeignIdsAddNothing() throws Exception {
        Tokenizer tokenizer = bytePairs();
        for (int id : new int[] {
            0,
            1,
            2,
            -1,
            Integer.MIN_VALUE,
            Integer.MAX_VALUE,
            tokenizer.vocabulary().size()
        }) {
            assertEquals(0, tokenizer.bytes(id).length);
            assertEquals("", Detokenizer.text(tokenizer, new int[] {id, id}));
        }
    }

    @Test
    void oneLeadingSpaceOfSentencePieceIsLeftOut() throws Exception {
        Tokenizer tokenizer = pieces();
        assertEquals("  two", Detokenizer.text(tokenizer, tokenizer.encode("  two")));
        int the = tokenizer.vocabulary().idOf("\u2581t").orElseThrow();
        assertEquals("t t", Detokenizer.text(tokenizer, new int[] {1, the, the}));
    }

    /** SmolLM2 has no token for 21 bytes, which are lost as in llama.cpp. */
    private static boolean keepsAllBytes(Tokenizer tokenizer, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            String spelled = String.valueOf(ByteAlphabet.charOf(b & 0xff));
            if (tokenizer.vocabulary().model() == Vocabulary.Model.BYTE_PAIRS
                    && tokenizer.vocabulary().idOf(spelled).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    static Tokenizer bytePairs() throws Exception {
        return Tokenizer.of(TextVectors.vocabulary(TextVectors.folder().resolve("small-bytepair.json.gz"), "smollm"));
    }

    static Tokenizer pieces() throws Exception {
        return Tokenizer.of(TextVectors.vocabulary(TextVectors.folder().resolve("small-pieces.json.gz"), ""));
    }
}
