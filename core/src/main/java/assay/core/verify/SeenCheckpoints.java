package assay.core.verify;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.core.log.Note;
import assay.core.log.NoteKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Checkpoints whose signature was found good. Only good ones are kept, the most recently used, so that memory is
 * bounded whatever is sent. Safe for many threads.
 */
public final class SeenCheckpoints {
    private final Map<Hash, Boolean> good;

    /**
     * None so far.
     *
     * @param max how many are kept, 1 or more
     */
    public SeenCheckpoints(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("at least one checkpoint is kept, got " + max);
        }
        this.good = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Hash, Boolean> eldest) {
                return size() > max;
            }
        };
    }

    /** Whether this note is signed with this key. */
    boolean signedBy(Note note, NoteKey key) {
        // The whole note with its signatures, and the key: nothing that the signature check reads is left out.
        Hash id = Hash.tagged(
                "assay/seen/1",
                new Writer()
                        .blob(note.encode())
                        .utf8(key.name())
                        .bytes(key.key().bytes())
                        .toBytes());
        synchronized (good) {
            if (good.get(id) != null) {
                return true;
            }
        }
        if (!note.signedBy(key)) {
            return false;
        }
        synchronized (good) {
            good.put(id, Boolean.TRUE);
        }
        return true;
    }

    /** How many are kept now. */
    int size() {
        synchronized (good) {
            return good.size();
        }
    }
}
