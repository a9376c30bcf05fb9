package assay.engine.infer;

import assay.core.program.Shape;
import assay.engine.fast.Attention;
import java.util.ArrayList;
import java.util.List;

/** Where the rows of a step belong: one row a position, slice after slice. */
final class StepRows {
    /** Where a row belongs. */
    record Place(Slice slice, int position) {}

    /** A run of attention's units of one slice whose first row is {@code row}. */
    record Part(Slice slice, int row, int from, int to) {}

    /** Rows of one slice whose logits stand from row {@code at} on. */
    record Run(int[] logits, int at, List<Integer> rows) {}

    private final Shape shape;
    private final int workers;
    private final List<Place> places = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private List<Slice> slices = List.of();

    StepRows(Shape shape, int workers) {
        this.shape = shape;
        this.workers = workers;
    }

    /** Starts over with these slices; makes room for their K and V. */
    void begin(List<Slice> work) {
        slices = work;
        places.clear();
        parts.clear();
        for (Slice s : slices) {
            int row = places.size();
            s.sequence().keysValues().reserve(s.first(), s.first() + s.count());
            for (int i = 0; i < s.count(); i++) {
                places.add(new Place(s, s.first() + i));
            }
            int units = Attention.units(shape.heads(), s.count());
            int size = slices.size() == 1 && s.count() == 1
                    ? (units + workers - 1) / workers
                    : Math.max(shape.heads() / shape.kvHeads() * 8, 4);
            for (int from = 0; from < units; from += size) {
                parts.add(new Part(s, row, from, Math.min(units, from + size)));
            }
        }
    }

    List<Slice> slices() {
        return slices;
    }

    /** How attention is shared among workers. */
    List<Part> parts() {
        return parts;
    }

    int count() {
        return places.size();
    }

    Place place(int row) {
        return places.get(row);
    }

    /** The first row of a slice of this step. */
    int first(Slice slice) {
        int row = 0;
        for (Slice s : slices) {
            if (s.equals(slice)) {
                return row;
            }
            row += s.count();
        }
        throw new AssertionError("a slice of this step");
    }

    /** The rows whose logits are wanted. */
    List<Integer> wanted() {
        List<Integer> wanted = new ArrayList<>();
        for (int t = 0; t < places.size(); t++) {
            if (places.get(t).position >= places.get(t).slice.logitsFrom()) {
                wanted.add(t);
            }
        }
        return wanted;
    }

    /** These rows, slice by slice; the logits of the first of all stand at row 0. */
    List<Run> runs(List<Integer> rows, int[] logits) {
        List<Run> runs = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= rows.size(); i++) {
            if (i == rows.size() || !places.get(rows.get(i)).slice.equals(places.get(rows.get(from)).slice)) {
                runs.add(new Run(logits, from, rows.subList(from, i)));
                from = i;
            }
        }
        return runs;
    }
}
