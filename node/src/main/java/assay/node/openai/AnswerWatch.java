package assay.node.openai;

/** Measures one answer as its events go by; for one thread. */
final class AnswerWatch {
    private static final double NANO = 1e-9;

    private final ChatMetrics metrics;
    private final String model;
    private final long startNanos = System.nanoTime();
    private final int[] tokens;
    private long lastNanos;
    private boolean first = true;
    private boolean ended;

    AnswerWatch(ChatMetrics metrics, String model, int choices) {
        this.metrics = metrics;
        this.model = model;
        tokens = new int[choices];
    }

    void saw(AnswerPipe.Event event) {
        switch (event) {
            case AnswerPipe.Event.Started s -> {}
            case AnswerPipe.Event.Grew(Delta delta, long nanos) -> grew(delta, nanos);
            case AnswerPipe.Event.Finished f -> metrics.choiceFinished(model, f.reason());
            case AnswerPipe.Event.Done d -> {
                ended = true;
                metrics.done(model, d.usage(), (System.nanoTime() - startNanos) * NANO);
            }
            case AnswerPipe.Event.Failed f -> {
                ended = true;
                metrics.refused(f.error().code());
            }
        }
    }

    /** Whether the computing side has said its last word. */
    boolean ended() {
        return ended;
    }

    private void grew(Delta delta, long nanos) {
        int more = delta.tokens() - tokens[delta.choice()];
        tokens[delta.choice()] = delta.tokens();
        if (first) {
            first = false;
            metrics.firstToken(model, (nanos - startNanos) * NANO);
        } else if (more > 0 && tokens.length == 1) {
            metrics.nextToken(model, (nanos - lastNanos) * NANO / more);
        }
        lastNanos = nanos;
    }
}
