package assay.cli.plot;

import java.util.Locale;

/**
 * An SVG picture that grows element by element. White ground, so that it reads on any page; every number with at most
 * two digits after the point.
 */
public final class Svg {
    /** Colours for series, in order: told apart by people with the usual kinds of colour blindness (Okabe and Ito). */
    public static final String[] COLOURS = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444"
    };

    private static final String FONT = "font-family=\"system-ui,Segoe UI,Helvetica,Arial,sans-serif\"";

    private final StringBuilder body = new StringBuilder();
    private final int width;
    private final int height;

    /** An empty picture of this size in pixels. */
    public Svg(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** Where a text stands at its point. */
    public enum Anchor {
        /** Begins there. */
        START("start"),
        /** Is centred there. */
        MIDDLE("middle"),
        /** Ends there. */
        END("end");

        private final String word;

        Anchor(String word) {
            this.word = word;
        }
    }

    /** A straight line. */
    public void line(double x1, double y1, double x2, double y2, String colour, double thickness) {
        body.append("<line x1=\"").append(number(x1)).append("\" y1=\"").append(number(y1));
        body.append("\" x2=\"").append(number(x2)).append("\" y2=\"").append(number(y2));
        body.append("\" stroke=\"").append(colour).append("\" stroke-width=\"").append(number(thickness));
        body.append("\"/>\n");
    }

    /** A filled box. */
    public void box(double x, double y, double w, double h, String colour) {
        body.append("<rect x=\"").append(number(x)).append("\" y=\"").append(number(y));
        body.append("\" width=\"").append(number(w)).append("\" height=\"").append(number(h));
        body.append("\" fill=\"").append(colour).append("\"/>\n");
    }

    /** A filled dot. */
    public void dot(double x, double y, double radius, String colour) {
        body.append("<circle cx=\"").append(number(x)).append("\" cy=\"").append(number(y));
        body.append("\" r=\"")
                .append(number(radius))
                .append("\" fill=\"")
                .append(colour)
                .append("\"/>\n");
    }

    /** A text of this size in pixels, on its base line. */
    public void text(double x, double y, int size, Anchor anchor, String colour, String text) {
        body.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y));
        body.append("\" font-size=\"").append(size).append("\" text-anchor=\"").append(anchor.word);
        body.append("\" fill=\"").append(colour).append("\" ").append(FONT).append('>');
        body.append(escape(text)).append("</text>\n");
    }

    /** The whole file. */
    public String document() {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " + height + "\" width=\"" + width
                + "\" height=\"" + height + "\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" + body
                + "</svg>\n";
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
