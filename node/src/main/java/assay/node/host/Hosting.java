package assay.node.host;

import assay.core.base.Amount;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Host;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a model's file for a network: offers it, shows the chunks that the beacon asks for, and claims what operators
 * acknowledged. The ledger's state says what is open, so a restart forgets nothing.
 */
public final class Hosting implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Hosting.class.getName());
    private static final long RETRY_MILLIS = 2000;

    private final LiveLedger ledger;
    private final Sender sender;
    private final HostedFile hosted;
    private final Served served;
    private final HostApi api;
    private final LinkedBlockingQueue<Boolean> wakes = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile String trouble = "";

    /**
     * Does nothing yet.
     *
     * @param folder for operators' words
     * @param freeBytesPerDay what is served to those who do not pay
     */
    public Hosting(LiveLedger ledger, Sender sender, HostedFile hosted, Path folder, long freeBytesPerDay)
            throws IOException {
        this.ledger = ledger;
        this.sender = sender;
        this.hosted = hosted;
        this.served = Served.open(folder.resolve(hosted.model().hex()));
        this.api = new HostApi(ledger, sender.signer().address(), hosted, served, freeBytesPerDay);
        this.thread = Thread.ofPlatform().daemon().name("assay-hosting").unstarted(this::work);
    }

    /**
     * Offers the file, unless this account does already at this place, and begins.
     *
     * @param endpoint where the file is served, as the ledger will have it
     * @param stake behind the offer, if it is new
     * @throws IOException also if the ledger refuses the offer
     */
    public void begin(String endpoint, Amount stake) throws IOException {
        offer(endpoint, stake);
        ledger.onBlock(block -> wakeIf(block.events().stream().anyMatch(this::isForThis)));
        thread.start();
        wakeIf(true);
    }

    private void offer(String endpoint, Amount stake) throws IOException {
        Optional<Host> known = ledger.state().host(hosted.model(), me()).filter(Host::isActive);
        if (known.isPresent() && known.get().endpoint().equals(endpoint)) {
            return;
        }
        Amount more = known.isPresent() ? Amount.ofMicro(1) : stake; // another place takes a new offer, of something
        if (sender.send(new Transaction.OfferHosting(hosted.model(), endpoint, more))
                        .join()
                instanceof Outcome.Rejected(var reason)) {
            throw new IOException("the ledger refused the offer to host " + hosted.name() + ": " + reason);
        }
    }

    /** What serves the file over HTTP. */
    public HostApi api() {
        return api;
    }

    /** Why something open could not be done; empty while all is well. */
    public String trouble() {
        return trouble;
    }

    private void trouble(String now) {
        if (!now.isEmpty() && !now.equals(trouble)) {
            LOG.log(System.Logger.Level.WARNING, now);
        }
        trouble = now;
    }

    private boolean isForThis(Event event) {
        return event instanceof Event.StorageAsked asked && asked.host().equals(me())
                || event instanceof Event.ReceiptPaid;
    }

    private void wakeIf(boolean isForThis) {
        if (isForThis) {
            wakes.add(true);
        }
    }

    private void work() {
        try {
            while (!closing) {
                wakes.poll(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                wakes.clear();
                show();
                claim();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Shows the chunk that is asked for now, if one is. */
    private void show() {
        Optional<Host> asked = ledger.state().host(hosted.model(), me()).filter(Host::asked);
        if (asked.isEmpty() || closing) {
            return;
        }
        try {
            told(hosted.show(asked.get().chunk()));
        } catch (IOException e) {
            trouble("a chunk cannot be read: " + e.getMessage());
        }
    }

    private void claim() {
        for (Transaction claim :
                Claims.due(ledger.state(), hosted.model(), me(), served.words().values())) {
            if (!closing) {
                told(claim);
            }
        }
    }

    private void told(Transaction transaction) {
        try {
            Outcome outcome = sender.send(transaction).join();
            trouble(outcome instanceof Outcome.Rejected(var reason) ? "the ledger refused: " + reason : "");
        } catch (CompletionException e) {
            trouble("the ledger cannot be reached: " + e.getMessage());
        }
    }

    private Address me() {
        return sender.signer().address();
    }

    /** Ends; the offer stays, and so does the duty to show chunks. */
    @Override
    public void close() {
        closing = true;
        wakes.add(true);
        try {
            thread.join(); // at once if it never began
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
