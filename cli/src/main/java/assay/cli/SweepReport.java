package assay.cli;

import assay.cli.plot.LinePlot;
import assay.cli.plot.Svg;
import assay.core.codec.Json;
import assay.ledger.simulate.Comparison;
import assay.ledger.simulate.Sweep;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** What a strategy gains while one number changes, for people, programs and pictures. */
record SweepReport(List<Point> points) {
    private static final int PANEL_WIDTH = 430;
    private static final int PANEL_HEIGHT = 250;

    /** One number and what came of it. */
    record Point(Sweep sweep, long value, Comparison comparison) {
        double x() {
            return value / (double) sweep.scale();
        }
    }

    void print(PrintStream out) {
        for (Sweep sweep : Sweep.values()) {
            out.printf("%s, %s%n", of(sweep).getFirst().comparison().strategy().name(), sweep.label());
            for (Point p : of(sweep)) {
                Comparison c = p.comparison();
                out.printf(
                        Locale.ROOT,
                        "  %8s  gained %12s ± %-10s caught in %3d of %3d %s%n",
                        number(p.x()),
                        SimulateReport.units(c.gained().mean()),
                        SimulateReport.units(c.gained().half()),
                        c.fraud().runsCaught(),
                        c.fraud().runs(),
                        c.gained().high() <= 0
                                ? ""
                                : c.gained().low() > 0 ? "← out-earns its twin" : "← may out-earn it");
            }
        }
    }

    String csv() {
        StringBuilder csv = new StringBuilder(
                "sweep,value,strategy,profit,twin,gained,half_width_95,runs_with_fraud,runs_caught\n");
        for (Point p : points) {
            Comparison c = p.comparison();
            csv.append(String.join(
                            ",",
                            List.of(
                                    p.sweep().name().toLowerCase(Locale.ROOT),
                                    number(p.x()),
                                    c.strategy().name(),
                                    SimulateReport.units(c.cheat().mean()),
                                    SimulateReport.units(c.twin().mean()),
                                    SimulateReport.units(c.gained().mean()),
                                    SimulateReport.units(c.gained().half()),
                                    Integer.toString(c.fraud().runs()),
                                    Integer.toString(c.fraud().runsCaught()))))
                    .append('\n');
        }
        return csv.toString();
    }

    /** One panel for each number, two in a row. */
    String svg() {
        int rows = (Sweep.values().length + 1) / 2;
        Svg svg = new Svg(2 * PANEL_WIDTH, rows * PANEL_HEIGHT);
        for (Sweep sweep : Sweep.values()) {
            int place = sweep.ordinal();
            List<Point> mine = of(sweep);
            LinePlot.Series series = new LinePlot.Series(
                    "gained",
                    mine.stream().mapToDouble(Point::x).toArray(),
                    mine.stream()
                            .mapToDouble(p -> p.comparison().gained().mean() / 1e9)
                            .toArray(),
                    mine.stream()
                            .mapToDouble(p -> p.comparison().gained().half() / 1e9)
                            .toArray());
            String title = mine.getFirst().comparison().strategy().name();
            new LinePlot(
                            title,
                            sweep.label(),
                            "gained over the honest twin, units a run",
                            List.of(series),
                            false,
                            false)
                    .draw(svg, place % 2 * PANEL_WIDTH, place / 2 * PANEL_HEIGHT, PANEL_WIDTH, PANEL_HEIGHT);
        }
        return svg.document();
    }

    Json json() {
        return Json.of(points.stream()
                .map(p -> Json.object()
                        .put("sweep", Json.of(p.sweep().name().toLowerCase(Locale.ROOT)))
                        .put("value", Json.of(number(p.x())))
                        .put("result", SimulateReport.json(p.comparison()))
                        .build())
                .toList());
    }

    private List<Point> of(Sweep sweep) {
        return points.stream().filter(p -> p.sweep() == sweep).toList();
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
