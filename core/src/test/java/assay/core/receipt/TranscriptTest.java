package assay.core.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.Hash;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TranscriptTest {
    @Test
    void itsBareLengthIsThatOfItsFileWithoutIds() {
        for (int[] ids : new int[][] {{}, {0}, {7, 10}, {99, 100, 0, 151_935, Integer.MAX_VALUE}}) {
            Transcript transcript = new Transcript(
                    Hash.sha256(),
                    "{\"messages\":[]}".getBytes(StandardCharsets.UTF_8),
                    ids,
                    List.of(new Transcript.Choice("a \"quoted\" é", List.of(1, 22), Receipt.Finish.STOP, List.of())));
            assertEquals(transcript.withoutPrompt().encode().length, transcript.bareBytes());
        }
    }
}
