package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.dispute.At;
import assay.core.dispute.Challenger;
import assay.core.dispute.Defender;
import assay.core.dispute.Work;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.crypto.Address;
import assay.ledger.state.Dispute;
import assay.ledger.state.Key;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Plays the disputes of one account by itself: as the node it shows what it computed, as the auditor it chooses what
 * it computed otherwise. Whoever is silent loses, so a move that could not be made now is tried again while its
 * clock runs.
 *
 * <p>The ledger's state says what is due, so a restart goes on where it was. One thread; one dispute after another.
 */
public final class Disputing implements AutoCloseable {
    /** What this account computed about a receipt. */
    public interface Works {
        /** Its work; empty if it cannot be had now. */
        Optional<Work> find(Address operator, Hash receipt)
                throws IOException, MalformedException, InterruptedException;
    }

    private static final System.Logger LOG = System.getLogger(Disputing.class.getName());
    private static final long RETRY_MILLIS = 500;

    /** Works kept: each holds a replay's K and V. */
    private static final int KEPT_MAX = 2;

    private static final int TROUBLES_MAX = 64;

    private record Case(Address operator, Hash receipt) {}

    /** Both sides of one case; a party needs one of them. */
    private record Play(Work work, Defender defender, Challenger challenger) {}

    private final LiveLedger ledger;
    private final Sender account;
    private final Works works;
    private final LinkedBlockingQueue<Boolean> wakes = new LinkedBlockingQueue<>();
    private final Map<Case, Play> plays = new LinkedHashMap<>();

    /** What was said last of why a move could not be made. */
    private final Map<Case, String> troubles = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Case, String> eldest) {
            return size() > TROUBLES_MAX;
        }
    };

    private final Thread thread;
    private volatile boolean closing;

    /** @param account whose disputes are played */
    public Disputing(LiveLedger ledger, Sender account, Works works) {
        this.ledger = ledger;
        this.account = account;
        this.works = works;
        this.thread = Thread.ofPlatform().daemon().name("assay-disputes").unstarted(this::work);
    }

    /** Begins, with what the state has. */
    public void start() {
        ledger.onBlock(block -> {
            if (block.events().stream().anyMatch(e -> e instanceof Event.DisputeMoved)) {
                wakes.add(true);
            }
        });
        wakes.add(true);
        thread.start();
    }

    private void work() {
        try {
            while (!closing) {
                wakes.take();
                while (!closing && playAll()) {
                    Thread.sleep(RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes every move that is due now; returns whether one is left. */
    private boolean playAll() throws InterruptedException {
        Map<Case, Dispute> due = new LinkedHashMap<>();
        ledger.state().disputes().forEach(Key.ANY, (key, x) -> {
            Address operator = Key.operatorOf(key);
            Hash receipt = Key.digestOf(key);
            Address mover = x.move() == Dispute.Move.SHOW ? operator : x.challenger();
            if (mover.equals(account.signer().address())) {
                due.put(new Case(operator, receipt), x);
            }
        });
        boolean left = false;
        for (Map.Entry<Case, Dispute> e : due.entrySet()) {
            left |= !closing && !move(e.getKey(), e.getValue());
        }
        return left;
    }

    private boolean move(Case c, Dispute x) throws InterruptedException {
        try {
            Optional<Transaction> move = next(c, At.parse(x.at().toArray()));
            if (move.isEmpty()) {
                return true; // nothing of it is wrong: there is nothing to choose
            }
            return !(account.send(move.get()).join() instanceof Outcome.Rejected(Reason reason))
                    || !isTriedAgain(c, reason);
        } catch (MalformedException | IllegalArgumentException e) {
            say(c, e.toString());
            return true;
        } catch (IOException | CompletionException | IllegalStateException e) {
            say(c, String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Whether a refusal may pass while the clock runs; what is tried again is made of the state as it is then. */
    private boolean isTriedAgain(Case c, Reason reason) {
        return switch (reason) {
            case DISPUTE_OTHER_MOVE -> true; // a text that was chosen in this block is shown in the next one
            case DISPUTE_UNKNOWN -> false; // it ended meanwhile
            case DISPUTE_TEXT_MISSING, BALANCE_TOO_SMALL, FEE_UNPAID, NONCE_STALE, NONCE_AHEAD -> {
                say(c, "the ledger refused it: " + reason);
                yield true;
            }
            default -> {
                say(c, "the ledger refused it for good: " + reason);
                yield false;
            }
        };
    }

    /** Once, however often it is tried. */
    private void say(Case c, String trouble) {
        if (!trouble.equals(troubles.put(c, trouble))) {
            LOG.log(System.Logger.Level.WARNING, () -> "no move in the dispute about " + c.receipt() + ": " + trouble);
        }
    }

    private Optional<Transaction> next(Case c, At at) throws IOException, MalformedException, InterruptedException {
        Play play = plays.get(c);
        if (play == null) {
            Optional<Work> work = works.find(c.operator(), c.receipt());
            if (work.isEmpty()) {
                throw new IOException("this account has no work about " + c.receipt());
            }
            play = new Play(work.get(), new Defender(work.get()), new Challenger(work.get()));
            if (plays.size() >= KEPT_MAX) {
                plays.remove(plays.keySet().iterator().next());
            }
            plays.put(c, play);
        }
        if (at.isNodesTurn()) {
            return Optional.of(new Transaction.ShowDispute(
                    c.receipt(), Bytes.of(play.defender().move(at))));
        }
        OptionalInt part = play.challenger().choose(at);
        if (part.isEmpty()) {
            return Optional.empty();
        }
        if (at instanceof At.Opened && part.getAsInt() == 0) {
            Optional<Transaction> evidence = TextCase.falseLength(c.operator(), play.work());
            if (evidence.isPresent()) {
                return evidence;
            }
            postText(c, play.work());
        }
        return Optional.of(new Transaction.ChooseDispute(c.operator(), c.receipt(), part.getAsInt()));
    }

    /** Without the model's text on the ledger nobody chooses the text. */
    private void postText(Case c, Work work) throws IOException {
        Hash model = ledger.state()
                .receipt(c.operator(), c.receipt())
                .orElseThrow(() -> new IllegalStateException("no receipt " + c.receipt()))
                .model();
        TextCase.post(ledger, account, model, work.program());
    }

    /** Ends without waiting for what is due: the state still asks for it at the next start. */
    @Override
    public void close() {
        closing = true;
        wakes.add(true);
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
