package assay.engine.infer;

import assay.core.audit.Spot;
import assay.core.kernel.Sampler;
import assay.core.kernel.Sampling;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Generates for many requests at once, step by step (continuous batching).
 *
 * <p>One thread plans steps and runs them with the decoder's workers; a step feeds one id of every running
 * choice and a part of the oldest waiting prompts. What a request gets does not depend on its company.
 * All public methods are safe for use by many threads.
 */
public final class Engine implements AutoCloseable {
    private final Model model;
    private final EngineOptions options;
    private final Decoder decoder;
    private final PrefixCache cache;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();
    private final List<Task> running = new ArrayList<>();
    private final AtomicInteger runningCount = new AtomicInteger();
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong positions = new AtomicLong();
    private boolean closed;

    /** Starts an engine on a loaded model; the model stays the caller's. */
    public Engine(Model model, EngineOptions options) {
        this.model = model;
        this.options = options;
        this.decoder = new Decoder(model, options.threads(), options.stepMax());
        this.cache = new PrefixCache(options.cacheBytes());
        this.thread = new Thread(this::loop, "assay-engine");
        thread.setDaemon(true);
        thread.start();
    }

    /** The model that this engine runs. */
    public Model model() {
        return model;
    }

    /** Most positions of one sequence: the smaller of the model's context and the option. */
    public int context() {
        return Math.min(options.contextTokens(), model.program().shape().context());
    }

    /** Requests that wait for a place. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Requests that are being worked on. */
    public int running() {
        return runningCount.get();
    }

    /** Memory for what is worked on: {@link EngineOptions#workBytes}. */
    public long budgetBytes() {
        return options.workBytes();
    }

    /** The part of it that is set aside for what is worked on now. */
    public long reservedBytes() {
        return reserved.get();
    }

    /** The most memory that a request takes, of the {@link #budgetBytes}. */
    public long needBytes(int promptTokens, Sampling sampling) {
        return Need.bytes(model.program().shape(), promptTokens, sampling);
    }

    /** How often values were saturated or clamped since the start; never for an ordinary model. */
    public Saturations saturations() {
        return new Saturations(positions.get(), decoder.saturations());
    }

    /** Thread time spent on the trace since the start, in nanoseconds; roots over whole answers apart. */
    public long committingNanos() {
        return decoder.committingNanos();
    }

    /**
     * Queues a request.
     *
     * @return a handle to cancel it
     * @throws BusyException if the queue is full
     * @throws IllegalArgumentException if prompt and answer do not fit the context or the memory, or an id is none of
     *     the model's
     */
    public Generation submit(GenerationRequest request, GenerationListener listener) throws BusyException {
        checkFits(request.prompt(), request.sampling().maxTokens());
        checkIds(request.prompt());
        long need = needBytes(request.prompt().length, request.sampling());
        if (need > options.workBytes()) {
            throw new IllegalArgumentException(
                    "a request of " + need + " bytes does not fit the memory of " + options.workBytes());
        }
        GenerationTask task = new GenerationTask(request, listener);
        enqueue(task, options.queueMax());
        return task;
    }

    /**
     * Replays a transcript between the steps of other work, and waits for it.
     *
     * @throws IllegalArgumentException if it does not fit the context
     */
    public ReplayResult replay(ReplayRequest request) throws InterruptedException {
        return replay(request, new ReplayTask(request));
    }

    /**
     * Replays a transcript and keeps what it takes to open these cells; costs one replay however many there are, and
     * the memory of all choices' K and V until the witness is let go.
     *
     * @param spots cells of choices that have ids
     * @throws IllegalArgumentException if it does not fit the context
     */
    public Witness witness(ReplayRequest request, Collection<Spot> spots) throws InterruptedException {
        Watch watch = new Watch(spots, request.request().prompt().length - 1);
        ReplayTask task = new ReplayTask(request, watch);
        return new Witness(model, replay(request, task), task.kept(), watch);
    }

    private ReplayResult replay(ReplayRequest request, ReplayTask task) throws InterruptedException {
        for (int[] answer : request.answers()) {
            checkFits(request.request().prompt(), answer.length);
            checkIds(answer);
        }
        checkIds(request.request().prompt());
        try {
            enqueue(task, Integer.MAX_VALUE);
            return task.result().get();
        } catch (BusyException e) {
            throw new AssertionError("replays are not refused", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the engine failed: " + e.getCause(), e);
        }
    }

    /** Takes the logits of a text that is read; called in order of position, from any thread. */
    public interface LogitRows {
        /**
         * One position's logits.
         *
         * @param position from 0 on
         * @param logits at 16; the row starts at {@code from} and has the vocabulary's length; not to be kept
         */
        void row(int position, int[] logits, int from);
    }

    /**
     * Reads a text from an empty context for the logits of all its positions, and waits for it.
     *
     * @throws IllegalArgumentException if it does not fit the context
     */
    public void read(int[] ids, LogitRows rows) throws InterruptedException {
        checkFits(ids, 1);
        checkIds(ids);
        ReadTask task = new ReadTask(ids, rows);
        try {
            enqueue(task, Integer.MAX_VALUE);
            task.result().get();
        } catch (BusyException e) {
            throw new AssertionError("readings are not refused", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the engine failed: " + e.getCause(), e);
        }
    }

    private void enqueue(Task task, int queueMax) throws BusyException {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the engine is closed");
            }
            if (waiting.size() >= queueMax) {
                throw new BusyException(1 + waiting.size() / 2);
            }
            waiting.add(task);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private void checkFits(int[] prompt, int answer) {
        if (Math.addExact(prompt.length, answer - 1) > context()) {
            throw new IllegalArgumentException("prompt of " + prompt.length + " and answer of up to " + answer
                    + " tokens do not fit the context of " + context());
        }
    }

    private void checkIds(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= model.program().shape().vocabulary()) {
                throw new IllegalArgumentException("id " + id + " is not in the vocabulary");
            }
        }
    }

    /** Ends the thread; whatever runs fails. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        decoder.close();
    }

    private void loop() {
        while (admit()) {
            try {
                step();
            } catch (RuntimeException | Error e) {
                failAll(e);
            }
        }
        failAll(new IllegalStateException("the engine was closed"));
    }

    /** Takes waiting jobs while there is room; waits when there is nothing to do. False once closed. */
    private boolean admit() {
        lock.lock();
        try {
            while (!closed && waiting.isEmpty() && running.isEmpty()) {
                work.awaitUninterruptibly();
            }
            List<Task> cancelled = waiting.stream().filter(Task::isCancelled).toList();
            waiting.removeAll(cancelled);
            cancelled.forEach(this::ends);
            while (!closed
                    && !waiting.isEmpty()
                    && running.size() < options.sequencesMax()
                    && fits(waiting.element())) {
                Task task = waiting.remove();
                if (begins(task)) {
                    running.add(task);
                }
            }
            count();
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is memory for a task beside the others; alone even a replay of what is larger begins. */
    private boolean fits(Task task) {
        return running.isEmpty() || reserve() + task.needBytes(model.program().shape()) <= options.workBytes();
    }

    private long reserve() {
        return running.stream()
                .mapToLong(task -> task.needBytes(model.program().shape()))
                .sum();
    }

    private void count() {
        runningCount.set(running.size());
        reserved.set(reserve());
    }

    /** Begins a task; one that cannot begin fails alone. */
    private boolean begins(Task task) {
        try {
            task.begin(model, cache);
            return true;
        } catch (RuntimeException | Error e) {
            fail(task, e);
            return false;
        }
    }

    /** Whether a task is over after this step; one that fails there, as its listener may, fails alone. */
    private boolean ends(Task task) {
        try {
            return task.endStep(cache);
        } catch (RuntimeException | Error e) {
            fail(task, e);
            return true;
        }
    }

    /** Tells a listener, which may fail too: the engine's thread goes on. */
    private static void fail(Task task, Throwable why) {
        try {
            task.fail(why);
        } catch (RuntimeException | Error e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private void step() {
        List<Slice> slices = new ArrayList<>();
        int decoding = 0;
        for (Task task : running) {
            decoding += task.addDecoding(slices);
        }
        int room = decoding == 0 ? options.chunkTokens() : Math.max(8, options.mixedTokens() - decoding);
        for (Task task : running) {
            room -= task.addReading(slices, room);
        }
        if (!slices.isEmpty()) {
            Model.awaitWarm(decoding > 0 || Decoder.isAlone(slices));
            decoder.step(slices);
            Model.wasRead();
            positions.addAndGet(slices.stream().mapToInt(Slice::count).sum());
        }
        running.removeIf(this::ends);
        count();
    }

    private void failAll(Throwable why) {
        List<Task> all = new ArrayList<>(running);
        running.clear();
        lock.lock();
        try {
            all.addAll(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        count();
        all.forEach(task -> fail(task, why));
    }

    /** A sampler of this model for one choice. */
    static Sampler sampler(Model model, GenerationRequest request, int choice) {
        return new Sampler(
                request.sampling(),
                request.seed(),
                request.promptDigest(),
                choice,
                model.program().shape().vocabulary(),
                model.maskedIds(),
                model.program().tables());
    }
}
