package assay.cli.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * Horizontal bars from zero, each with the interval of its figure and a text at the right.
 *
 * @param title above it
 * @param axis below it
 * @param bars from top to bottom
 */
public record BarPlot(String title, String axis, List<Bar> bars) {
    /** One bar: value and half width of its interval, a name at the left and a note at the right. */
    public record Bar(String name, double value, double half, String note) {}

    private static final int ROW = 22;
    private static final String INK = "#222222";

    /** Copies the list; refuses a plot of nothing. */
    public BarPlot {
        bars = List.copyOf(bars);
        if (bars.isEmpty()) {
            throw new IllegalArgumentException("a plot of nothing");
        }
    }

    /** The plot in a picture of this width, as high as it needs. */
    public String document(int width) {
        int height = 46 + ROW * bars.size() + 44;
        Svg svg = new Svg(width, height);
        double bottom = height - 44;
        List<Double> ends = new ArrayList<>(List.of(0.0));
        for (Bar b : bars) {
            ends.add(b.value() - b.half());
            ends.add(b.value() + b.half());
        }
        Axis x = Axis.over(ends.stream().mapToDouble(v -> v).toArray(), 160, width - 190, false);
        svg.text(12, 20, 15, Svg.Anchor.START, INK, title);
        svg.text((160 + width - 190) / 2.0, height - 10, 12, Svg.Anchor.MIDDLE, "#555555", axis);
        for (double tick : x.ticks(6)) {
            svg.line(x.at(tick), 36, x.at(tick), bottom, "#dddddd", 1);
            svg.text(x.at(tick), bottom + 16, 11, Svg.Anchor.MIDDLE, INK, Axis.label(tick));
        }
        for (int i = 0; i < bars.size(); i++) {
            draw(svg, bars.get(i), x, 36 + ROW * i, width);
        }
        svg.line(x.at(0), 36, x.at(0), bottom, INK, 1);
        return svg.document();
    }

    private static void draw(Svg svg, Bar b, Axis x, double top, int width) {
        String colour = b.value() + b.half() <= 0 ? Svg.COLOURS[0] : Svg.COLOURS[1];
        double middle = top + ROW / 2.0;
        double end = x.at(b.value());
        svg.box(Math.min(end, x.at(0)), middle - 6, Math.abs(end - x.at(0)), 12, colour);
        svg.line(x.at(b.value() - b.half()), middle, x.at(b.value() + b.half()), middle, INK, 1.5);
        svg.text(152, middle + 4, 12, Svg.Anchor.END, INK, b.name());
        svg.text(width - 12, middle + 4, 11, Svg.Anchor.END, "#555555", b.note());
    }
}
