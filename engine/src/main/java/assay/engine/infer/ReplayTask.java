package assay.engine.infer;

import assay.core.base.Hash;
import assay.core.program.Shape;
import assay.core.trace.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A replay, while the engine works on it: every position is known, so that it reads like a prompt. */
final class ReplayTask implements Task {
    private final ReplayRequest replay;
    private final CompletableFuture<ReplayResult> result = new CompletableFuture<>();
    private final List<ReplayResult.Choice> choices = new ArrayList<>();
    private @Nullable Model model;
    private @Nullable Sequence prompt;
    private @Nullable Branch branch;
    private final List<PickedToken> picks = new ArrayList<>();
    private final List<Witness.Kept> kept = new ArrayList<>();
    private final @Nullable Watch watch;
    private int firstDifference;
    private int sampled;
    private long begun;

    ReplayTask(ReplayRequest replay) {
        this(replay, null);
    }

    /** A replay that keeps what it takes to open cells, if there is a watch. */
    ReplayTask(ReplayRequest replay, @Nullable Watch watch) {
        this.replay = replay;
        this.watch = watch;
    }

    /** What was kept, once the result is there. */
    List<Witness.Kept> kept() {
        return kept;
    }

    CompletableFuture<ReplayResult> result() {
        return result;
    }

    @Override
    public long needBytes(Shape shape) {
        int longest = Arrays.stream(replay.answers())
                .mapToInt(answer -> answer.length)
                .max()
                .orElse(0);
        // One answer after another: the one before, whose prompt is shared, and the next.
        return Need.bytes(shape, replay.request().prompt().length, 2, longest);
    }

    /** A replay takes nothing from the cache: it would trust what it is to check. */
    @Override
    public void begin(Model model, PrefixCache cache) {
        this.model = model;
        begun = System.nanoTime();
        beginChoice();
    }

    /** Goes on to the next choice that has ids; one without any commits to nothing. */
    private void beginChoice() {
        branch = null;
        while (choices.size() < replay.answers().length && replay.answers()[choices.size()].length == 0) {
            choices.add(new ReplayResult.Choice(0, Hash.sha256(), -1, -1, List.of()));
            kept.add(new Witness.Kept(Optional.empty(), Optional.empty()));
        }
        if (choices.size() < replay.answers().length) {
            beginIds();
        }
    }

    private void beginIds() {
        Model used = Objects.requireNonNull(model);
        int[] ids = replay.request().prompt();
        Sequence before = prompt;
        Sequence sequence = before == null ? new Sequence(used, watch) : before.copy(ids.length - 1);
        if (watch != null) {
            watch.begin(choices.size());
        }
        for (int i = sequence.length(); i < ids.length; i++) {
            sequence.append(ids[i]);
        }
        int[] answer = replay.answers()[choices.size()];
        for (int i = 0; i < answer.length - 1; i++) {
            sequence.append(answer[i]);
        }
        prompt = sequence;
        picks.clear();
        firstDifference = -1;
        sampled = -1;
        branch = new Branch(
                sequence,
                Engine.sampler(used, replay.request(), choices.size()),
                replay.request().sampling(),
                ids.length);
    }

    @Override
    public int addDecoding(List<Slice> slices) {
        return 0;
    }

    @Override
    public int addReading(List<Slice> slices, int room) {
        Branch own = branch;
        if (own == null) {
            return 0;
        }
        Sequence sequence = own.sequence();
        int first = sequence.fed();
        int count = Math.min(room, sequence.length() - first);
        if (count <= 0) {
            return 0;
        }
        int picksFrom = replay.request().prompt().length - 1;
        int logitsFrom = Math.min(first + count, Math.max(first, picksFrom));
        slices.add(new Slice(sequence, first, count, logitsFrom, this::compare));
        return count;
    }

    /** Samples for itself; the transcript's id is what goes on. */
    private void compare(int[] logits, int from, int position) {
        Branch own = Objects.requireNonNull(branch);
        int[] answer = replay.answers()[choices.size()];
        int index = own.count();
        int id = own.pick(logits, from, position);
        picks.add(own.last());
        if (id != answer[index] && firstDifference < 0) {
            firstDifference = index;
            sampled = id;
        }
        own.accept(answer[index]);
    }

    @Override
    public boolean endStep(PrefixCache cache) {
        Branch own = branch;
        if (own != null) {
            if (own.sequence().fed() < own.sequence().length()) {
                return false;
            }
            Trace trace = own.trace(own.count());
            int steps = own.sequence().fed();
            choices.add(new ReplayResult.Choice(steps, trace.root(steps), firstDifference, sampled, picks));
            if (watch != null) {
                kept.add(new Witness.Kept(Optional.of(trace), Optional.of(own.sequence())));
            }
            beginChoice();
        }
        if (branch != null) {
            return false;
        }
        result.complete(new ReplayResult(choices, System.nanoTime() - begun));
        return true;
    }

    @Override
    public void fail(Throwable why) {
        result.completeExceptionally(why);
    }
}
