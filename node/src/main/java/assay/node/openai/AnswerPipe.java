package assay.node.openai;

import assay.node.http.ApiError;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Between the thread that computes an answer and the thread that sends it.
 *
 * <p>The computing side never waits: when more deltas are pending than the pipe holds, the reader is
 * too slow, the request is cancelled and later deltas are dropped. Thread-safe.
 */
final class AnswerPipe implements ChatListener {
    /** What the computing side said. */
    sealed interface Event {
        /** Computing starts. */
        record Started(int promptTokens) implements Event {}

        /** A choice grew, at {@link System#nanoTime}. */
        record Grew(Delta delta, long nanos) implements Event {}

        /** A choice ended. */
        record Finished(int choice, FinishReason reason) implements Event {}

        /** All ended. */
        record Done(Usage usage, ReceiptRef receipt) implements Event {}

        /** Nothing more will come. */
        record Failed(ApiError error) implements Event {}
    }

    private final Queue<Event> events = new ArrayDeque<>();
    private final int deltasMax;
    private final Integer[] sent;

    /** That came since a handle was attached, less those that were read. */
    private int deltas;

    private boolean ended;
    private @Nullable CancelReason cancelled;
    private @Nullable ChatHandle handle;

    /**
     * @param deltasMax most deltas that wait to be sent
     * @param choices n of the request
     */
    AnswerPipe(int deltasMax, int choices) {
        this.deltasMax = deltasMax;
        sent = new Integer[choices];
        Arrays.fill(sent, 0);
    }

    /**
     * Tells the pipe whom to cancel; cancels at once if that is overdue. What came before, as when an answer
     * is joined late, does not count against its reader.
     */
    void attach(ChatHandle taken) {
        CancelReason overdue;
        synchronized (this) {
            handle = taken;
            deltas = 0;
            overdue = cancelled;
        }
        if (overdue != null) {
            taken.cancel(overdue, sentTokens());
        }
    }

    /** The next event, or null if none came in time. */
    synchronized @Nullable Event poll(long waitMillis) throws InterruptedException {
        long deadline = System.nanoTime() + waitMillis * 1_000_000;
        while (events.isEmpty()) {
            long leftMillis = Math.ceilDiv(deadline - System.nanoTime(), 1_000_000);
            if (leftMillis <= 0) {
                return null;
            }
            wait(leftMillis);
        }
        Event event = events.remove();
        if (event instanceof Event.Grew) {
            deltas--;
        }
        return event;
    }

    /** Notes how many tokens of a choice reached the client. */
    synchronized void sent(int choice, int tokens) {
        sent[choice] = tokens;
    }

    synchronized boolean overflowed() {
        return cancelled == CancelReason.SLOW_READER;
    }

    /** Stops the computation, once. */
    void cancel(CancelReason reason) {
        ChatHandle taken;
        synchronized (this) {
            if (cancelled != null) {
                return;
            }
            cancelled = reason;
            taken = handle;
        }
        if (taken != null) {
            taken.cancel(reason, sentTokens());
        }
    }

    private synchronized List<Integer> sentTokens() {
        return List.of(sent);
    }

    @Override
    public void started(int promptTokens) {
        put(new Event.Started(promptTokens));
    }

    @Override
    public void delta(Delta delta) {
        boolean full;
        synchronized (this) {
            full = handle != null && deltas >= deltasMax;
            if (!full && cancelled == null) {
                deltas++;
                put(new Event.Grew(delta, System.nanoTime()));
            }
        }
        if (full) {
            cancel(CancelReason.SLOW_READER);
        }
    }

    @Override
    public void choiceFinished(int choice, FinishReason reason) {
        put(new Event.Finished(choice, reason));
    }

    @Override
    public void done(Usage usage, ReceiptRef receipt) {
        put(new Event.Done(usage, receipt));
    }

    @Override
    public void failed(ApiError error) {
        put(new Event.Failed(error));
    }

    private synchronized void put(Event event) {
        if (ended) {
            return;
        }
        ended = event instanceof Event.Done || event instanceof Event.Failed;
        events.add(event);
        notifyAll();
    }
}
