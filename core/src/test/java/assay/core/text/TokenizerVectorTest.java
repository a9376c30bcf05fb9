package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids that other libraries give; vectors/text/README.md says which, and how they were made. */
class TokenizerVectorTest {
    @ParameterizedTest
    @ValueSource(strings = {"smollm", "gpt-2", "llama-bpe", "qwen2"})
    void byteLevelIdsAreThoseOfLlamaCppAndHuggingFace(String pre) throws Exception {
        check(small("bytepair", pre), TextVectors.lines(TextVectors.folder().resolve("small-" + pre + ".ids.gz")));
    }

    @Test
    void pieceIdsAreThoseOfSentencePieceAndLlamaCpp() throws Exception {
        check(small("pieces", ""), TextVectors.lines(TextVectors.folder().resolve("small-pieces.ids.gz")));
    }

    @ParameterizedTest
    @CsvSource({
        "smollm2, smollm, df9764b86d5ca61fb88db1b8b9c199ec892100322c8f27860a924635b8392c2b",
        "llama3, llama-bpe, 5b1acca4a581c40131de3846fc755617809df2a967038b47a56e7cd4fd2ede32",
        "qwen, qwen2, e207a3f6cc9b05c7597062a9e8ccee26dbec44de8c4b2d85ee76d9239336ddf8",
        "llama, '', c3439dbde37470b6abbb6ae628f39ff118e2c867345dee752f1a82c273a4134b"
    })
    void realVocabulariesGiveTheIdsOfTheirOwnLibraries(String name, String pre, String digest) throws Exception {
        Path file = TextVectors.cached(name);
        assumeTrue(Files.exists(file), "absent: run python3 vectors/text/fetch_vocabularies.py to get " + file);
        Vocabulary vocabulary = TextVectors.vocabulary(file, pre);
        assertEquals(digest, vocabulary.digest().hex(), "another vocabulary than the one that the ids are of");
        check(Tokenizer.of(vocabulary), TextVectors.lines(TextVectors.folder().resolve(name + ".ids.gz")));
    }

    @Test
    void specialTokensAreThoseOfLlamaCpp() throws Exception {
        Json.Obj vectors = (Json.Obj)
                JsonText.parse(TextVectors.bytes(TextVectors.folder().resolve("specials.json.gz")), 6, 1 << 24);
        Tokenizer tokenizer = Tokenizer.of(withSpecials(vectors));
        for (Json item : ((Json.Arr) vectors.members().get("cases")).items()) {
            Json.Obj one = (Json.Obj) item;
            String text = ((Json.Str) one.members().get("text")).value();
            BitSet all = new BitSet();
            all.set(0, text.length());
            assertArrayEquals(TextVectors.numbers(one, "plain"), tokenizer.encode(text), text);
            assertArrayEquals(TextVectors.numbers(one, "trusted"), tokenizer.encode(new MarkedText(text, all)), text);
        }
    }

    private static Vocabulary withSpecials(Json.Obj vectors) throws Exception {
        Vocabulary plain = TextVectors.vocabulary(TextVectors.folder().resolve("small-bytepair.json.gz"), "smollm");
        return TextVectors.extended(
                plain, TextVectors.texts(vectors, "control"), TextVectors.texts(vectors, "user_defined"));
    }

    private static Tokenizer small(String name, String pre) throws Exception {
        return Tokenizer.of(TextVectors.vocabulary(TextVectors.folder().resolve("small-" + name + ".json.gz"), pre));
    }

    private static void check(Tokenizer tokenizer, List<String> expected) throws Exception {
        List<String> strings = TextVectors.strings();
        assertEquals(strings.size(), expected.size());
        List<String> wrong = new ArrayList<>();
        for (int pass = 0; pass < 2; pass++) { // the second pass meets a filled cache
            for (int i = 0; i < strings.size(); i++) {
                String text = strings.get(i);
                int[] ids = tokenizer.encode(text);
                if (!expected.get(i).equals(TextVectors.line(ids))) {
                    wrong.add("\"" + text + "\"\nexpected " + expected.get(i) + "\ngot      " + TextVectors.line(ids));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }
}
