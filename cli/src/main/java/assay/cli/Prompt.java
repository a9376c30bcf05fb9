package assay.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The question: words of the command line, the input that is piped in, or both. */
final class Prompt {
    private static final int INPUT_BYTES_MAX = 8 << 20;

    private Prompt() {}

    /**
     * The words with a space between them; then, after an empty line, what is piped in.
     *
     * @param piped whether {@code in} is a pipe or a file; a terminal is not read
     * @throws Mistake if there is neither, or the input is not UTF-8 text or longer than 8 MiB
     */
    static String read(List<String> words, InputStream in, boolean piped) throws IOException, Mistake {
        String question = String.join(" ", words);
        String input = piped ? text(in) : "";
        if (question.isBlank() && input.isBlank()) {
            throw new Mistake(
                    "there is no question",
                    "try: assay ask \"Why is the sky blue?\"   or: assay ask < FILE",
                    Exit.USAGE);
        }
        if (question.isBlank()) {
            return input;
        }
        return input.isBlank() ? question : question + "\n\n" + input;
    }

    private static String text(InputStream in) throws IOException, Mistake {
        byte[] bytes = in.readNBytes(INPUT_BYTES_MAX + 1);
        if (bytes.length > INPUT_BYTES_MAX) {
            throw new Mistake("the input is longer than 8 MiB", "", Exit.USAGE);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .stripTrailing();
        } catch (CharacterCodingException e) {
            throw new Mistake("the input is not text in UTF-8", "", Exit.USAGE);
        }
    }
}
