package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.verify.ModelText;
import assay.engine.infer.Engine;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Replays receipts that the ledger drew for it, commits to the root that it found, and reveals it in turn.
 *
 * <p>A fault that the trace does not show (text, bill, prompt) is committed to as another root, since in this
 * version roots are the verdict. One thread works one receipt after another. The ledger's state says what is
 * still to be done: a draw that happened before the start, or before a restart, is found there.
 */
public final class Auditor implements AutoCloseable {
    /** Where a drawn auditor gets what it has to replay. */
    public interface Source {
        /** The receipt of this digest, if it can be had. */
        Optional<Case> find(Hash receipt) throws IOException, MalformedException;
    }

    /**
     * What is to be audited.
     *
     * @param receipt as signed
     * @param transcript as delivered
     */
    public record Case(Receipt receipt, Transcript transcript) {}

    private sealed interface Task {
        record Commit(Address operator, Hash receipt) implements Task {}

        record Reveal(Address operator, Hash receipt) implements Task {}

        record Stop() implements Task {}
    }

    private static final System.Logger LOG = System.getLogger(Auditor.class.getName());

    /** How often the engine and the ledger are asked for one thing. */
    private static final int ATTEMPTS = 5;

    private static final long PAUSE_MILLIS = 200;

    /** Reports at hand; one that is needed after it went is made anew. */
    private static final int REPORTS_MAX = 4096;

    private final Engine engine;
    private final ModelText text;
    private final Sender sender;
    private final LiveLedger ledger;
    private final Source source;
    private final Hash secret;
    private final LinkedBlockingQueue<Task> queue = new LinkedBlockingQueue<>();
    private final Map<Hash, Replays.Report> reports = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, Replays.Report> eldest) {
            return size() > REPORTS_MAX;
        }
    });
    private final Thread thread;
    private boolean started;
    private volatile boolean closing;

    /** @param secret known to this auditor alone: its salts are derived from it */
    public Auditor(Engine engine, ModelText text, LiveLedger ledger, Sender sender, Source source, Hash secret) {
        this.engine = engine;
        this.text = text;
        this.ledger = ledger;
        this.sender = sender;
        this.source = source;
        this.secret = secret;
        this.thread = Thread.ofPlatform().daemon().name("assay-auditor").unstarted(this::work);
    }

    /** Begins, unless it did: with what the ledger's state still expects, then with every draw. */
    public synchronized void start() {
        if (started || closing) {
            return;
        }
        started = true;
        ledger.onBlock(block -> block.events().forEach(this::hear));
        List<Waiting> waiting = new ArrayList<>();
        ledger.state().audits().forEach(Key.ANY, (key, audit) -> resume(key, audit)
                .ifPresent(waiting::add));
        waiting.sort(Comparator.comparingLong(Waiting::deadline));
        waiting.forEach(w -> queue.add(w.task));
        thread.start();
    }

    /** What the last replay of a receipt found. */
    public Optional<Replays.Report> report(Hash receipt) {
        return Optional.ofNullable(reports.get(receipt));
    }

    /** Works on a receipt again: what it needs for that is there now. */
    public void again(Address operator, Hash receipt) {
        if (isDrawn(operator, receipt, sender.signer().address())) {
            queue.add(new Task.Commit(operator, receipt));
        }
    }

    /** Forgets what it found about a receipt. */
    public void forget(Hash receipt) {
        reports.remove(receipt);
    }

    /** A task that the state still expects by a deadline, a height; the oldest are done first. */
    private record Waiting(Task task, long deadline) {}

    private Optional<Waiting> resume(byte[] key, Audit audit) {
        Address operator = Key.operatorOf(key);
        Hash receipt = Key.digestOf(key);
        Optional<Audit.Slot> mine = audit.slot(sender.signer().address());
        if (mine.isEmpty()) {
            return Optional.empty();
        }
        Audit.SlotStatus status = mine.get().status();
        Task task = null;
        if (audit.phase() == Audit.Phase.COMMIT && status == Audit.SlotStatus.DRAWN) {
            task = new Task.Commit(operator, receipt);
        } else if (audit.phase() == Audit.Phase.REVEAL && status == Audit.SlotStatus.COMMITTED) {
            task = new Task.Reveal(operator, receipt);
        }
        return Optional.ofNullable(task).map(t -> new Waiting(t, audit.deadline()));
    }

    private void hear(Event event) {
        Address me = sender.signer().address();
        switch (event) {
            case Event.AuditDrawn drawn -> {
                if (drawn.auditors().contains(me)) {
                    queue.add(new Task.Commit(drawn.operator(), drawn.receipt()));
                }
            }
            case Event.RevealOpened opened -> {
                if (isDrawn(opened.operator(), opened.receipt(), me)) {
                    queue.add(new Task.Reveal(opened.operator(), opened.receipt()));
                }
            }
            default -> {}
        }
    }

    private boolean isDrawn(Address operator, Hash receipt, Address auditor) {
        return ledger.state()
                .audit(operator, receipt)
                .flatMap(audit -> audit.slot(auditor))
                .isPresent();
    }

    private void work() {
        try {
            while (!closing) {
                work(queue.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One receipt that cannot be worked on does not keep the auditor from the others. */
    private void work(Task task) throws InterruptedException {
        try {
            switch (task) {
                case Task.Commit(Address operator, Hash receipt) -> commit(operator, receipt);
                case Task.Reveal(Address operator, Hash receipt) -> reveal(operator, receipt);
                case Task.Stop stop -> closing = true;
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, () -> "an audit failed: " + task, e);
        }
    }

    private void commit(Address operator, Hash receipt) throws InterruptedException {
        Optional<Hash> root = root(operator, receipt);
        if (root.isPresent()) {
            Address me = sender.signer().address();
            Hash commitment = Ids.commitment(ledger.chainId(), receipt, me, root.get(), salt(receipt));
            tell(new Transaction.CommitAudit(operator, receipt, commitment));
        }
    }

    private void reveal(Address operator, Hash receipt) throws InterruptedException {
        Optional<Hash> root = root(operator, receipt);
        if (root.isPresent()) {
            tell(new Transaction.RevealAudit(operator, receipt, root.get(), salt(receipt)));
        }
    }

    /** A ledger that is busy now takes it a little later; a refusal is final, and the state's to explain. */
    private void tell(Transaction transaction) throws InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS && !closing; attempt++) {
            try {
                sender.send(transaction).join();
                return;
            } catch (CompletionException e) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** The root that this auditor stands for; computed once. */
    private Optional<Hash> root(Address operator, Hash receipt) throws InterruptedException {
        Replays.Report report = reports.get(receipt);
        if (report == null && !isOfThisModel(operator, receipt)) {
            return Optional.empty();
        }
        if (report == null) {
            try {
                Optional<Case> found = source.find(receipt);
                if (found.isEmpty()) {
                    return Optional.empty();
                }
                Receipt told = found.get().receipt();
                report = replay(told, found.get().transcript())
                        .with(Posted.faults(ledger.state(), operator, receipt, told));
                reports.put(receipt, report);
            } catch (IOException | MalformedException e) {
                return Optional.empty();
            } catch (IllegalStateException e) {
                return Optional.empty();
            }
        }
        return Optional.of(report.faults().isEmpty() ? report.root() : Digests.fault(report.root()));
    }

    /** Whether it was posted as the engine's model: what is of another waits for a start with that one. */
    private boolean isOfThisModel(Address operator, Hash receipt) {
        State state = ledger.state();
        return state.receipt(operator, receipt)
                .flatMap(posted -> state.model(posted.model()))
                .filter(model -> model.words()
                        .programRoot()
                        .equals(engine.model().program().root()))
                .isPresent();
    }

    /** An engine that failed, perhaps over another's request, is asked again; one that is closed is not there. */
    private Replays.Report replay(Receipt receipt, Transcript transcript) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return Replays.replay(engine, text, receipt, transcript);
            } catch (IllegalStateException e) {
                if (attempt == ATTEMPTS || closing) {
                    throw e;
                }
            }
        }
    }

    private Hash salt(Hash receipt) {
        return Hash.tagged("assay/audit-salt/1", secret.bytes(), receipt.bytes());
    }

    /** Ends without waiting for what is queued: the ledger's state still asks for it at the next start. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            queue.add(new Task.Stop());
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
