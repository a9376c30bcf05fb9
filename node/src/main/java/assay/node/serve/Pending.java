package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.node.pay.Cover;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Requests that were accepted and have no receipt, as many as are under way. Thread-safe. */
final class Pending {
    /**
     * What is known of a request that gets its receipt now.
     *
     * @param cover its money
     * @param alias the payer's own name for that
     * @param told what the payer was told that it costs
     */
    record Ended(Optional<Cover> cover, Optional<Hash> alias, Optional<Amount> told) {}

    private final Map<String, Cover> covers = new LinkedHashMap<>();
    private final Map<String, Hash> aliases = new LinkedHashMap<>();
    private final Map<String, Book.Unfinished> unfinished = new LinkedHashMap<>();
    private final Map<String, Amount> told = new LinkedHashMap<>();
    private final Set<String> dropped = new LinkedHashSet<>();

    /** A request is under way. */
    synchronized void begin(Accepted accepted) {
        covers.put(accepted.id(), accepted.cover());
        accepted.alias().ifPresent(alias -> aliases.put(accepted.id(), alias));
    }

    /** The same for a request of a process that was killed. */
    synchronized void restore(Accepted accepted) {
        begin(accepted);
        List<List<Integer>> sent = new ArrayList<>();
        for (int i = 0; i < accepted.sampling().n(); i++) {
            sent.add(new ArrayList<>());
        }
        unfinished.put(accepted.id(), new Book.Unfinished(accepted, sent));
    }

    /** An id that such a process sent. */
    synchronized void sent(String id, int choice, int token) {
        Book.Unfinished request = unfinished.get(id);
        if (request != null && choice < request.sent().size()) {
            request.sent().get(choice).add(token);
        }
    }

    /** Its money was taken. */
    synchronized void collected(String id, Cover cover) {
        covers.computeIfPresent(id, (key, named) -> cover);
        unfinished.computeIfPresent(
                id, (key, u) -> new Book.Unfinished(u.accepted().with(cover), u.sent()));
    }

    /** The payer was told what it costs; false if it is not pending. */
    synchronized boolean tell(String id, Amount amount) {
        if (covers.containsKey(id)) {
            told.put(id, amount);
            return true;
        }
        return false;
    }

    synchronized Optional<Amount> told(String id) {
        return Optional.ofNullable(told.get(id));
    }

    /** A request gets its receipt now, and is pending no more. */
    synchronized Ended end(String id) {
        unfinished.remove(id);
        return new Ended(
                Optional.ofNullable(covers.remove(id)),
                Optional.ofNullable(aliases.remove(id)),
                Optional.ofNullable(told.remove(id)));
    }

    /** A request came to nothing; false if that was known. */
    synchronized boolean drop(String id) {
        end(id);
        return dropped.add(id);
    }

    /** Ids of requests that came to nothing, of which the journal may hold something still. */
    synchronized Set<String> dropped() {
        return new LinkedHashSet<>(dropped);
    }

    /** The journal holds nothing more of these. */
    synchronized void forget(Set<String> ids) {
        dropped.removeAll(ids);
    }

    synchronized List<Book.Unfinished> unfinished() {
        return List.copyOf(unfinished.values());
    }

    /** All money that covers what is pending. */
    synchronized List<Cover> covers() {
        return List.copyOf(covers.values());
    }
}
