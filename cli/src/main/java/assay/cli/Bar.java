package assay.cli;

import assay.engine.store.Progress;
import assay.engine.store.Sizes;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Progress for a person: on a terminal one line that moves, with speed and time left; elsewhere one
 * line when a piece of work begins and one when it ends.
 */
public final class Bar implements Progress {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final long SETTLED_NANOS = 800_000_000;
    private static final long SPEED_WINDOW_NANOS = 3_000_000_000L;

    private final Screen screen;
    private final LongSupplier nanos;
    private String what = "";
    private long total;
    private long done;
    private long began;
    private long already;
    private long drawn;
    private long windowBegan;
    private long windowDone;
    private double speed;

    /** A bar on the screen's {@code err}. */
    public Bar(Screen screen) {
        this(screen, System::nanoTime);
    }

    Bar(Screen screen, LongSupplier nanos) {
        this.screen = screen;
        this.nanos = nanos;
    }

    @Override
    public void start(String what, long totalBytes, long alreadyBytes) {
        this.what = what;
        total = totalBytes;
        done = alreadyBytes;
        already = alreadyBytes;
        began = nanos.getAsLong();
        windowBegan = began;
        windowDone = done;
        drawn = began;
        speed = 0;
        if (screen.errIsTerminal()) {
            draw();
        } else {
            screen.err()
                    .println(what
                            + (total < 0 ? "" : ", " + Sizes.text(total))
                            + (already > 0 ? ", going on from " + Sizes.text(already) : ""));
        }
    }

    @Override
    public void at(long doneBytes) {
        done = doneBytes;
        long now = nanos.getAsLong();
        if (screen.errIsTerminal() && now - drawn >= REDRAW_NANOS) {
            drawn = now;
            measure(now);
            draw();
        }
    }

    /** Speed over the last seconds: a moving figure, so that a stall shows. */
    private void measure(long now) {
        long window = now - windowBegan;
        if (window <= 0) {
            return;
        }
        double fresh = (done - windowDone) * 1e9 / window;
        speed = speed == 0 ? fresh : 0.7 * speed + 0.3 * fresh;
        if (window > SPEED_WINDOW_NANOS) {
            windowBegan = now;
            windowDone = done;
        }
    }

    @Override
    public void finish() {
        double seconds = (nanos.getAsLong() - began) / 1e9;
        boolean whole = total < 0 || done >= total;
        String line = what + ": " + Sizes.text(done)
                + (whole
                        ? String.format(Locale.ROOT, " in %.1f s", seconds)
                        : " of " + Sizes.text(total) + ", stopped");
        if (screen.errIsTerminal()) {
            screen.err().print("\r\u001b[K");
            screen.err().println(line);
        } else if (!whole) {
            screen.err().println(line);
        }
        screen.err().flush();
    }

    @Override
    public void note(String sentence) {
        if (screen.errIsTerminal()) {
            screen.err().print("\r\u001b[K");
        }
        screen.err().println(sentence);
    }

    private void draw() {
        screen.err().print("\r" + line() + "\u001b[K");
        screen.err().flush();
    }

    /** For example {@code downloading x  43% ████▌      40.2/92.9 MB  9.1 MB/s  6 s left}. */
    String line() {
        String tail = tail();
        int room = screen.columns() - 1 - tail.length();
        String head = what.length() > Math.max(10, room - 17) ? what.substring(0, Math.max(10, room - 18)) + "…" : what;
        if (total <= 0) {
            return head + "  " + tail;
        }
        String percent = String.format(Locale.ROOT, " %3d%% ", done * 100 / total);
        int width = Math.min(30, room - head.length() - percent.length() - 2);
        return head + percent + (width < 5 ? "" : blocks(width)) + " " + tail;
    }

    private String tail() {
        StringBuilder out = new StringBuilder(Sizes.text(done));
        if (total > 0) {
            out.append(" of ").append(Sizes.text(total));
        }
        if (speed > 0 && drawn - began >= SETTLED_NANOS) {
            out.append("  ").append(Sizes.text((long) speed)).append("/s");
            if (total > 0) {
                out.append("  ")
                        .append(duration((long) Math.ceil((total - done) / speed)))
                        .append(" left");
            }
        }
        return out.toString();
    }

    private String blocks(int width) {
        int eighths = (int) (done * 8 * width / total);
        String part = eighths % 8 == 0 ? "" : String.valueOf((char) ('\u2590' - eighths % 8));
        String full = "█".repeat(eighths / 8) + part;
        return full + "·".repeat(width - full.length());
    }

    /** For example {@code 6 s}, {@code 2 min 05 s}, {@code 1 h 10 min}. */
    static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
    }
}
