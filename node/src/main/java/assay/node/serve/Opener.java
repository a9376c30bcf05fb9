package assay.node.serve;

import assay.core.audit.Challenge;
import assay.core.audit.LightAudit;
import assay.core.audit.OpeningFormat;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.engine.infer.Engine;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.state.Demand;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt;
import assay.ledger.store.LiveLedger;
import assay.node.http.ApiError;
import assay.prover.audit.Regenerated;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Opens cells of this node's answers: one opening a receipt for nothing, and what is demanded on the ledger.
 *
 * <p>An opening shows the trace root. Before a receipt is final an auditor could still be drawn for it, and could
 * copy that root instead of working for it; so nothing is opened before, but for demands, which the ledger lets in
 * when no auditor can profit. One opening is computed at a time and {@link #QUEUE_MAX} may wait. Openings are kept
 * as files, so that the same challenge gets the same bytes again. Thread-safe.
 */
public final class Opener implements AutoCloseable {
    /** Openings that may wait while one is computed. */
    public static final int QUEUE_MAX = 4;

    /** Cells of an opening that is demanded on the ledger, whose subject is the challenge's seed. */
    public static final int DEMANDED_CELLS = 32;

    private static final System.Logger LOG = System.getLogger(Opener.class.getName());

    private final Engine engine;
    private final Book book;
    private final LiveLedger ledger;
    private final Address operator;
    private final Path dir;
    private final Semaphore places = new Semaphore(1 + QUEUE_MAX);
    private final ReentrantLock work = new ReentrantLock(true);
    private volatile boolean closing;

    /**
     * @param operator the node's account
     * @param dir where openings are kept
     */
    public Opener(Engine engine, Book book, LiveLedger ledger, Address operator, Path dir) throws IOException {
        this.engine = engine;
        this.book = book;
        this.ledger = ledger;
        this.operator = operator;
        this.dir = dir;
        OwnerOnly.createFolder(dir);
    }

    /**
     * The opening of a challenge.
     *
     * @param entry a receipt of this node
     * @throws ApiError what to do instead, if it cannot be had
     */
    public byte[] open(Book.Entry entry, Challenge challenge) throws ApiError, IOException, InterruptedException {
        Optional<byte[]> before = given(entry, challenge);
        if (before.isPresent()) {
            return before.get();
        }
        boolean demanded = isDemanded(entry, challenge);
        Path file = demanded ? demandedFile(entry, challenge) : freeFile(entry);
        if (!demanded) {
            refuseEarly(entry);
            if (Files.exists(file)) {
                throw ApiError.conflict(
                        "opening_given",
                        "One opening of this receipt was given. Demand another on the ledger (DemandOpening, while"
                                + " nobody was drawn to audit it), or replay it with the weights.");
            }
        }
        if (!places.tryAcquire()) {
            throw ApiError.busy("Other openings are being computed.", 10);
        }
        try {
            return compute(entry, challenge, file);
        } finally {
            places.release();
        }
    }

    private byte[] compute(Book.Entry entry, Challenge challenge, Path file)
            throws ApiError, IOException, InterruptedException {
        work.lockInterruptibly();
        try {
            Optional<byte[]> before = given(entry, challenge);
            if (before.isPresent()) {
                return before.get();
            }
            LightAudit.Subject subject = new LightAudit.Subject(entry.receipt(), book.transcript(entry));
            byte[] opening = OpeningFormat.encode(Regenerated.open(engine, subject, entry.traceSalt(), challenge));
            OwnerOnly.writeNew(file, opening);
            return opening;
        } catch (FileAlreadyExistsException e) {
            throw ApiError.conflict("opening_given", "Another challenge of this receipt came first.");
        } catch (MalformedException e) {
            throw ApiError.internal("transcript", "The transcript's file is damaged: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw ApiError.invalidValue("cells", e.getMessage() + ".");
        } catch (IllegalStateException e) {
            throw closing
                    ? ApiError.unavailable("stopping", "The node is stopping.", 5)
                    : ApiError.internal("regeneration", "The answer could not be computed again: " + e.getMessage());
        } finally {
            work.unlock();
        }
    }

    /** What was given for this very challenge. */
    private Optional<byte[]> given(Book.Entry entry, Challenge challenge) throws IOException {
        for (Path file : List.of(freeFile(entry), demandedFile(entry, challenge))) {
            if (Files.exists(file)) {
                byte[] bytes = Files.readAllBytes(file);
                if (OpeningFormat.answers(bytes, challenge)) {
                    return Optional.of(bytes);
                }
            }
        }
        return Optional.empty();
    }

    private Path freeFile(Book.Entry entry) {
        return dir.resolve(entry.digest().hex() + ".free");
    }

    private Path demandedFile(Book.Entry entry, Challenge challenge) {
        return dir.resolve(entry.digest().hex() + "." + challenge.digest().hex() + ".demanded");
    }

    private void refuseEarly(Book.Entry entry) throws ApiError {
        Optional<Receipt> posted = ledger.state().receipt(operator, entry.digest());
        if (posted.isEmpty()) {
            throw ApiError.tooEarly("The receipt is not on the ledger yet; ask again when it is final there.", 2);
        }
        if (!posted.get().status().isFinal()) {
            throw ApiError.tooEarly(
                    "The receipt is " + posted.get().status() + " on the ledger: somebody may still be drawn to audit"
                            + " it, and an opening would tell the root that has to be worked for. Ask again when"
                            + " it is final.",
                    2);
        }
    }

    private boolean isDemanded(Book.Entry entry, Challenge challenge) {
        boolean[] found = new boolean[1];
        ledger.state().demands().forEach(Key.ANY, (key, demand) -> {
            found[0] |= isMine(demand)
                    && demand.receipt().equals(entry.digest())
                    && demand.subject().equals(challenge.seed())
                    && challenge.cells() == DEMANDED_CELLS;
        });
        return found[0];
    }

    private boolean isMine(Demand demand) {
        return demand.kind() == Demand.Kind.OPENING && demand.operator().equals(operator);
    }

    /**
     * What a demand on the ledger is answered with: the SHA-256 of the opening's bytes, in hex; who demanded fetches
     * those with the same challenge.
     *
     * @return nothing if it cannot be computed now
     */
    public Optional<String> answer(Demand demand) throws IOException {
        Optional<Book.Entry> entry = book.find(demand.receipt());
        if (!isMine(demand) || entry.isEmpty()) {
            return Optional.empty();
        }
        Challenge challenge = new Challenge(entry.get().digest(), demand.subject(), DEMANDED_CELLS);
        try {
            byte[] opening = compute(entry.get(), challenge, demandedFile(entry.get(), challenge));
            return Optional.of(Hash.sha256(opening).hex());
        } catch (ApiError e) {
            if (!closing) {
                LOG.log(System.Logger.Level.ERROR, () -> "an opening that is demanded cannot be given: " + e);
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Forgets the openings of a receipt. */
    public void forget(Hash receipt) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, receipt.hex() + ".*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, () -> "openings of " + receipt + " stay: " + e.getMessage());
        }
    }

    /** Answers nothing more. */
    @Override
    public void close() {
        closing = true;
    }
}
