package assay.node;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was started, in order; it ends in the opposite order, each part whatever became of the others. So a start that
 * fails late leaves no thread, port or lock behind.
 */
final class Parts implements AutoCloseable {
    /** Ends one part. */
    interface Ending {
        /** Ends it; called once. */
        void end() throws IOException;
    }

    private final Deque<Ending> endings = new ArrayDeque<>();

    /** There is one more part, to be ended before those that were there. */
    synchronized void add(Ending ending) {
        endings.push(ending);
    }

    /** Ends all; the first fault is thrown when all have ended. */
    @Override
    public synchronized void close() throws IOException {
        IOException first = null;
        while (!endings.isEmpty()) {
            try {
                endings.pop().end();
            } catch (IOException | RuntimeException e) {
                IOException fault = e instanceof IOException io ? io : new IOException(e);
                if (first == null) {
                    first = fault;
                } else {
                    first.addSuppressed(fault);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
