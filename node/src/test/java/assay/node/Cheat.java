package assay.node;

import assay.core.base.Hash;
import assay.core.kernel.Sampling;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.engine.infer.Engine;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;

/** What a node does differently from an honest one; a fresh one does nothing differently. */
final class Cheat {
    Optional<Engine> engine = Optional.empty();
    Optional<Engine> traceEngine = Optional.empty();
    UnaryOperator<int[]> fed = ids -> ids;
    UnaryOperator<int[]> told = ids -> ids;
    UnaryOperator<Sampling> sampling = s -> s;
    LongUnaryOperator seed = s -> s;
    UnaryOperator<int[]> answer = ids -> ids;
    UnaryOperator<List<Transcript.Choice>> choices = c -> c;
    UnaryOperator<Receipt> receipt = r -> r;
    UnaryOperator<Hash> traces = root -> root;

    static Cheat none() {
        return new Cheat();
    }

    Cheat engine(Engine other) {
        engine = Optional.of(other);
        return this;
    }

    Cheat traceEngine(Engine other) {
        traceEngine = Optional.of(other);
        return this;
    }

    Cheat fed(UnaryOperator<int[]> change) {
        fed = change;
        return this;
    }

    Cheat told(UnaryOperator<int[]> change) {
        told = change;
        return this;
    }

    Cheat sampling(UnaryOperator<Sampling> change) {
        sampling = change;
        return this;
    }

    Cheat seed(LongUnaryOperator change) {
        seed = change;
        return this;
    }

    Cheat answer(UnaryOperator<int[]> change) {
        answer = change;
        return this;
    }

    Cheat choices(UnaryOperator<List<Transcript.Choice>> change) {
        choices = change;
        return this;
    }

    Cheat receipt(UnaryOperator<Receipt> change) {
        receipt = change;
        return this;
    }

    Cheat traces(UnaryOperator<Hash> change) {
        traces = change;
        return this;
    }
}
