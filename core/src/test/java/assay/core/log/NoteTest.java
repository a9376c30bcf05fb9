package assay.core.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.merkle.Merkle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoteTest {
    private static final NodeSigner SIGNER = NodeSigner.ofSeed(new byte[32]);

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    /** vectors/log/signed-note.json: Go's example, reached byte for byte from the secret. */
    @Test
    void theExampleOfGosNoteIsReadAndWritten() throws Exception {
        Field v =
                Field.root(JsonText.parse(Files.readAllBytes(Path.of("../vectors/log/signed-note.json")), 4, 1 << 16));
        NoteKey key = NoteKey.parse(v.at("key").string());
        assertEquals(v.at("name").string(), key.name());
        assertEquals(0xc74f20a3, key.id());
        Note note = Note.parse(utf8(v.at("note").string()));
        assertTrue(note.signedBy(key));
        NodeSigner signer =
                NodeSigner.ofSeed(HexFormat.of().parseHex(v.at("seed").string()));
        assertEquals(key, new NoteKey(key.name(), signer.key()));
        assertArrayEquals(
                utf8(v.at("note").string()),
                Note.sign(note.text(), key.name(), signer).encode());
    }

    @Test
    void noBitOfANoteMayChange() {
        NoteKey key = new NoteKey("log", SIGNER.key());
        byte[] note = Note.sign("text\nmore\n", "log", SIGNER).encode();
        for (int bit = 0; bit < 8 * note.length; bit++) {
            byte[] flipped = note.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertFalse(Note.parse(flipped).signedBy(key), "bit " + bit);
            } catch (MalformedException e) {
                assertTrue(e.offset() <= note.length);
            }
        }
    }

    @Test
    void signaturesOfUnknownKeysMeanNothing() throws Exception {
        NodeSigner witness = NodeSigner.ofSeed(Hash.sha256().bytes());
        Note ours = Note.sign("text\n", "log", SIGNER);
        Note theirs = Note.sign("text\n", "witness", witness);
        Note both = Note.parse(new Note(
                        "text\n",
                        List.of(
                                theirs.signatures().getFirst(),
                                ours.signatures().getFirst()))
                .encode());
        assertTrue(both.signedBy(new NoteKey("log", SIGNER.key())));
        assertTrue(both.signedBy(new NoteKey("witness", witness.key())));
        assertFalse(theirs.signedBy(new NoteKey("log", SIGNER.key())));
        assertFalse(ours.signedBy(new NoteKey("witness", SIGNER.key())));
        Note twice = new Note(
                "text\n",
                List.of(ours.signatures().getFirst(), ours.signatures().getFirst()));
        assertThrows(MalformedException.class, () -> Note.parse(twice.encode()));
    }

    /** The key id is four bytes: a collision chooses a key, and the signature still decides. */
    @Test
    void aCollidingKeyIdDoesNotSign() {
        NodeSigner other = NodeSigner.ofSeed(Hash.sha256().bytes());
        Note.Signed forged = Note.sign("text\n", "log", other).signatures().getFirst();
        NoteKey key = new NoteKey("log", SIGNER.key());
        Note note = new Note("text\n", List.of(new Note.Signed("log", key.id(), forged.base64())));
        assertFalse(note.signedBy(key));
    }

    @Test
    void whatIsNoNoteIsRefused() {
        String line = "\u2014 log " + "AAAAAAAA";
        for (String bad : List.of(
                "",
                "\n",
                "\n\n",
                "text\n",
                "text\n\n",
                "text\n\n" + line,
                "text" + line + "\n",
                "a\tb\n\n" + line + "\n",
                "text\n\n- log AAAAAAAA\n",
                "text\n\n\u2014 lo+g AAAAAAAA\n",
                "text\n\n\u2014 log AAAA\n",
                "text\n\n\u2014 log AAAAAAB=\n",
                "text\n\n" + line + "\n\n",
                "text\n\n\u2014 log\n",
                "text\n\n\u2014  A\n")) {
            assertThrows(MalformedException.class, () -> Note.parse(utf8(bad)), bad);
        }
        assertThrows(MalformedException.class, () -> Note.parse(new byte[Note.SIZE_MAX_BYTES + 1]));
        for (String bad : List.of(
                "", "a+b", "a+00000000+AQ==", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")) {
            assertThrows(MalformedException.class, () -> NoteKey.parse(bad), bad);
        }
    }

    @Test
    void aCheckpointReadsBackAndHasOneSpelling() throws Exception {
        Checkpoint c = new Checkpoint("assay.log/1", 57, Merkle.EMPTY, 1234, List.of("later"));
        assertEquals(
                "assay.log/1\n57\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nassay-weight 1234\nlater\n", c.text());
        assertEquals(c, Checkpoint.parse(c.text()));
        for (String bad : List.of(
                c.text().replace("57", "057"),
                c.text().replace("57", "-57"),
                c.text().replace("57", "+57"),
                c.text().replace("57", "9223372036854775808"),
                c.text().replace("uFU=", "uFV="),
                c.text().replace("uFU=", "uFU"),
                c.text().replace("assay-weight ", ""),
                c.text().replace("later", ""),
                c.text().replace("assay.log/1", ""),
                "assay.log/1\n57\n",
                c.text().substring(0, c.text().length() - 1))) {
            assertThrows(MalformedException.class, () -> Checkpoint.parse(bad), bad);
        }
    }
}
