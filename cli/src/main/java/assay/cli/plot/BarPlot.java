package assay.cli.plot;

import java.util.List;

/**
 * Horizontal bars from zero, each with the interval of its figure and a text at the right, on a scale that is linear near
 * zero and logarithmic on both sides of it, so that a loss of millionths and one of tens are both seen.
 *
 * @param title above it
 * @param axis below it
 * @param unit where the scale turns from linear to logarithmic, a power of ten
 * @param bars from top to bottom
 */
public record BarPlot(String title, String axis, double unit, List<Bar> bars) {
    /** One bar: value and half width of its interval, a name at the left and a note at the right. */
    public record Bar(String name, double value, double half, String note) {
        double low() {
            return value - half;
        }

        double high() {
            return value + half;
        }
    }

    private static final int ROW = 22;
    private static final int LEFT = 160;
    private static final int RIGHT = 200;
    private static final String INK = "#222222";

    /** Copies the list; refuses a plot of nothing. */
    public BarPlot {
        bars = List.copyOf(bars);
        if (bars.isEmpty() || !(unit > 0)) {
            throw new IllegalArgumentException("a plot of nothing");
        }
    }

    /** The plot in a picture of this width, as high as it needs. */
    public String document(int width) {
        int height = 46 + ROW * bars.size() + 44;
        Svg svg = new Svg(width, height);
        double bottom = height - 44;
        double low = bars.stream().mapToDouble(b -> scaled(b.low())).min().orElseThrow();
        double high = bars.stream().mapToDouble(b -> scaled(b.high())).max().orElseThrow();
        Axis x = new Axis(Math.min(low, -1) - 0.2, Math.max(high, 1) + 0.2, LEFT, width - RIGHT, false);
        svg.text(12, 20, 15, Svg.Anchor.START, INK, title);
        svg.text((LEFT + width - RIGHT) / 2.0, height - 10, 12, Svg.Anchor.MIDDLE, "#555555", axis);
        for (int power = 0; Math.pow(10, power) * unit < 1e12; power++) {
            double tick = Math.pow(10, power) * unit;
            tick(svg, x, -tick, bottom);
            tick(svg, x, tick, bottom);
        }
        tick(svg, x, 0, bottom);
        for (int i = 0; i < bars.size(); i++) {
            draw(svg, bars.get(i), x, 36 + ROW * i, width);
        }
        svg.line(x.at(0), 36, x.at(0), bottom, INK, 1);
        return svg.document();
    }

    private void tick(Svg svg, Axis x, double value, double bottom) {
        double at = scaled(value);
        if (at >= x.low() && at <= x.high()) {
            svg.line(x.at(at), 36, x.at(at), bottom, "#dddddd", 1);
            svg.text(x.at(at), bottom + 16, 11, Svg.Anchor.MIDDLE, INK, Axis.label(value));
        }
    }

    private void draw(Svg svg, Bar b, Axis x, double top, int width) {
        String colour = b.high() <= 0 ? Svg.COLOURS[0] : Svg.COLOURS[1];
        double middle = top + ROW / 2.0;
        double end = x.at(scaled(b.value()));
        svg.box(Math.min(end, x.at(0)), middle - 6, Math.abs(end - x.at(0)), 12, colour);
        svg.line(x.at(scaled(b.low())), middle, x.at(scaled(b.high())), middle, INK, 1.5);
        svg.text(LEFT - 8, middle + 4, 12, Svg.Anchor.END, INK, b.name());
        svg.text(width - 12, middle + 4, 11, Svg.Anchor.END, "#555555", b.note());
    }

    /** ± log10(1 + 9·|v| / unit): 0 at 0, 1 at the unit, about one more for each power of ten. */
    private double scaled(double value) {
        return Math.signum(value) * Math.log10(1 + 9 * Math.abs(value) / unit);
    }
}
