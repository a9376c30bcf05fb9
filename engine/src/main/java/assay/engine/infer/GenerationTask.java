package assay.engine.infer;

import assay.core.program.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request to generate, while the engine works on it. */
final class GenerationTask implements Task, Generation {
    private final GenerationRequest request;
    private final GenerationListener listener;
    private final long submitted = System.nanoTime();
    private final List<Branch> branches = new ArrayList<>();
    private volatile boolean cancelled;
    private @Nullable Model model;
    private @Nullable Sequence prompt;
    private int cached;
    private long begun = submitted;
    private long firstPicked;

    GenerationTask(GenerationRequest request, GenerationListener listener) {
        this.request = request;
        this.listener = listener;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public long needBytes(Shape shape) {
        return Need.bytes(shape, request.prompt().length, request.sampling());
    }

    @Override
    public void begin(Model model, PrefixCache cache) {
        this.model = model;
        begun = System.nanoTime();
        Sequence sequence = cache.take(request.prompt()).orElseGet(() -> new Sequence(model));
        cached = sequence.length();
        for (int i = cached; i < request.prompt().length; i++) {
            sequence.append(request.prompt()[i]);
        }
        prompt = sequence;
        listener.started(cached);
    }

    @Override
    public int addDecoding(List<Slice> slices) {
        int added = 0;
        for (Branch branch : branches) {
            if (!branch.ended()) {
                Sequence sequence = branch.sequence();
                sequence.append(branch.last().id());
                int position = sequence.length() - 1;
                slices.add(new Slice(sequence, position, 1, position, branch::pick));
                added++;
            }
        }
        return added;
    }

    @Override
    public int addReading(List<Slice> slices, int room) {
        Sequence sequence = prompt;
        if (sequence == null || !branches.isEmpty() || cancelled || room <= 0) {
            return 0;
        }
        int first = sequence.fed();
        int last = request.prompt().length - 1;
        int count = Math.min(room, last + 1 - first);
        slices.add(new Slice(sequence, first, count, Math.min(last, first + count), this::pickFirst));
        return count;
    }

    /** All choices are picked from the prompt's last row. */
    private void pickFirst(int[] logits, int from, int position) {
        for (int choice = 0; choice < request.sampling().n(); choice++) {
            Sequence own = java.util.Objects.requireNonNull(prompt);
            Sequence sequence = choice == 0 ? own : own.copy(own.length());
            Branch branch = new Branch(
                    sequence,
                    Engine.sampler(java.util.Objects.requireNonNull(model), request, choice),
                    request.sampling(),
                    request.prompt().length);
            branch.pick(logits, from, position);
            branches.add(branch);
        }
    }

    @Override
    public boolean endStep(PrefixCache cache) {
        if (branches.isEmpty()) {
            if (cancelled) {
                finish(cache);
            }
            return cancelled;
        }
        if (firstPicked == 0) {
            firstPicked = System.nanoTime();
        }
        boolean over = true;
        for (int choice = 0; choice < branches.size(); choice++) {
            Branch branch = branches.get(choice);
            if (!branch.ended()) {
                deliver(choice, branch);
                over &= branch.ended();
            }
        }
        if (over) {
            finish(cache);
        }
        return over;
    }

    private void deliver(int choice, Branch branch) {
        int id = branch.last().id();
        branch.accept(id);
        boolean goOn = listener.token(choice, branch.last());
        boolean full = branch.count() >= request.sampling().maxTokens();
        if (!goOn
                || cancelled
                || full
                || java.util.Objects.requireNonNull(model).stopIds().contains(id)) {
            branch.end();
        }
    }

    private void finish(PrefixCache cache) {
        long now = System.nanoTime();
        List<GenerationResult.Choice> choices = new ArrayList<>();
        for (Branch branch : branches) {
            choices.add(new GenerationResult.Choice(branch.ids(), request.prompt().length, branch::traceRoot));
        }
        if (branches.isEmpty()) {
            for (int i = 0; i < request.sampling().n(); i++) {
                choices.add(new GenerationResult.Choice(
                        new int[0], request.prompt().length, count -> assay.core.base.Hash.sha256()));
            }
        }
        long picked = firstPicked == 0 ? now : firstPicked;
        listener.done(new GenerationResult(
                cached, choices, new GenerationResult.Times(begun - submitted, picked - begun, now - picked)));
        // Who asked has the answer by now; the next request begins after this.
        branches.forEach(branch -> cache.put(branch.sequence()));
    }

    @Override
    public void fail(Throwable why) {
        listener.failed(why);
    }
}
