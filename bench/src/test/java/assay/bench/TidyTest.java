package assay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Finds hidden nondeterminism and names that say nothing, in the sources of all modules.
 *
 * <p>Each rule is a folder, a pattern and what to use instead; a line that must stand ends with a
 * comment {@code // tidy: reason}.
 */
class TidyTest {
    /** In a folder, but not in those that {@code except} matches. */
    private record Rule(String folder, String except, String pattern, String instead) {
        Rule(String folder, String pattern, String instead) {
            this(folder, "(?!)", pattern, instead);
        }

        boolean holdsFor(String file) {
            return file.startsWith(folder)
                    && !Pattern.compile(except).matcher(file).find();
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule("core/", "\\bnew (HashMap|HashSet)\\b", "a sorted or linked collection"),
            new Rule(
                    "core/", "\\b(Instant|LocalDate|Clock)\\.now\\b|currentTimeMillis|nanoTime", "time as an argument"),
            new Rule(
                    "core/",
                    "\\bnew Random\\(|Math\\.random|ThreadLocalRandom|SecureRandom",
                    "randomness as an argument"),
            new Rule("core/", "parallelStream|\\.parallel\\(\\)", "a loop"),
            new Rule("core/", "\\bMath\\.(exp|log|pow|sin|cos|tan|cbrt|round)\\(", "StrictMath or Math.rint"),
            new Rule("core/", "String\\.format\\((?!Locale)|\\.formatted\\(", "a Locale, or plain concatenation"),
            new Rule("core/", "\\.getBytes\\(\\)|toLowerCase\\(\\)|toUpperCase\\(\\)", "a charset, a Locale"),
            new Rule(
                    "core/",
                    "Character\\.(is(Letter|Digit|Whitespace|SpaceChar|Alphabetic|UpperCase|LowerCase)|getType)",
                    "the pinned Unicode tables"),
            // What a simulation's results are worth is statistics: it decides nothing on a ledger.
            new Rule(
                    "ledger/",
                    "/simulate/(Bet|Comparison|Luck|Setup)\\.",
                    "\\b(double|float|Double|Float)\\b",
                    "exact longs"),
            new Rule("ledger/src/main/java/assay/ledger/state", "\\bnew (HashMap|HashSet)\\b", "a sorted collection"),
            new Rule("", "reduceLanes\\(VectorOperators\\.ADD\\).*[fF]loat", "exact lanes"),
            new Rule(
                    "",
                    "(class|record|interface|enum) \\w+(Manager|Utils?|Helper|Impl|Processor|Data|Info)\\b",
                    "the thing's name"),
            new Rule("", "(class|record|interface) (Abstract|Base)[A-Z]\\w+", "a sealed type"),
            new Rule("", "--enable-preview", "final features"),
            new Rule("", "jqwik", "SplittableRandom"));

    @Test
    void sourcesKeepTheHouseRules() throws IOException {
        Path root = Path.of("..");
        List<String> faults = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (name.contains("/src/main/")) {
                    check(name, Files.readAllLines(file), faults);
                }
            }
        }
        assertTrue(faults.isEmpty(), () -> String.join("\n", faults));
    }

    @Test
    void aPlantedFaultIsFound() {
        List<String> faults = new ArrayList<>();
        check("core/src/main/java/X.java", List.of("var m = new HashMap<String, String>();"), faults);
        check("ledger/src/main/java/X.java", List.of("// a double in a comment", "double x = 1;"), faults);
        check("core/src/main/java/X.java", List.of("new HashMap<>(); // tidy: never iterated"), faults);
        assertEquals(2, faults.size());
    }

    private static void check(String name, List<String> lines, List<String> faults) {
        for (Rule rule : RULES) {
            if (!rule.holdsFor(name)) {
                continue;
            }
            Pattern pattern = Pattern.compile(rule.pattern);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                String trimmed = line.strip();
                boolean comment = trimmed.startsWith("*") || trimmed.startsWith("//") || trimmed.startsWith("/*");
                if (!comment
                        && !line.contains("// tidy:")
                        && pattern.matcher(line).find()) {
                    faults.add(name + ":" + (i + 1) + ": use " + rule.instead + ": " + trimmed);
                }
            }
        }
    }
}
