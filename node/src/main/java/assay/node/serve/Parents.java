package assay.node.serve;

import assay.core.base.Hash;
import java.util.ArrayDeque;
import java.util.Optional;

/** Which earlier receipt accounts for a prefix that was reused. Thread-safe. */
final class Parents {
    private static final int REMEMBERED = 256;

    @SuppressWarnings("ArrayRecordComponent") // ids, never compared
    private record Known(int[] ids, Hash receipt) {}

    private final ArrayDeque<Known> known = new ArrayDeque<>();

    synchronized void add(int[] prompt, int[] answer, Hash receipt) {
        int[] ids = java.util.Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        known.addFirst(new Known(ids, receipt));
        if (known.size() > REMEMBERED) {
            known.removeLast();
        }
    }

    /** A receipt whose ids begin with the first {@code cached} of this prompt. */
    synchronized Optional<Hash> find(int[] prompt, int cached) {
        for (Known k : known) {
            int same = java.util.Arrays.mismatch(k.ids, prompt);
            if ((same < 0 ? prompt.length : same) >= cached) {
                return Optional.of(k.receipt);
            }
        }
        return Optional.empty();
    }
}
