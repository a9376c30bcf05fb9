package assay.engine.compile;

import assay.core.base.MalformedException;
import assay.core.text.Vocabulary;
import assay.engine.gguf.GgufFile;
import java.util.List;

/** Reads the parts of a model file that are about text: vocabulary and chat template. */
final class TextImport {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final int TEMPLATE_MAX_CHARS = 1 << 20;

    private TextImport() {}

    /**
     * Canonical bytes of the vocabulary; none if the file has no tokenizer at all.
     *
     * @param rows of the embedding: a token without a row is refused
     */
    static byte[] tokenizer(GgufFile file, int rows) throws MalformedException {
        String model = file.string(PREFIX + "model").orElse("no_vocab");
        if (model.equals("no_vocab")) {
            return new byte[0];
        }
        String pre = file.string(PREFIX + "pre").orElse("");
        List<String> tokens = file.strings(PREFIX + "tokens")
                .orElseThrow(() -> new MalformedException(PREFIX + "tokens is missing", -1));
        if (tokens.size() > rows) {
            throw new MalformedException(tokens.size() + " tokens, but only " + rows + " rows of embeddings", -1);
        }
        float[] scores = file.floats(PREFIX + "scores").orElse(new float[0]);
        int[] scoreBits = new int[scores.length];
        for (int i = 0; i < scores.length; i++) {
            scoreBits[i] = Float.floatToRawIntBits(scores[i]);
        }
        Vocabulary.Roles said = Vocabulary.Roles.ofModel(model);
        Vocabulary.Affixes usual = Vocabulary.Affixes.ofModel(model, pre);
        return Vocabulary.of(
                        model,
                        pre,
                        tokens,
                        file.integers(PREFIX + "token_type").orElse(new int[0]),
                        scoreBits,
                        file.strings(PREFIX + "merges").orElse(List.of()),
                        new Vocabulary.Roles(
                                id(file, "bos_token_id", said.bos()),
                                id(file, "eos_token_id", said.eos()),
                                id(file, "unknown_token_id", said.unk()),
                                id(file, "eot_token_id", said.eot()),
                                id(file, "eom_token_id", said.eom())),
                        new Vocabulary.Affixes(
                                file.bool(PREFIX + "add_bos_token").orElse(usual.addBos()),
                                file.bool(PREFIX + "add_eos_token").orElse(usual.addEos()),
                                file.bool(PREFIX + "add_space_prefix").orElse(usual.addSpacePrefix())))
                .encode();
    }

    /** Source of the chat template, empty if the file has none. */
    static String template(GgufFile file) throws MalformedException {
        String template = file.string("tokenizer.chat_template").orElse("");
        if (template.length() > TEMPLATE_MAX_CHARS) {
            throw new MalformedException("the chat template has " + template.length() + " characters", -1);
        }
        return template;
    }

    private static int id(GgufFile file, String key, int otherwise) throws MalformedException {
        long id = file.integer(PREFIX + key).orElse(otherwise);
        if (id < -1 || id > Vocabulary.TOKENS_MAX) {
            throw new MalformedException(PREFIX + key + " is " + id, -1);
        }
        return (int) id;
    }
}
