package assay.core.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.log.Note;
import assay.core.log.NoteKey;
import org.junit.jupiter.api.Test;

/** Who verifies many receipts believes a checkpoint again only if all of it is as it was. */
class SeenCheckpointsTest {
    private static final NoteKey KEY = new NoteKey("assay.example/log", Samples.NODE.key());
    private static final NoteKey OTHER = new NoteKey("assay.example/log", Samples.STRANGER.key());

    @Test
    void whatWasNotSignedIsNeverKept() {
        SeenCheckpoints seen = new SeenCheckpoints(8);
        Note note = Note.sign("one\n", KEY.name(), Samples.NODE);
        assertFalse(seen.signedBy(note, OTHER));
        assertEquals(0, seen.size());
        assertTrue(seen.signedBy(note, KEY));
        assertTrue(seen.signedBy(note, KEY));
        assertFalse(seen.signedBy(note, OTHER));
        assertEquals(1, seen.size());
    }

    @Test
    void anotherTextUnderAKnownSignatureIsNotBelieved() {
        SeenCheckpoints seen = new SeenCheckpoints(8);
        Note note = Note.sign("one\n", KEY.name(), Samples.NODE);
        assertTrue(seen.signedBy(note, KEY));
        assertFalse(seen.signedBy(new Note("two\n", note.signatures()), KEY));
    }

    @Test
    void noMoreAreKeptThanItMay() {
        SeenCheckpoints seen = new SeenCheckpoints(3);
        for (int i = 0; i < 20; i++) {
            assertTrue(seen.signedBy(Note.sign(i + "\n", KEY.name(), Samples.NODE), KEY));
        }
        assertEquals(3, seen.size());
    }

    @Test
    void aReceiptIsJudgedTheSameWithAndWithout() {
        SeenCheckpoints seen = new SeenCheckpoints(8);
        byte[] file = Samples.file().encode();
        for (int i = 0; i < 2; i++) {
            Verdict verdict = Verifier.verify(file, Samples.policy(), seen);
            assertInstanceOf(Verdict.Valid.class, verdict);
            assertEquals(Verifier.verify(file, Samples.policy()), verdict);
        }
    }
}
