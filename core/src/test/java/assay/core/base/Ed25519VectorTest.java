package assay.core.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Published signatures that verifiers differ about: vectors/ed25519/edge.json. */
class Ed25519VectorTest {
    @TestFactory
    Stream<DynamicTest> everyCaseIsReadByTheOneRule() throws Exception {
        Field root =
                Field.root(JsonText.parse(Files.readAllBytes(Path.of("../vectors/ed25519/edge.json")), 8, 1 << 16));
        List<Field> cases = root.at("cases").items(100);
        assertEquals(12, cases.size());
        return cases.stream()
                .map(c -> DynamicTest.dynamicTest(text(c, "id") + ": " + text(c, "comment"), () -> {
                    byte[] key = hex(c, "public");
                    assertEquals(
                            c.at("expect").bool(),
                            Ed25519.verify(key, hex(c, "message"), hex(c, "signature")),
                            "signature");
                    assertEquals(c.at("key").bool(), isKey(key), "key");
                }));
    }

    private static boolean isKey(byte[] key) {
        try {
            NodeKey.ofBytes(key);
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    private static byte[] hex(Field of, String name) {
        return HexFormat.of().parseHex(text(of, name));
    }

    private static String text(Field of, String name) {
        try {
            return of.at(name).string(512);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
