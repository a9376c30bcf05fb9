package assay.node.pay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.node.http.ApiError;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** So many at once, and so many a second. */
final class TurnstileTest {
    private final AtomicLong now = new AtomicLong(1_000_000_000_000L);

    @Test
    void afterABurstTheyComeAtTheRate() throws Exception {
        Turnstile turnstile = new Turnstile(100, 100, 20, 5, now::get);
        assertEquals(20, admitted(turnstile, 50));
        assertEquals(0, admitted(turnstile, 50));
        for (int second = 0; second < 10; second++) {
            now.addAndGet(1_000_000_000L);
            assertEquals(5, admitted(turnstile, 50));
        }
        now.addAndGet(3_600_000_000_000L);
        assertEquals(20, admitted(turnstile, 50), "a quiet hour saves up no more than a burst");
    }

    @Test
    void whoIsRefusedIsToldWhenToReturn() throws Exception {
        Turnstile turnstile = new Turnstile(1, 1, 1, 1, now::get);
        turnstile.enter();
        turnstile.leave();
        ApiError e = assertThrows(ApiError.class, turnstile::enter);
        assertEquals(429, e.status());
        assertEquals("1", e.headers().get("Retry-After"));
    }

    @Test
    void aQueueThatIsFullRefuses() throws Exception {
        Turnstile turnstile = new Turnstile(1, 0, 1000, 1000, now::get);
        assertThrows(ApiError.class, turnstile::enter);
    }

    private static int admitted(Turnstile turnstile, int tries) throws InterruptedException {
        int in = 0;
        for (int i = 0; i < tries; i++) {
            try {
                turnstile.enter();
                turnstile.leave();
                in++;
            } catch (ApiError e) {
                continue;
            }
        }
        return in;
    }
}
