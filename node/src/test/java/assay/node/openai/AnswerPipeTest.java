package assay.node.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AnswerPipeTest {
    private final List<CancelReason> cancelled = new ArrayList<>();
    private final AnswerPipe pipe = new AnswerPipe(4, 1);

    private final ChatHandle handle = new ChatHandle() {
        @Override
        public ModelCard model() {
            return new ModelCard("m", 1, "o", Hash.sha256(), 16);
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public void cancel(CancelReason reason, List<Integer> tokensSent) {
            cancelled.add(reason);
        }
    };

    @Test
    void whoJoinsALongAnswerLateIsNoSlowReader() throws InterruptedException {
        deltas(10);
        pipe.attach(handle);
        deltas(4);
        assertEquals(List.of(), cancelled);
        for (int i = 0; i < 14; i++) {
            assertTrue(pipe.poll(0) instanceof AnswerPipe.Event.Grew);
        }
        assertFalse(pipe.overflowed());
    }

    @Test
    void whoReadsTooSlowlyIsCancelled() {
        pipe.attach(handle);
        deltas(4);
        assertFalse(pipe.overflowed());
        deltas(1);
        assertEquals(List.of(CancelReason.SLOW_READER), cancelled);
    }

    private void deltas(int count) {
        for (int i = 0; i < count; i++) {
            pipe.delta(new Delta(0, "x", i, List.of()));
        }
    }
}
