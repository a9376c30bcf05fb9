package assay.core.text.template;

/** The escape filter (markupsafe). */
final class Html {
    private Html() {}

    /** Markup as it is; other text with {@code & < > ' "} escaped, as markup. */
    static Str escape(Str s, Meter meter) {
        if (s.isMarkup()) {
            return s;
        }
        meter.chars(s.chars());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < s.chars(); i++) {
            char c = s.text().charAt(i);
            if ((i & 1023) == 0) {
                meter.output(out.length());
            }
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '\'' -> out.append("&#39;");
                case '"' -> out.append("&#34;");
                default -> out.append(c);
            }
        }
        if (out.length() == s.chars()) {
            return s.asMarkup(true);
        }
        meter.string(out.length());
        return s.derived(out.toString()).asMarkup(true);
    }
}
