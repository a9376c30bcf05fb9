package assay.engine.infer;

import assay.core.program.Shape;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A text that is only read, for the logits of each of its positions. */
final class ReadTask implements Task {
    private final int[] ids;
    private final Engine.LogitRows rows;
    private final CompletableFuture<Boolean> result = new CompletableFuture<>();
    private @Nullable Sequence sequence;

    ReadTask(int[] ids, Engine.LogitRows rows) {
        this.ids = ids;
        this.rows = rows;
    }

    CompletableFuture<Boolean> result() {
        return result;
    }

    /** Nothing is taken from the cache: the logits of cached positions are gone. */
    @Override
    public long needBytes(Shape shape) {
        return Need.bytes(shape, ids.length, 1, 1);
    }

    @Override
    public void begin(Model model, PrefixCache cache) {
        Sequence fresh = new Sequence(model);
        for (int id : ids) {
            fresh.append(id);
        }
        sequence = fresh;
    }

    @Override
    public int addDecoding(List<Slice> slices) {
        return 0;
    }

    @Override
    public int addReading(List<Slice> slices, int room) {
        Sequence own = Objects.requireNonNull(sequence);
        int first = own.fed();
        int count = Math.min(room, ids.length - first);
        if (count <= 0) {
            return 0;
        }
        slices.add(new Slice(own, first, count, first, (logits, from, position) -> rows.row(position, logits, from)));
        return count;
    }

    @Override
    public boolean endStep(PrefixCache cache) {
        boolean over = Objects.requireNonNull(sequence).fed() == ids.length;
        if (over) {
            result.complete(true);
        }
        return over;
    }

    @Override
    public void fail(Throwable why) {
        result.completeExceptionally(why);
    }
}
