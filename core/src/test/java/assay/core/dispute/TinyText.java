package assay.core.dispute;

import assay.core.base.MalformedException;
import assay.core.kernel.Rope;
import assay.core.program.ProgramHeader;
import assay.core.program.Shape;
import assay.core.text.TokenType;
import assay.core.text.UnicodeTables;
import assay.core.text.Vocabulary;
import assay.core.verify.ModelText;
import assay.core.verify.TextRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A tiny model that can chat: bytes, a few merges, two control tokens, and a template with roles and a date. */
final class TinyText {
    static final int END = 257;
    static final String TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
            + "{% endfor %}{{ strftime_now('%Y') }}<|im_start|>assistant\n";
    private static final String[][] MERGES = {{"h", "e"}, {"l", "l"}, {"t", "he"}, {"a", "n"}, {"an", "d"}};

    static final TinyModel MODEL = model(TEMPLATE);
    static final ModelText RULES = rules(MODEL);

    private TinyText() {}

    static TinyModel model(String template) {
        Shape shape = new Shape("llama", 2, 64, 4, 2, 16, 96, 258 + MERGES.length + 1, 256, Rope.Pairing.ADJACENT);
        return new TinyModel(11, shape, false, true, vocabulary(), template, UnicodeTables.digest());
    }

    private static ModelText rules(TinyModel model) {
        try {
            return ModelText.of(model.program);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** The rules of this program, where it is the one model here that can chat. */
    static Optional<TextRules> find(ProgramHeader program) {
        return program.root().equals(MODEL.program.root()) ? Optional.of(RULES) : Optional.empty();
    }

    private static byte[] vocabulary() {
        List<String> tokens = new ArrayList<>();
        int next = 256;
        for (int b = 0; b < 256; b++) {
            // GPT-2's alphabet: printable bytes are themselves, the others follow from U+0100 on.
            boolean printable = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
            tokens.add(Character.toString(printable ? b : next++));
        }
        tokens.add("<|im_start|>");
        tokens.add("<|im_end|>");
        List<String> merges = new ArrayList<>();
        for (String[] merge : MERGES) {
            tokens.add(merge[0] + merge[1]);
            merges.add(merge[0] + " " + merge[1]);
        }
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        types[256] = 3;
        types[END] = 3;
        try {
            Vocabulary v = Vocabulary.of(
                    "gpt2",
                    "gpt-2",
                    tokens,
                    types,
                    new int[0],
                    merges,
                    new Vocabulary.Roles(-1, END, -1, -1, -1),
                    new Vocabulary.Affixes(false, false, false));
            if (v.type(END) != TokenType.CONTROL) {
                throw new AssertionError("ends are control tokens");
            }
            return v.encode();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** A JSON string. */
    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
