package assay.core.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.receipt.Digests;
import assay.core.receipt.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A receipt, its transcript and digests, frozen in vectors/receipt, where check.py reaches the same from
 * the specification. With {@code -Dvectors.write=true} they are written instead of compared.
 */
class ReceiptVectorTest {
    private static final Path FOLDER = Path.of("../vectors/receipt");

    private static void frozen(String name, byte[] bytes) throws IOException {
        if (Boolean.getBoolean("vectors.write")) {
            Files.write(Files.createDirectories(FOLDER).resolve(name), bytes);
        }
        assertArrayEquals(Files.readAllBytes(FOLDER.resolve(name)), bytes, name);
    }

    private static byte[] line(byte[] json) {
        byte[] out = Arrays.copyOf(json, json.length + 1);
        out[json.length] = '\n';
        return out;
    }

    @Test
    void theReceiptIsTheOneThatWasFrozen() throws Exception {
        frozen("sample.receipt", Samples.file().encode());
        assertInstanceOf(
                Verdict.Valid.class,
                Verifier.verify(Files.readAllBytes(FOLDER.resolve("sample.receipt")), TrustPolicy.stranger()));
    }

    @Test
    void theTranscriptIsTheOneThatWasFrozen() throws Exception {
        frozen("sample.transcript", Samples.transcript().encode());
        Transcript read = Transcript.parse(Files.readAllBytes(FOLDER.resolve("sample.transcript")));
        assertArrayEquals(Samples.transcript().encode(), read.encode());
    }

    @Test
    void theDigestsAreTheOnesThatWereFrozen() throws Exception {
        byte[] body = "{\"model\":\"m\"}".getBytes(StandardCharsets.UTF_8);
        List<Hash> roots = List.of(Samples.hash("root 0"), Samples.hash("root 1"));
        Hash salt = Samples.hash("trace salt");
        Hash authorisation = Samples.hash("voucher");
        Transcript.Choice choice = new Transcript.Choice(
                "\u00e9\n\"",
                List.of(5, 70_000),
                assay.core.receipt.Receipt.Finish.STOP,
                List.of(
                        new Transcript.Logprobs(-3, List.of(new Transcript.Likely(5, 0))),
                        new Transcript.Logprobs(-70_000, List.of())));
        Json vector = Json.object()
                .put("comment", "Digests of docs/protocol/receipt.md; salts and digests are hex")
                .put("body", new String(body, StandardCharsets.UTF_8))
                .put("body_digest", Digests.body(body).hex())
                .put("authorisation", authorisation.hex())
                .put("seed", Long.toString(Digests.seed(Digests.body(body), authorisation)))
                .put("roots", Json.of(roots.stream().map(r -> Json.of(r.hex())).toList()))
                .put("traces", Digests.traces(roots).hex())
                .put("trace_salt", salt.hex())
                .put("blinded", Digests.blind(Digests.traces(roots), salt).hex())
                .put("answer_salt", Samples.hash("salt").hex())
                .put("content", choice.content())
                .put("ids", Json.of(List.of(Json.of(5), Json.of(70_000))))
                .put("ids_digest", Digests.ids(new int[] {5, 70_000}).hex())
                .put(
                        "answer",
                        Digests.answer(Samples.hash("salt"), List.of(choice)).hex())
                .build();
        frozen("digests.json", line(JsonText.writeBytes(vector)));
    }
}
