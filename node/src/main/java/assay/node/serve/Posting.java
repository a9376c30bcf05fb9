package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Receipt;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.Rates;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Key;
import assay.ledger.state.Log;
import assay.ledger.state.Operator;
import assay.ledger.state.Params;
import assay.ledger.state.State;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.node.pay.Charges;
import assay.node.pay.Cover;
import assay.node.pay.SignedVoucher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The node's side of the ledger: posts new receipts, redeems the newest voucher, and opens trace roots
 * when it is asked to, last.
 *
 * <p>Where transactions cost something, receipts wait for others ({@link Pace}), but never near the height by which the
 * rules want them, nor when a channel closes or the node does. What a killed node left waiting is posted when it starts.
 */
public final class Posting implements AutoCloseable {
    private static final long RETRY_MILLIS = 2000;

    private sealed interface Task {
        /** @param now whatever the pace says */
        record Post(boolean now) implements Task {}

        record Open(Hash receipt) implements Task {}

        record Stop() implements Task {}
    }

    private final LiveLedger ledger;
    private final Sender operator;
    private final Book book;
    private final LocalPayer payer;
    private final Charges charges;
    private final LinkedBlockingQueue<Task> queue = new LinkedBlockingQueue<>();
    private final Pace pace;
    private final Set<Hash> unopened = new LinkedHashSet<>();
    private final Thread thread;
    private volatile String trouble = "";

    /** What waits is posted at the next look, whatever else the pace says: also what an earlier process left. */
    private boolean isHurried;

    /** The height at which the first that waits is posted in any case. */
    private volatile long latest = Long.MAX_VALUE;

    /** Since when something waits, as of {@link System#nanoTime}. */
    private OptionalLong waitingSince = OptionalLong.empty();

    /** @param operator the node's account */
    public Posting(LiveLedger ledger, Sender operator, Book book, LocalPayer payer) {
        this(
                ledger,
                operator,
                book,
                payer,
                new Charges(),
                Pace.of(ledger.state().params()));
    }

    /**
     * @param operator the node's account
     * @param charges the channels of strangers
     * @param pace how long things wait for others
     */
    public Posting(LiveLedger ledger, Sender operator, Book book, LocalPayer payer, Charges charges, Pace pace) {
        this.pace = pace;
        this.ledger = ledger;
        this.charges = charges;
        this.operator = operator;
        this.book = book;
        this.payer = payer;
        this.thread = Thread.ofPlatform().daemon().name("assay-posting").unstarted(this::work);
    }

    /**
     * Refuses a book that is not the one which the ledger knows: every checkpoint that it signed would be a fork,
     * which whoever holds it can bring to the ledger as evidence.
     *
     * @throws IOException if the log is shorter than what was posted, or another
     */
    public static void refuseFork(LiveLedger ledger, Address operator, Book book) throws IOException {
        Log posted = ledger.state().log(operator);
        if (posted.size() > book.size()
                || !book.checkpoint(posted.size()).root().equals(posted.root())) {
            throw new IOException("the journal is not the one that was posted: the ledger has " + posted.size()
                    + " receipts, the journal " + book.size()
                    + (posted.size() > book.size() ? "" : " others") + "; restore both from the same copy");
        }
    }

    /** Begins, with what a killed process left to do. */
    public void start() {
        ledger.onBlock(block -> {
            block.events().forEach(this::hear);
            if (block.height() >= latest) {
                latest = Long.MAX_VALUE;
                hurry();
            }
        });
        Address me = operator.signer().address();
        ledger.state().audits().forEach(Key.of(me), (key, audit) -> {
            if (audit.phase() == Audit.Phase.NODE) {
                queue.add(new Task.Open(Key.digestOf(key)));
            }
        });
        long posted = ledger.state().log(me).size();
        book.posted(posted);
        isHurried = book.size() > posted;
        queue.add(new Task.Post(false));
        thread.start();
    }

    /** There is a new receipt. */
    public void post() {
        queue.add(new Task.Post(false));
    }

    private void hurry() {
        queue.add(new Task.Post(true));
    }

    /** Why the last post or opening came to nothing; empty while all is well. */
    public String trouble() {
        return trouble;
    }

    private void hear(Event event) {
        if (event instanceof Event.NodeRevealOpened(Address of, Hash receipt, long by)
                && of.equals(operator.signer().address())) {
            queue.add(new Task.Open(receipt));
        } else if (event instanceof Event.ReceiptFinal end
                && end.operator().equals(operator.signer().address())) {
            queue.add(new Task.Post(false));
        } else if (event instanceof Event.ChannelClosing closing && isMine(closing.channel())) {
            hurry();
        }
    }

    private boolean isMine(Hash channel) {
        return ledger.state()
                .channel(channel)
                .filter(c -> c.operator().equals(operator.signer().address()))
                .isPresent();
    }

    private void work() {
        try {
            while (true) {
                Task next = next();
                if (next instanceof Task.Stop) {
                    last();
                    return;
                }
                work(next == null ? new Task.Post(false) : next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Task next() throws InterruptedException {
        if (!trouble.isEmpty()) {
            return queue.poll(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (waitingSince.isEmpty()) {
            return queue.take();
        }
        long left = pace.ageMillis() - (System.nanoTime() - waitingSince.getAsLong()) / 1_000_000;
        return queue.poll(Math.max(1, left), TimeUnit.MILLISECONDS);
    }

    /** The node stops: nothing waits any longer, if the ledger takes it. */
    private void last() {
        if (waitingSince.isPresent()) {
            work(new Task.Post(true));
        }
    }

    /** What the ledger or the disk does not take now is tried again soon. */
    private void work(Task task) {
        if (task instanceof Task.Open(Hash receipt)) {
            unopened.add(receipt);
        }
        isHurried |= task instanceof Task.Post(boolean now) && now;
        try {
            for (Hash receipt : List.copyOf(unopened)) {
                open(receipt);
                unopened.remove(receipt);
            }
            postAll();
            trouble = "";
        } catch (IOException | CompletionException e) {
            trouble = String.valueOf(e.getMessage());
        }
    }

    private void postAll() throws IOException {
        long size = ledger.state().log(operator.signer().address()).size();
        List<Book.Entry> waiting = book.entries(size);
        if (!waiting.isEmpty() && !isDue(waiting)) {
            return;
        }
        List<Book.Entry> part = fitting(waiting);
        while (!part.isEmpty()) {
            size += part.size();
            send(size, part);
            waiting = waiting.subList(part.size(), waiting.size());
            part = fitting(waiting);
        }
        waitingSince = OptionalLong.empty();
        latest = Long.MAX_VALUE;
        isHurried = !waiting.isEmpty(); // these wait for others to be final, and then for nothing else
        if (!waiting.isEmpty()) {
            backFirst(waiting.getFirst());
        }
        for (Transaction due : dues()) {
            redeem(due);
        }
    }

    /** Whether what waits is posted now; if not, it is remembered since when it waits, and until which height it may. */
    private boolean isDue(List<Book.Entry> waiting) {
        long height = ledger.state().height();
        long by = waiting.getFirst().receipt().ledger().height()
                + Pace.blocks(ledger.state().params());
        long since = waitingSince.orElse(System.nanoTime());
        boolean isOld = System.nanoTime() - since >= pace.ageMillis() * 1_000_000;
        if (isHurried || isOld || waiting.size() >= pace.receipts() || height >= by) {
            return true;
        }
        waitingSince = OptionalLong.of(since);
        latest = by;
        if (ledger.state().height() >= by) { // a block came meanwhile, and nobody was told
            queue.add(new Task.Post(false));
        }
        return false;
    }

    /**
     * A receipt that the whole stake does not back, as after a slash, would keep all after it from the ledger for ever:
     * the stake is raised from the operator's balance. One that waits for others to be final is left to wait.
     */
    private void backFirst(Book.Entry first) throws IOException {
        State state = ledger.state();
        Optional<Operator> me = state.operator(operator.signer().address());
        if (me.isEmpty()) {
            return;
        }
        Params.Audits audits = state.params().audits();
        Amount bonded = me.get().stake().bonded();
        if (Rates.riskMax(bonded, audits).micro() >= first.weight()) {
            return;
        }
        // riskMax is a quarter of the slash, each step rounded down.
        Amount needed = Amount.ofMicro(
                Math.addExact(Math.multiplyExact(4 * (first.weight() + 1), Amount.MILLION / audits.slash() + 1L), 1));
        if (operator.send(new Transaction.Bond(needed.minus(bonded))).join() instanceof Outcome.Rejected(var reason)) {
            throw new IOException("receipt " + first.id() + " needs a stake of " + needed + ", not " + bonded
                    + ", to be posted; the ledger refused to take more: " + reason);
        }
        post();
    }

    /** As many of these as the stake backs now; others go when receipts before them are final. */
    private List<Book.Entry> fitting(List<Book.Entry> waiting) {
        long room = Rates.room(ledger.state(), operator.signer().address()).micro();
        int count = 0;
        while (count < Math.min(waiting.size(), Transaction.POSTINGS_MAX)) {
            Receipt.Payment payment = waiting.get(count).receipt().payment();
            room -= Rates.weight(Amount.ofMicro(payment.amount()), Amount.ofMicro(payment.insured()));
            if (room < 0) {
                break;
            }
            count++;
        }
        return waiting.subList(0, count);
    }

    /** What brings in the money of posted receipts that wait for it, after a killed process. */
    private List<Transaction> dues() {
        List<Transaction> dues = new ArrayList<>();
        if (isOwed(payer.channel())) {
            SignedVoucher v = payer.latest();
            dues.add(new Transaction.Redeem(v.voucher().channel(), v.cumulative(), v.signature()));
        }
        for (Cover.Channel c : charges.vouchers()) {
            if (isOwed(c.voucher().channel())) {
                dues.add(
                        new Transaction.Claim(c.voucher().channel(), c.voucher().cumulative(), c.signature()));
            }
        }
        return dues;
    }

    private boolean isOwed(Hash channel) {
        return isOwed(channel, Amount.ZERO);
    }

    /** @param more is about to be posted */
    private boolean isOwed(Hash channel, Amount more) {
        return ledger.state()
                .channel(channel)
                .filter(c -> {
                    Amount owed = c.posted().plus(more).minus(c.redeemed());
                    return !owed.isZero()
                            && (c.closesAt() != 0
                                    || !owed.isBelow(
                                            pace.redeemed(ledger.state().params())));
                })
                .isPresent();
    }

    private void redeem(Transaction due) throws IOException {
        if (operator.send(due).join() instanceof Outcome.Rejected(var reason)) {
            throw new IOException("the ledger refused to pay: " + reason);
        }
    }

    private void send(long size, List<Book.Entry> part) throws IOException {
        List<Transaction.Posting> postings = new ArrayList<>();
        Amount fromWallet = Amount.ZERO;
        for (Book.Entry e : part) {
            Hash channel = channel(e);
            Amount amount = Amount.ofMicro(e.receipt().payment().amount());
            if (channel.equals(payer.channel())) {
                fromWallet = fromWallet.plus(amount);
            }
            postings.add(new Transaction.Posting(
                    e.digest(),
                    channel,
                    e.ledgerModel(),
                    amount,
                    Amount.ofMicro(e.receipt().payment().insured()),
                    e.receipt().usage().prompt() + e.receipt().usage().completion(),
                    e.receipt().trace().root()));
        }
        List<Transaction> all = new ArrayList<>();
        all.add(new Transaction.PostCheckpoint(size, book.checkpoint(size).root(), postings));
        if (!fromWallet.isZero() && isOwed(payer.channel(), fromWallet)) {
            SignedVoucher v = payer.latest();
            all.add(new Transaction.Redeem(v.voucher().channel(), v.cumulative(), v.signature()));
        }
        List<Outcome> outcomes = operator.send(all).join();
        if (outcomes.getFirst() instanceof Outcome.Rejected(var reason)) {
            throw new IOException("the ledger refused to take receipts: " + reason);
        }
        book.posted(size);
        for (Book.Entry e : part) {
            book.writeReceipt(e);
        }
        if (outcomes.getLast() instanceof Outcome.Rejected(var reason)) {
            throw new IOException("the ledger took receipts, and refused to pay: " + reason);
        }
    }

    /** The channel or escrow of a receipt; all zero if its money is not on this ledger. */
    private static Hash channel(Book.Entry entry) {
        try {
            return Hash.ofHex(entry.receipt().payment().channel());
        } catch (MalformedException e) {
            return Ids.NONE;
        }
    }

    private void open(Hash receipt) throws IOException {
        Optional<Book.Entry> found = book.find(receipt);
        if (found.isPresent()) {
            Book.Entry e = found.get();
            Transaction reveal = new Transaction.RevealTrace(receipt, e.traceRoot(), e.traceSalt());
            if (operator.send(reveal).join() instanceof Outcome.Applied) {
                book.writeOpening(e);
            }
        }
    }

    @Override
    public void close() {
        queue.add(new Task.Stop());
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
