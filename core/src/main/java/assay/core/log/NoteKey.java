package assay.core.log;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Who signs a note (C2SP signed-note): a name and an Ed25519 key.
 *
 * @param name not empty, without white space or plus sign
 * @param key the key
 */
public record NoteKey(String name, NodeKey key) {
    private static final byte ED25519 = 1;

    /** Checks the name. */
    public NoteKey {
        if (!isName(name)) {
            throw new IllegalArgumentException("a key name is not empty and without spaces or +: " + name);
        }
    }

    /** Whether a key may have this name. */
    public static boolean isName(String name) {
        return !name.isEmpty() && name.length() <= 128 && name.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '+');
    }

    /** The key id: first 4 bytes of {@code SHA-256(name ‖ 0a ‖ 01 ‖ key)}, big-endian. */
    public int id() {
        byte[] head = (name + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] digest = Hash.sha256(head, new byte[] {ED25519}, key.bytes()).bytes();
        return (digest[0] & 0xff) << 24 | (digest[1] & 0xff) << 16 | (digest[2] & 0xff) << 8 | digest[3] & 0xff;
    }

    /** The verifier key as note tools write it: {@code name+hex id+base64(01 ‖ key)}. */
    public String text() {
        byte[] typed = new byte[1 + NodeKey.SIZE_BYTES];
        typed[0] = ED25519;
        System.arraycopy(key.bytes(), 0, typed, 1, NodeKey.SIZE_BYTES);
        return name + "+" + HexFormat.of().toHexDigits(id()) + "+"
                + Base64.getEncoder().encodeToString(typed);
    }

    /** The key that {@link #text} wrote. */
    public static NoteKey parse(String text) throws MalformedException {
        int first = text.indexOf('+');
        int second = text.indexOf('+', first + 1);
        if (first <= 0 || second < 0 || !isName(text.substring(0, first))) {
            throw new MalformedException("a note key reads name+id+key", -1);
        }
        byte[] typed;
        try {
            typed = Base64.getDecoder().decode(text.substring(second + 1));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a note key ends in base64", second + 1);
        }
        if (typed.length != 1 + NodeKey.SIZE_BYTES || typed[0] != ED25519) {
            throw new MalformedException("a note key of another kind than Ed25519", second + 1);
        }
        NoteKey key =
                new NoteKey(text.substring(0, first), NodeKey.ofBytes(Arrays.copyOfRange(typed, 1, typed.length)));
        if (!key.text().equals(text)) {
            throw new MalformedException("a note key whose id is not its own", first + 1);
        }
        return key;
    }
}
