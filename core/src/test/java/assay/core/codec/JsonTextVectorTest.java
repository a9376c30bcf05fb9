package assay.core.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Against Python's json module: vectors/json/cases.json. */
class JsonTextVectorTest {
    @Test
    void textsAreTakenAndWrittenAsPythonTakesAndWritesThem() throws Exception {
        byte[] file = Files.readAllBytes(Path.of("../vectors/json/cases.json"));
        int taken = 0;
        for (Field c : Field.root(JsonText.parse(file, 4, 1 << 20)).at("cases").items(10_000)) {
            byte[] text = c.at("text").base64(1000);
            Optional<Field> compact = c.find("compact");
            String expect = compact.isPresent() ? compact.get().string() : "refused";
            assertEquals(expect, written(text), new String(text, StandardCharsets.UTF_8));
            taken += compact.isPresent() ? 1 : 0;
        }
        assertTrue(taken > 100, "taken: " + taken);
    }

    private static String written(byte[] text) {
        try {
            return JsonText.write(JsonText.parse(text, 16, 1000));
        } catch (MalformedException e) {
            return "refused";
        }
    }
}
