package assay.node.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * The node's figures, written as Prometheus text (exposition format 0.0.4).
 *
 * <p>Thread-safe; counting takes no lock. Label values must come from small fixed sets, never from a
 * request.
 */
public final class Metrics {
    private final List<Family> families = new CopyOnWriteArrayList<>();

    /** A metric with its help, its type and its lines. */
    private interface Family {
        void write(StringBuilder out);
    }

    /** Adds a counter; its name ends in {@code _total}. */
    public Counter counter(String name, String help, String... labels) {
        Counter counter = new Counter(name, help, List.of(labels));
        families.add(counter);
        return counter;
    }

    /** Adds a gauge that is read whenever the text is written. */
    public void gauge(String name, String help, DoubleSupplier value) {
        families.add(out -> {
            head(out, name, help, "gauge");
            line(out, name, "", value.getAsDouble());
        });
    }

    /** Adds a histogram with these upper bounds, ascending; infinity is added. */
    public Histogram histogram(String name, String help, double[] bounds, String... labels) {
        Histogram histogram = new Histogram(name, help, bounds.clone(), List.of(labels));
        families.add(histogram);
        return histogram;
    }

    /** All figures now. */
    public String text() {
        StringBuilder out = new StringBuilder(4096);
        families.forEach(f -> f.write(out));
        return out.toString();
    }

    /** A sum that only grows, per combination of label values. */
    public static final class Counter implements Family {
        private final String name;
        private final String help;
        private final List<String> labels;
        private final Map<String, LongAdder> sums = new ConcurrentSkipListMap<>();

        private Counter(String name, String help, List<String> labels) {
            this.name = name;
            this.help = help;
            this.labels = labels;
        }

        /** Adds {@code amount}, at least 0. */
        public void add(long amount, String... values) {
            sums.computeIfAbsent(labelled(labels, values), k -> new LongAdder()).add(amount);
        }

        @Override
        public void write(StringBuilder out) {
            head(out, name, help, "counter");
            if (labels.isEmpty() && sums.isEmpty()) {
                line(out, name, "", 0);
            }
            sums.forEach((label, sum) -> line(out, name, braced(label), sum.sum()));
        }
    }

    /** Counts of observations up to each bound, and their sum. */
    public static final class Histogram implements Family {
        private final String name;
        private final String help;
        private final double[] bounds;
        private final List<String> labels;
        private final Map<String, Cells> cells = new ConcurrentSkipListMap<>();

        private record Cells(AtomicLongArray counts, DoubleAdder sum) {}

        private Histogram(String name, String help, double[] bounds, List<String> labels) {
            this.name = name;
            this.help = help;
            this.bounds = bounds;
            this.labels = labels;
        }

        /** Counts one observation. */
        public void observe(double value, String... values) {
            Cells c = cells.computeIfAbsent(
                    labelled(labels, values),
                    k -> new Cells(new AtomicLongArray(bounds.length + 1), new DoubleAdder()));
            int i = 0;
            while (i < bounds.length && value > bounds[i]) {
                i++;
            }
            c.counts.incrementAndGet(i);
            c.sum.add(value);
        }

        @Override
        public void write(StringBuilder out) {
            head(out, name, help, "histogram");
            cells.forEach((label, c) -> {
                String comma = label.isEmpty() ? "" : ",";
                long total = 0;
                for (int i = 0; i <= bounds.length; i++) {
                    total += c.counts.get(i);
                    String bound = i == bounds.length ? "+Inf" : number(bounds[i]);
                    line(out, name + "_bucket", braced(label + comma + "le=\"" + bound + "\""), total);
                }
                line(out, name + "_sum", braced(label), c.sum.sum());
                line(out, name + "_count", braced(label), total);
            });
        }
    }

    private static void head(StringBuilder out, String name, String help, String type) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder out, String name, String label, double value) {
        out.append(name).append(label).append(' ').append(number(value)).append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String braced(String label) {
        return label.isEmpty() ? "" : "{" + label + "}";
    }

    private static String labelled(List<String> names, String... values) {
        if (names.size() != values.length) {
            throw new IllegalArgumentException("expected values of " + names + ", got " + values.length);
        }
        if (names.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            String escaped =
                    values[i].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            out.append(i == 0 ? "" : ",")
                    .append(names.get(i))
                    .append("=\"")
                    .append(escaped)
                    .append('"');
        }
        return out.toString();
    }
}
