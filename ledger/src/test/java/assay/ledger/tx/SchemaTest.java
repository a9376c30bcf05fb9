package assay.ledger.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.codec.JsonText;
import assay.ledger.Vectors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SchemaTest {
    @Test
    void thePublishedSchemaIsWhatIsSigned() throws Exception {
        Path file = Vectors.file("eip712.json");
        String written = JsonText.write(TypedData.schema());
        if (Boolean.getBoolean("assay.write")) {
            Files.writeString(file, written.replace("],", "],\n ") + "\n", StandardCharsets.UTF_8);
        }
        assertEquals(
                JsonText.write(JsonText.parse(Files.readAllBytes(file), 8, 1 << 20)),
                written,
                "a published type never changes: add a new kind");
    }

    @Test
    void everyTransactionHasItsOwnNumber() {
        assertEquals(
                Transaction.class.getPermittedSubclasses().length,
                new TreeSet<>(Arrays.stream(Kind.values()).map(Kind::wire).toList()).size());
    }
}
