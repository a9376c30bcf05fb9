package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class PromptTest {
    @Command
    private static final class Wrapper {
        @Mixin
        private AnswerOptions options = new AnswerOptions();
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static AnswerOptions options(String... arguments) {
        Wrapper wrapper = new Wrapper();
        new CommandLine(wrapper).parseArgs(arguments);
        return wrapper.options;
    }

    @Test
    void wordsAndPipeMakeOneQuestion() throws Exception {
        assertEquals("why so", Prompt.read(List.of("why", "so"), in("never read"), false));
        assertEquals("Grüße", Prompt.read(List.of(), in("Grüße\n"), true));
        assertEquals("sum up:\n\na\nb", Prompt.read(List.of("sum up:"), in("a\nb\n\n"), true));
    }

    @Test
    void noQuestionAndNoTextAreMistakes() {
        assertThrows(Mistake.class, () -> Prompt.read(List.of(), in(" \n"), true));
        assertThrows(Mistake.class, () -> Prompt.read(List.of(" "), in("x"), false));
        byte[] bad = {(byte) 0xff, 0x00};
        assertThrows(Mistake.class, () -> Prompt.read(List.of(), new ByteArrayInputStream(bad), true));
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }
        };
        assertThrows(Mistake.class, () -> Prompt.read(List.of(), endless, true));
    }

    @Test
    void optionsOutOfRangeNameTheOption() throws Mistake {
        assertEquals(0.5, options("-t", "0.5").sampling().temperature());
        assertEquals(512, options().sampling().maxTokens());
        assertEquals(7, options("--seed=7").seed().orElseThrow());
        for (List<String> bad :
                List.of(List.of("--temperature", "3"), List.of("--max-tokens", "0"), List.of("--top-p", "0"))) {
            Mistake m = assertThrows(
                    Mistake.class, () -> options(bad.toArray(String[]::new)).sampling());
            assertTrue(String.valueOf(m.getMessage()).startsWith(bad.getFirst()), m.getMessage());
        }
        assertThrows(Mistake.class, () -> options("--max-cost", "much").maxCost());
        assertThrows(Mistake.class, () -> options("--ctx", "0").contextTokens());
    }
}
