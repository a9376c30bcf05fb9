package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each file of scenarios/ is a world and what happens in it, line by line. */
class ScenarioTest {
    @TestFactory
    Stream<DynamicTest> everyLineEndsAsWritten() throws Exception {
        Path dir = Path.of(ScenarioTest.class.getResource("/scenarios").toURI());
        List<Path> files;
        try (Stream<Path> listed = Files.list(dir)) {
            files = listed.sorted().toList();
        }
        return files.stream().map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> run(f)));
    }

    private static void run(Path file) throws IOException {
        Script script = new Script(World.params(1));
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = line.replaceFirst("#.*", "").trim();
            if (text.startsWith("auditors ")) {
                script = new Script(World.params(Integer.parseInt(text.substring(9))));
            } else if (text.equals("judges")) {
                script = new Script(World.bonding(1), "a1", "a2", "a3");
            } else if (text.startsWith("sampled ")) {
                String[] numbers = text.split(" +");
                script = new Script(World.sampled(Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2])));
            } else if (!text.isEmpty()) {
                String expected = text.substring(text.lastIndexOf(' ') + 1);
                String where = file.getFileName() + ":" + number + ": " + text;
                assertEquals(expected, script.run(text), where);
            }
        }
    }
}
