package assay.node.serve;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Statement;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.delivery.SealedDelivery;
import assay.ledger.state.Demand;
import assay.ledger.state.Key;
import assay.ledger.state.Log;
import assay.ledger.state.State;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Answers what the ledger demands of this operator: a transcript that an auditor did not get, the consistency of a
 * checkpoint that somebody was shown, the opening of cells. Silence is a fault, so what cannot be answered now is
 * tried again until the ledger has the answer or the demand is gone.
 *
 * <p>An answer is public. A transcript is sealed for the key that the auditor's complaint names.
 */
public final class Duties implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Duties.class.getName());
    private static final long RETRY_MILLIS = 2000;

    /** Opens the cells that a demand names. */
    public interface Openings {
        /** The answer, as text; empty if this node cannot give it now. */
        Optional<String> open(Demand demand) throws IOException, MalformedException;
    }

    private final LiveLedger ledger;
    private final Sender operator;
    private final Book book;
    private final Openings openings;
    private final Worker quick = new Worker("assay-duties");

    /** What has to be computed again takes long, and nothing else waits for it. */
    private final Worker slow = new Worker("assay-openings");

    private volatile boolean closing;

    /** @param operator the node's account */
    public Duties(LiveLedger ledger, Sender operator, Book book, Openings openings) {
        this.ledger = ledger;
        this.operator = operator;
        this.book = book;
        this.openings = openings;
    }

    /** Begins, with what was demanded while the node was off. */
    public void start() {
        ledger.onBlock(block -> block.events().forEach(this::hear));
        ledger.state().demands().forEach(Key.ANY, (key, demand) -> {
            if (demand.operator().equals(me())) {
                worker(demand.kind()).add(demand.deadline(), Hash.ofBytes(key));
            }
        });
        quick.thread.start();
        slow.thread.start();
    }

    /** Why the last answer came to nothing; empty while all is well. */
    public String trouble() {
        return quick.trouble.isEmpty() ? slow.trouble : quick.trouble;
    }

    private void hear(Event event) {
        if (event instanceof Event.Demanded asked && asked.operator().equals(me())) {
            worker(asked.kind()).add(asked.answerBy(), asked.demand());
        }
    }

    private Worker worker(Demand.Kind kind) {
        return kind == Demand.Kind.OPENING ? slow : quick;
    }

    /** A demand in the order in which they are answered: whose time is over first. */
    private record Due(long deadline, Hash demand) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byDeadline = Long.compare(deadline, other.deadline);
            return byDeadline != 0 ? byDeadline : demand.compareTo(other.demand);
        }
    }

    /** Demands that are answered one after another. */
    private final class Worker {
        private final ConcurrentSkipListSet<Due> open = new ConcurrentSkipListSet<>();
        private final LinkedBlockingQueue<Boolean> wakes = new LinkedBlockingQueue<>();
        private final Thread thread;
        private volatile String trouble = "";

        Worker(String name) {
            thread = Thread.ofPlatform().daemon().name(name).unstarted(this::work);
        }

        void add(long deadline, Hash demand) {
            open.add(new Due(deadline, demand));
            wakes.add(true);
        }

        private void work() {
            try {
                while (!closing) {
                    if (open.isEmpty()) {
                        wakes.take();
                    } else {
                        wakes.poll(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                    }
                    for (Due due : open) {
                        Optional<String> left = closing ? Optional.of(trouble) : tried(due.demand());
                        trouble = left.orElse("");
                        if (left.isEmpty()) {
                            open.remove(due);
                        }
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void close() {
            wakes.add(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whatever goes wrong with one demand: silence to all the others would cost the stake. */
    private Optional<String> tried(Hash id) {
        try {
            return answer(id);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, () -> "demand " + id.hex() + " cannot be answered", e);
            return Optional.of("a demand cannot be answered: " + e);
        }
    }

    /** Answers a demand: nothing if there is nothing left to do about it, else why it is still open. */
    private Optional<String> answer(Hash id) {
        State state = ledger.state();
        Optional<Demand> demand = state.demands().get(Key.of(id));
        if (demand.isEmpty() || demand.get().isAnswered()) {
            return Optional.empty();
        }
        try {
            Optional<Transaction> answer = answer(id, demand.get(), state);
            if (answer.isEmpty()) {
                return Optional.of("a demand of kind " + demand.get().kind() + " until block "
                        + demand.get().deadline() + " cannot be answered: " + id.hex());
            }
            return operator.send(answer.get()).join() instanceof Outcome.Rejected(var reason)
                    ? Optional.of("the ledger refused an answer: " + reason)
                    : Optional.empty();
        } catch (IOException | MalformedException | CompletionException e) {
            return Optional.of("a demand cannot be answered: " + e.getMessage());
        }
    }

    private Optional<Transaction> answer(Hash id, Demand demand, State state) throws IOException, MalformedException {
        return switch (demand.kind()) {
            case DELIVERY -> delivery(demand).map(text -> new Transaction.AnswerDemand(id, text));
            case OPENING -> openings.open(demand).map(text -> new Transaction.AnswerDemand(id, text));
            case CHECKPOINT -> path(demand, state).map(path -> new Transaction.AnswerCheckpoint(id, path));
        };
    }

    private Optional<String> delivery(Demand demand) throws IOException, MalformedException {
        Optional<Book.Entry> entry = book.find(demand.receipt());
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        String text = SealedDelivery.sealText(
                demand.subject(), Statement.encode(entry.get().receipt()), book.transcript(entry.get()));
        return text.length() > Transaction.ANSWER_MAX ? Optional.empty() : Optional.of(text);
    }

    /** From the smaller of the challenged and the posted log to the larger; none if the challenged one is not ours. */
    private Optional<List<Hash>> path(Demand demand, State state) {
        Log posted = state.log(me());
        long larger = Math.max(demand.size(), posted.size());
        if (larger > book.size() || !book.checkpoint(demand.size()).root().equals(demand.subject())) {
            return Optional.empty();
        }
        return Optional.of(book.proveConsistency(Math.min(demand.size(), posted.size()), larger));
    }

    private Address me() {
        return operator.signer().address();
    }

    /** Ends; what is not answered is found in the ledger's state at the next start. */
    @Override
    public void close() {
        closing = true;
        quick.close();
        slow.close();
    }
}
