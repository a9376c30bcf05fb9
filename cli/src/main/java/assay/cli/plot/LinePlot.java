package assay.cli.plot;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Lines over a common axis, each point with the half width of its interval.
 *
 * @param title above it
 * @param xLabel below it
 * @param yLabel at its upper left
 * @param series the lines
 * @param xLog whether x is logarithmic
 * @param yLog whether y is logarithmic; if not, a line marks 0
 */
public record LinePlot(String title, String xLabel, String yLabel, List<Series> series, boolean xLog, boolean yLog) {
    /** A named line; {@code half} is 0 where there is no interval. */
    public record Series(String name, double[] x, double[] y, double[] half) {}

    /** More names stand beside the plot, where they hide nothing. */
    private static final int NAMES_INSIDE = 4;

    private static final double NAMES_WIDTH = 230;
    private static final String INK = "#222222";
    private static final String FAINT = "#dddddd";

    /** Copies the list; refuses a plot of nothing. */
    public LinePlot {
        series = List.copyOf(series);
        if (series.isEmpty()) {
            throw new IllegalArgumentException("a plot of nothing");
        }
    }

    /** The plot alone in a picture of this size. */
    public String document(int width, int height) {
        Svg svg = new Svg(width, height);
        draw(svg, 0, 0, width, height);
        return svg.document();
    }

    /** Draws it into a part of a picture. */
    public void draw(Svg svg, double left, double top, double width, double height) {
        double x0 = left + 56;
        boolean beside = series.size() > NAMES_INSIDE;
        double x1 = left + width - (beside ? NAMES_WIDTH : 16);
        double y0 = top + height - 46;
        double y1 = top + 44;
        Axis x = Axis.over(all(Series::x), x0, x1, xLog);
        Axis y = Axis.over(yValues(), y0, y1, yLog);
        svg.text(left + 12, top + 18, 14, Svg.Anchor.START, INK, title);
        svg.text(left + 12, top + 34, 11, Svg.Anchor.START, "#555555", yLabel);
        svg.text((x0 + x1) / 2, top + height - 10, 11, Svg.Anchor.MIDDLE, "#555555", xLabel);
        for (double tick : y.ticks(5)) {
            svg.line(x0, y.at(tick), x1, y.at(tick), FAINT, 1);
            svg.text(x0 - 6, y.at(tick) + 4, 11, Svg.Anchor.END, INK, Axis.label(tick));
        }
        for (double tick : x.ticks(6)) {
            svg.line(x.at(tick), y0, x.at(tick), y0 + 4, INK, 1);
            svg.text(x.at(tick), y0 + 17, 11, Svg.Anchor.MIDDLE, INK, Axis.label(tick));
        }
        if (!yLog && y.low() < 0 && y.high() > 0) {
            svg.line(x0, y.at(0), x1, y.at(0), INK, 1);
        }
        svg.line(x0, y0, x1, y0, INK, 1);
        for (int i = 0; i < series.size(); i++) {
            draw(svg, series.get(i), x, y, Svg.COLOURS[i % Svg.COLOURS.length]);
            if (series.size() > 1) {
                svg.text(
                        beside ? x1 + 12 : x0 + 8,
                        y1 + 12 + (beside ? 18 : 14) * i,
                        11,
                        Svg.Anchor.START,
                        Svg.COLOURS[i % Svg.COLOURS.length],
                        series.get(i).name());
            }
        }
    }

    private static void draw(Svg svg, Series s, Axis x, Axis y, String colour) {
        for (int i = 0; i < s.x().length; i++) {
            double px = x.at(s.x()[i]);
            if (i > 0) {
                svg.line(x.at(s.x()[i - 1]), y.at(s.y()[i - 1]), px, y.at(s.y()[i]), colour, 2);
            }
            if (s.half()[i] > 0) {
                svg.line(px, y.at(s.y()[i] - s.half()[i]), px, y.at(s.y()[i] + s.half()[i]), colour, 1);
            }
            svg.dot(px, y.at(s.y()[i]), 3, colour);
        }
    }

    private double[] all(Function<Series, double[]> what) {
        return series.stream().map(what).flatMapToDouble(Arrays::stream).toArray();
    }

    private double[] yValues() {
        Stream<Double> ends = series.stream().flatMap(s -> IntStream.range(0, s.y().length)
                .boxed()
                .flatMap(i -> Stream.of(s.y()[i] - s.half()[i], s.y()[i] + s.half()[i])));
        Stream<Double> zero = yLog ? Stream.empty() : Stream.of(0.0);
        return Stream.concat(ends, zero).mapToDouble(v -> v).toArray();
    }
}
