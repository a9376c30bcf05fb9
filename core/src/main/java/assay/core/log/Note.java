package assay.core.log;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A signed note (C2SP signed-note): text, an empty line, and signature lines
 * {@code — name base64(key id ‖ signature)}.
 *
 * <p>Signatures of unknown keys are allowed and mean nothing.
 *
 * @param text ends in a line feed; no control characters besides
 * @param signatures at least one
 */
public record Note(String text, List<Signed> signatures) {
    /** The longest note. */
    public static final int SIZE_MAX_BYTES = 16 * 1024;

    private static final int SIGNATURES_MAX = 32;
    private static final String DASH = "\u2014 ";

    /**
     * One signature line.
     *
     * @param name of the key
     * @param keyId 4 bytes, big-endian
     * @param base64 the signature as written, after the key id
     */
    public record Signed(String name, int keyId, String base64) {
        private byte[] signature() {
            return Base64.getDecoder().decode(base64);
        }
    }

    /** Copies the list. */
    public Note {
        signatures = List.copyOf(signatures);
    }

    /** The text, signed by this pair under {@code name}. */
    public static Note sign(String text, String name, NodeSigner signer) {
        if (!text.endsWith("\n") || text.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
            throw new IllegalArgumentException("a note ends in a line feed and has no control characters");
        }
        byte[] signature = signer.sign(text.getBytes(StandardCharsets.UTF_8));
        NoteKey key = new NoteKey(name, signer.key());
        return new Note(
                text, List.of(new Signed(name, key.id(), Base64.getEncoder().encodeToString(signature))));
    }

    /** Whether a line is this key's, and every line under its name and id is its signature of the text. */
    public boolean signedBy(NoteKey key) {
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        boolean found = false;
        for (Signed s : signatures) {
            if (s.name().equals(key.name()) && s.keyId() == key.id()) {
                if (!key.key().verify(message, s.signature())) {
                    return false;
                }
                found = true;
            }
        }
        return found;
    }

    /** The note's bytes. */
    public byte[] encode() {
        StringBuilder out = new StringBuilder(text).append('\n');
        for (Signed s : signatures) {
            byte[] signature = s.signature();
            byte[] both = ByteBuffer.allocate(4 + signature.length)
                    .putInt(s.keyId())
                    .put(signature)
                    .array();
            out.append(DASH).append(s.name()).append(' ');
            out.append(Base64.getEncoder().encodeToString(both)).append('\n');
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** SHA-256 of {@link #encode}: names this signed checkpoint. */
    public Hash digest() {
        return Hash.sha256(encode());
    }

    /** The note that these bytes hold. */
    public static Note parse(byte[] note) throws MalformedException {
        if (note.length > SIZE_MAX_BYTES) {
            throw new MalformedException("a note of at most " + SIZE_MAX_BYTES + " bytes expected", -1);
        }
        String all = Utf8.decode(note);
        for (int i = 0; i < all.length(); i++) {
            if (all.charAt(i) < 0x20 && all.charAt(i) != '\n') {
                throw new MalformedException("note: a control character", i);
            }
        }
        int split = all.lastIndexOf("\n\n");
        if (split < 0 || split + 2 == all.length() || !all.endsWith("\n")) {
            throw new MalformedException("note: text, an empty line and signature lines expected", all.length());
        }
        List<Signed> signatures = new ArrayList<>();
        String[] lines = all.substring(split + 2, all.length() - 1).split("\n", -1);
        if (lines.length > SIGNATURES_MAX) {
            throw new MalformedException("note: more than " + SIGNATURES_MAX + " signatures", split + 2);
        }
        for (String line : lines) {
            Signed next = signature(line, split + 2);
            if (signatures.stream()
                    .anyMatch(s -> s.keyId() == next.keyId() && s.name().equals(next.name()))) {
                throw new MalformedException("note: two signatures of one key", split + 2);
            }
            signatures.add(next);
        }
        return new Note(all.substring(0, split + 1), signatures);
    }

    private static Signed signature(String line, int at) throws MalformedException {
        int space = line.indexOf(' ', DASH.length());
        if (!line.startsWith(DASH) || space < 0 || !NoteKey.isName(line.substring(DASH.length(), space))) {
            throw new MalformedException("note: a signature line reads \u2014 name base64", at);
        }
        String base64 = line.substring(space + 1);
        byte[] both;
        try {
            both = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("note: a signature is base64", at);
        }
        if (both.length < 5 || !Base64.getEncoder().encodeToString(both).equals(base64)) {
            throw new MalformedException("note: a signature is canonical base64 of 5 bytes or more", at);
        }
        return new Signed(
                line.substring(DASH.length(), space),
                ByteBuffer.wrap(both).getInt(),
                Base64.getEncoder().encodeToString(Arrays.copyOfRange(both, 4, both.length)));
    }
}
