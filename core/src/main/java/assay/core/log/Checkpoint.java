package assay.core.log;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.merkle.Merkle;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The state of a log (C2SP tlog-checkpoint): a note's text of the origin, the size in decimal, the
 * root in base64, and one extension line {@code assay-weight N}.
 *
 * @param origin the log's name, which is also the name of the key that signs
 * @param size leaves
 * @param root of the Merkle tree
 * @param weight cumulative weight of the last leaf, 0 for the empty log
 * @param more further extension lines, which mean nothing here
 */
public record Checkpoint(String origin, long size, Hash root, long weight, List<String> more) {
    private static final String WEIGHT = "assay-weight ";

    /** Checks shapes. */
    public Checkpoint {
        more = List.copyOf(more);
        if (!NoteKey.isName(origin)) {
            throw new IllegalArgumentException("an origin is printable ASCII without spaces or +: " + origin);
        }
        if (size < 0 || size > Merkle.MAX_SIZE || weight < 0) {
            throw new IllegalArgumentException("a checkpoint of size " + size + " and weight " + weight);
        }
        for (String line : more) {
            if (line.isEmpty() || line.contains("\n")) {
                throw new IllegalArgumentException("an extension line is not empty");
            }
        }
    }

    /** The note's text. */
    public String text() {
        StringBuilder out = new StringBuilder();
        out.append(origin).append('\n').append(size).append('\n');
        out.append(Base64.getEncoder().encodeToString(root.bytes())).append('\n');
        out.append(WEIGHT).append(weight).append('\n');
        more.forEach(line -> out.append(line).append('\n'));
        return out.toString();
    }

    /** Signed under the origin's name. */
    public Note sign(NodeSigner signer) {
        return Note.sign(text(), origin, signer);
    }

    /** The checkpoint that a note's text holds. */
    public static Checkpoint parse(String text) throws MalformedException {
        String[] lines = text.split("\n", -1);
        if (lines.length < 5 || !lines[lines.length - 1].isEmpty()) {
            throw new MalformedException("checkpoint: origin, size, root and weight expected", text.length());
        }
        byte[] root;
        try {
            root = Base64.getDecoder().decode(lines[2]);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("checkpoint: the root is base64", -1);
        }
        if (root.length != Hash.SIZE_BYTES || !lines[3].startsWith(WEIGHT)) {
            throw new MalformedException("checkpoint: a root of 32 bytes, then the weight, expected", -1);
        }
        try {
            Checkpoint checkpoint = new Checkpoint(
                    lines[0],
                    Long.parseLong(lines[1]),
                    Hash.ofBytes(root),
                    Long.parseLong(lines[3].substring(WEIGHT.length())),
                    Arrays.asList(lines).subList(4, lines.length - 1));
            if (checkpoint.text().equals(text)) {
                return checkpoint;
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedException("checkpoint: " + e.getMessage(), -1);
        }
        throw new MalformedException("checkpoint: not in its one spelling", -1);
    }
}
