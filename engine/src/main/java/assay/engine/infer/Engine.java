package assay.engine.infer;

import assay.core.kernel.Sampler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    private final List<Job> running = new ArrayList<>();
    private final AtomicInteger runningCount = new AtomicInteger();
    private boolean closed;

    /** Starts an engine on a loaded model; the model stays the caller's. */
    public Engine(Model model, EngineOptions options) {
        this.model = model;
        this.options = options;
        this.decoder = new Decoder(model, options.threads(), options.chunkTokens());
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

    /** How often values were saturated or clamped since the start; 0 for an ordinary model. */
    public long saturations() {
        return decoder.saturations();
    }

    /**
     * Queues a request.
     *
     * @return a handle to cancel it
     * @throws BusyException if the queue is full
     * @throws IllegalArgumentException if prompt and answer do not fit the context, or an id is none of the model's
     */
    public Generation submit(GenerationRequest request, GenerationListener listener) throws BusyException {
        int last = Math.addExact(request.prompt().length, request.sampling().maxTokens() - 1);
        if (last > context()) {
            throw new IllegalArgumentException("prompt of " + request.prompt().length + " and answer of up to "
                    + request.sampling().maxTokens() + " tokens do not fit the context of " + context());
        }
        for (int id : request.prompt()) {
            if (id < 0 || id >= model.program().shape().vocabulary()) {
                throw new IllegalArgumentException("id " + id + " is not in the vocabulary");
            }
        }
        Job job = new Job(request, listener, System.nanoTime());
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the engine is closed");
            }
            if (waiting.size() >= options.queueMax()) {
                throw new BusyException(1 + waiting.size() / 2);
            }
            waiting.add(job);
            work.signal();
        } finally {
            lock.unlock();
        }
        return job;
    }

    /** Runs a replay between steps of other work, and waits for it. */
    public ReplayResult replay(ReplayRequest request) throws InterruptedException {
        Job job = new Job(request, System.nanoTime());
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the engine is closed");
            }
            waiting.add(job);
            work.signal();
        } finally {
            lock.unlock();
        }
        return job.awaitReplay();
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
            while (!closed && !waiting.isEmpty() && running.size() < options.sequencesMax()) {
                Job job = waiting.remove();
                running.add(job);
            }
            runningCount.set(running.size());
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void step() {
        List<Slice> slices = new ArrayList<>();
        int decoding = 0;
        for (Job job : running) {
            if (!job.admitted()) {
                job.admit(model, cache);
            }
            decoding += job.addDecodeSlices(slices);
        }
        int room = decoding == 0 ? options.chunkTokens() : Math.max(8, options.mixedTokens() - decoding);
        for (Job job : running) {
            room -= job.addPrefillSlice(slices, room);
        }
        if (!slices.isEmpty()) {
            decoder.step(slices);
            pick(slices);
        }
        for (Iterator<Job> jobs = running.iterator(); jobs.hasNext(); ) {
            Job job = jobs.next();
            if (job.finishStep(cache)) {
                jobs.remove();
            }
        }
        runningCount.set(running.size());
    }

    /** Samples for all choices of this step, split between the workers; tells listeners afterwards. */
    private void pick(List<Slice> slices) {
        List<Slice> sampled = slices.stream().filter(s -> s.samples()).toList();
        AtomicInteger next = new AtomicInteger();
        decoder.run(worker -> {
            for (int i = next.getAndIncrement(); i < sampled.size(); i = next.getAndIncrement()) {
                sampled.get(i).pick(decoder.logits(), model.program().shape().vocabulary());
            }
        });
    }

    private void failAll(Throwable why) {
        List<Job> all = new ArrayList<>(running);
        running.clear();
        lock.lock();
        try {
            all.addAll(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(job -> job.fail(why));
        runningCount.set(0);
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
