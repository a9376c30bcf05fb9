package assay.ledger;

import assay.core.base.MalformedException;
import assay.core.program.ProgramHeader;
import assay.core.verify.ModelText;
import java.util.LinkedHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * The texts that were needed last, ready for use: reading a tokenizer takes much longer than judging with it. It begins
 * beside the work when somebody chooses a text, and nobody can show one before the next block, so that no transaction
 * waits for it. What is read follows from the bytes alone, so no two ledgers differ by it. Thread-safe.
 */
final class ReadTexts {
    /** A text of 8 MiB takes about a hundred when it is read. */
    private static final int KEPT_MAX = 3;

    /** Two sections of a program, which bind their bytes. */
    record Name(ProgramHeader.Section tokenizer, ProgramHeader.Section template) {}

    /** The bytes of both. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sections(byte[] tokenizer, byte[] template) {}

    private static final LinkedHashMap<Name, FutureTask<ModelText>> READ = new LinkedHashMap<>();

    private ReadTexts() {}

    /** Begins to read this one, if it is not there. */
    static void begin(Name name, Supplier<Sections> bytes) {
        Thread.ofPlatform().daemon().name("assay-text").start(task(name, bytes));
    }

    /**
     * This one, read now if nobody began.
     *
     * @throws MalformedException if nothing can be answered by it
     */
    static ModelText get(Name name, Supplier<Sections> bytes) throws MalformedException {
        FutureTask<ModelText> task = task(name, bytes);
        task.run(); // of no effect if it was begun
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MalformedException malformed) {
                throw malformed;
            }
            // This machine failed, out of memory for example, and not the text: others judge by it all the same.
            synchronized (READ) {
                READ.remove(name, task);
            }
            return read(bytes.get());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static FutureTask<ModelText> task(Name name, Supplier<Sections> bytes) {
        synchronized (READ) {
            FutureTask<ModelText> known = READ.get(name);
            if (known != null) {
                return known;
            }
            FutureTask<ModelText> task = new FutureTask<>(() -> read(bytes.get()));
            READ.put(name, task);
            if (READ.size() > KEPT_MAX) {
                READ.pollFirstEntry();
            }
            return task;
        }
    }

    private static ModelText read(Sections sections) throws MalformedException {
        return ModelText.of(sections.tokenizer(), sections.template());
    }
}
