package assay.bench;

import java.io.IOException;
import java.util.List;

/** A program that generates from the model under test; each method runs it once and gives seconds. */
interface Contender {
    /** Its name in the table. */
    String name();

    /** Seconds of {@code count} greedy steps after a prompt, from its first answered id on. */
    double decode(int[] prompt, int count) throws IOException;

    /** Seconds from an empty context to the logits of the prompt's last id. */
    double prefill(int[] prompt) throws IOException;

    /** Seconds in which all prompts get {@code count} more ids each, sent at once. */
    double many(List<int[]> prompts, int count) throws IOException;
}
