package assay.core.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private static Json parse(String text) throws MalformedException {
        return JsonText.parse(text.getBytes(StandardCharsets.UTF_8), 16, 1 << 20);
    }

    private static void refuses(String text) {
        assertThrows(MalformedException.class, () -> parse(text), text);
    }

    @Test
    void aValueOfEveryKindIsReadAndWrittenBackCompactly() throws Exception {
        String text = " { \"a\" : [ 1 , -0.5e+10 , true , false , null ] , \"\\u00e9\\n\" : \"\\ud83d\\ude00/\\/\" } ";
        assertEquals("{\"a\":[1,-0.5e+10,true,false,null],\"é\\n\":\"😀//\"}", JsonText.write(parse(text)));
    }

    @Test
    void membersKeepTheirOrderUnlessSorted() throws Exception {
        Json value = parse("{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":0,\"y\":0}]}");
        assertEquals("{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":0,\"y\":0}]}", JsonText.write(value));
        assertEquals("{\"a\":[{\"y\":0,\"z\":0}],\"b\":{\"c\":2,\"d\":1}}", JsonText.write(JsonText.sorted(value)));
    }

    @Test
    void whatTheRfcForbidsIsRefused() {
        for (String text : List.of(
                "",
                " ",
                "{",
                "}",
                "[",
                "]",
                "[1,]",
                "[,1]",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\"}",
                "{\"a\":}",
                "01",
                "-",
                "+1",
                ".5",
                "1.",
                "1e",
                "1e+",
                "0x10",
                "NaN",
                "Infinity",
                "-01",
                "1 2",
                "tru",
                "nulll",
                "True",
                "\"",
                "\"\\\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\t\"",
                "\"\n\"",
                "\"\u0000\"",
                "[1 2]",
                "{\"a\" 1}",
                "\uFEFF{}",
                "/**/1",
                "\u00a01",
                "[1]]")) {
            refuses(text);
        }
    }

    @Test
    void duplicateKeysAreRefusedHoweverTheyAreSpelled() {
        refuses("{\"a\":1,\"a\":1}");
        refuses("{\"a\":1,\"\\u0061\":2}");
        refuses("[{\"x\":{\"k\":0,\"j\":0,\"k\":0}}]");
    }

    @Test
    void halfSurrogatePairsAreRefused() {
        for (String text :
                List.of("\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\ud83d\"", "\"\\ud83dx\"", "\"\\ude00\\ud83d\"")) {
            refuses(text);
        }
    }

    /** The JDK's own strict decoder is the oracle, over every two-byte pair and many longer strings. */
    @Test
    void stringsAreExactlyWellFormedUtf8() {
        byte[] text = {'"', 0, 0, '"'};
        for (int a = 0x20; a < 256; a++) {
            for (int b = 0x20; b < 256; b++) {
                text[1] = (byte) a;
                text[2] = (byte) b;
                if (a != '"' && a != '\\' && b != '"' && b != '\\') {
                    assertEquals(wellFormed(text), accepted(text), a + " " + b);
                }
            }
        }
        SplittableRandom random = new SplittableRandom(7);
        int[] edges = {
            0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
            0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff
        };
        for (int i = 0; i < 60_000; i++) {
            byte[] longer = new byte[6];
            longer[0] = longer[5] = '"';
            for (int j = 1; j < 5; j++) {
                longer[j] = (byte) edges[random.nextInt(edges.length)];
            }
            assertEquals(wellFormed(longer), accepted(longer));
        }
    }

    private static boolean wellFormed(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes));
            return true;
        } catch (java.nio.charset.CharacterCodingException e) {
            return false;
        }
    }

    private static boolean accepted(byte[] bytes) {
        try {
            Json value = JsonText.parse(bytes, 0, 100);
            assertArrayEquals(bytes, JsonText.writeBytes(value));
            return true;
        } catch (MalformedException e) {
            assertTrue(e.offset() >= 0);
            return false;
        }
    }

    @Test
    void depthAndSizeAreBounded() throws Exception {
        JsonText.parse("[[[1]]]".getBytes(StandardCharsets.UTF_8), 3, 7);
        byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        assertThrows(MalformedException.class, () -> JsonText.parse(deep, 64, 1 << 20));
        assertThrows(MalformedException.class, () -> JsonText.parse("[[1]]".getBytes(StandardCharsets.UTF_8), 1, 100));
        assertThrows(MalformedException.class, () -> JsonText.parse("[[1]]".getBytes(StandardCharsets.UTF_8), 2, 4));
    }

    @Test
    void everyCharIsWrittenSoThatItReadsBack() throws Exception {
        for (int c = 0; c < 0x10000; c++) {
            if (!Character.isSurrogate((char) c)) {
                Json value = Json.of("a" + (char) c + "b");
                assertEquals(value, parse(JsonText.write(value)));
            }
        }
        assertEquals("\"\\ud800\"", JsonText.write(Json.of("\ud800")));
        assertEquals("\"\\udc00\\ud800\"", JsonText.write(Json.of("\udc00\ud800")));
        assertEquals(
                "\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\u007f\"",
                JsonText.write(Json.of("\0\b\t\n\f\r\u001f\"\\/\u007f")));
    }

    @Test
    void randomValuesReadBackAsTheyWereWritten() throws Exception {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 2000; i++) {
            Json value = random(random, 5);
            assertEquals(value, parse(JsonText.write(value)));
        }
    }

    @Test
    void damagedTextIsRefusedOrReadButNeverBreaksTheParser() throws Exception {
        SplittableRandom random = new SplittableRandom(13);
        for (int i = 0; i < 8_000; i++) {
            byte[] text = JsonText.writeBytes(random(random, 4));
            if (text.length == 0) {
                continue;
            }
            text[random.nextInt(text.length)] ^= (byte) (1 << random.nextInt(8));
            byte[] cut = java.util.Arrays.copyOf(text, random.nextInt(text.length + 1));
            for (byte[] bytes : List.of(text, cut)) {
                try {
                    Json value = JsonText.parse(bytes, 16, 1 << 20);
                    assertEquals(value, JsonText.parse(JsonText.writeBytes(value), 16, 1 << 20));
                } catch (MalformedException e) {
                    assertTrue(e.offset() <= bytes.length);
                }
            }
        }
    }

    private static Json random(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> Json.of(random.nextLong() >> random.nextInt(64));
            case 1 -> Json.of(random.nextBoolean());
            case 2 -> new Json.Null();
            case 3, 4 -> Json.of(text(random));
            case 5 -> {
                List<Json> items = new java.util.ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    items.add(random(random, depth - 1));
                }
                yield Json.of(items);
            }
            default -> {
                Json.Members members = Json.object();
                for (int i = random.nextInt(5); i > 0; i--) {
                    members.put(i + text(random), random(random, depth - 1));
                }
                yield members.build();
            }
        };
    }

    private static String text(SplittableRandom random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x110000);
            out.appendCodePoint(c >= 0xd800 && c < 0xe000 ? '?' : c);
        }
        return out.toString();
    }
}
