package assay.node.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;

/**
 * Reads request bodies within two limits: one for a body, one for all that are held at once.
 *
 * <p>Memory is taken as bytes arrive and never on the word of a Content-Length. Thread-safe.
 */
final class Bodies {
    private static final int PIECE_BYTES = 16 << 10;
    /** What is read and thrown away so that a client still sending can see the refusal. */
    private static final long DRAIN_BYTES = 256L << 20;

    private static final long DRAIN_NANOS = 5_000_000_000L;

    private final int bodyMaxBytes;
    private final Semaphore freePieces;

    Bodies(int bodyMaxBytes, int bodiesMaxBytes) {
        this.bodyMaxBytes = bodyMaxBytes;
        freePieces = new Semaphore(Math.max(1, bodiesMaxBytes / PIECE_BYTES));
    }

    /** A body, and its share of the memory until {@link #release}. */
    record Body(byte[] bytes, int pieces) {}

    Body read(InputStream in) throws ApiError, IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        byte[] piece = new byte[PIECE_BYTES];
        int pieces = 0;
        ApiError refusal = null;
        boolean complete = false;
        try {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                int needed = (out.size() + n + PIECE_BYTES - 1) / PIECE_BYTES;
                if (out.size() + n > bodyMaxBytes) {
                    refusal = ApiError.bodyTooLarge(bodyMaxBytes);
                } else if (needed > pieces && !freePieces.tryAcquire(needed - pieces)) {
                    refusal = ApiError.unavailable("overloaded", "Too many request bodies at once; try again.", 1);
                }
                if (refusal != null) {
                    break;
                }
                pieces = Math.max(pieces, needed);
                out.write(piece, 0, n);
            }
            complete = refusal == null;
        } finally {
            if (!complete) {
                freePieces.release(pieces);
            }
        }
        if (refusal != null) {
            drain(in, piece);
            throw refusal;
        }
        return new Body(out.toByteArray(), pieces);
    }

    void release(Body body) {
        freePieces.release(body.pieces);
    }

    private static void drain(InputStream in, byte[] piece) throws IOException {
        long start = System.nanoTime();
        long left = DRAIN_BYTES;
        while (left > 0 && System.nanoTime() - start < DRAIN_NANOS) {
            int n = in.read(piece);
            if (n < 0) {
                return;
            }
            left -= n;
        }
    }
}
