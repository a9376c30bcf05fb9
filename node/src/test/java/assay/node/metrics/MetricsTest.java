package assay.node.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MetricsTest {
    /** Expected text written by hand from the exposition format, version 0.0.4. */
    @Test
    void theTextIsThatOfPrometheus() {
        Metrics metrics = new Metrics();
        Metrics.Counter words = metrics.counter("a:words_total", "Words.", "lang");
        metrics.counter("plain_total", "Plain.");
        metrics.gauge("depth", "Depth.", () -> 2.5);
        Metrics.Histogram wait = metrics.histogram("wait_seconds", "Wait.", new double[] {0.5, 1}, "q");
        words.add(2, "fr");
        words.add(1, "de");
        words.add(3, "fr");
        words.add(1, "a\"b\\c\nd");
        wait.observe(0.5, "x");
        wait.observe(0.75, "x");
        wait.observe(4, "x");
        assertEquals(
                """
                # HELP a:words_total Words.
                # TYPE a:words_total counter
                a:words_total{lang="a\\"b\\\\c\\nd"} 1
                a:words_total{lang="de"} 1
                a:words_total{lang="fr"} 5
                # HELP plain_total Plain.
                # TYPE plain_total counter
                plain_total 0
                # HELP depth Depth.
                # TYPE depth gauge
                depth 2.5
                # HELP wait_seconds Wait.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{q="x",le="0.5"} 1
                wait_seconds_bucket{q="x",le="1"} 2
                wait_seconds_bucket{q="x",le="+Inf"} 3
                wait_seconds_sum{q="x"} 5.25
                wait_seconds_count{q="x"} 3
                """,
                metrics.text());
    }

    @Test
    void labelsThatDoNotMatchAreRefused() {
        Metrics.Counter words = new Metrics().counter("words_total", "Words.", "lang");
        assertThrows(IllegalArgumentException.class, () -> words.add(1));
        assertThrows(IllegalArgumentException.class, () -> words.add(1, "a", "b"));
    }
}
