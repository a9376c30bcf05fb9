package assay.bench.crash;

import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.verify.ModelText;
import assay.engine.infer.Model;
import assay.node.Node;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Asks an honest node for answers of all kinds, many at a time, and counts false alarms: receipts that an audit
 * or a verifier refuses. There must be none.
 *
 * <p>{@code HonestRun MODEL.gguf [REQUESTS [CLIENTS [SEED]]]}; 200 requests of 4 clients without more words.
 */
public final class HonestRun {
    private static final int TOKENS_MAX = 48;
    private static final int CLIENTS = 4;

    private HonestRun() {}

    /**
     * Runs, and prints what came of it.
     *
     * @param file a GGUF file
     * @return whether every answer was confirmed
     */
    public static boolean run(Path file, int requests, long seed, PrintStream out)
            throws IOException, MalformedException, InterruptedException {
        Path dir = Files.createTempDirectory("assay-honest");
        out.println(
                "seed " + seed + ", " + Counted.of(requests, "request") + " of " + CLIENTS + " clients, home " + dir);
        long start = System.nanoTime();
        Laws.Found found = run(new Subject(dir.resolve("home"), file, 2), requests, CLIENTS, TOKENS_MAX, seed);
        out.println(Counted.of(found.receipts(), "receipt") + ", " + found.aborted() + " of aborted answers, "
                + found.cached() + " with a reused prefix, "
                + Counted.of(found.faults().size(), "false alarm") + ", "
                + (System.nanoTime() - start) / 1_000_000_000 + " s");
        found.faults().forEach(out::println);
        return found.faults().isEmpty();
    }

    static Laws.Found run(Subject subject, int requests, int clients, int tokensMax, long seed)
            throws IOException, MalformedException, InterruptedException {
        Model model = Model.load(subject.file());
        try (Node node = subject.start(model)) {
            List<Client.Told> told = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int c = 0; c < clients; c++) {
                Client client = new Client(node.uri(), node.apiKey());
                Requests asked = new Requests(Subject.MODEL_NAME, tokensMax, seed + c);
                int share = requests / clients + (c < requests % clients ? 1 : 0);
                threads.add(Thread.ofPlatform().start(() -> ask(client, asked, share, told)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            settle(node);
            List<String> refused = new ArrayList<>();
            for (Client.Told t : told) {
                if (t.status() != 200) {
                    refused.add("status " + t.status() + ": " + t.error());
                }
            }
            Laws.Found found = Laws.check(node, ModelText.of(model.program()), List.copyOf(told));
            refused.addAll(found.faults());
            return new Laws.Found(found.receipts(), found.aborted(), found.cached(), refused);
        }
    }

    /** The receipts of aborted answers come after their clients have gone. */
    private static void settle(Node node) throws InterruptedException {
        long before = -1;
        while (node.book().size() != before || node.engine().running() > 0) {
            before = node.book().size();
            Thread.sleep(500);
        }
    }

    private static void ask(Client client, Requests asked, int count, List<Client.Told> told) {
        try {
            for (int i = 0; i < count; i++) {
                Json.Obj body = asked.next();
                Client.Told answer = client.ask(body, asked.nonce(), asked.chunksMax());
                told.add(answer);
                if (told.size() % 20 == 0) {
                    System.err.println("honest: " + Counted.of(told.size(), "request") + " answered");
                }
                asked.heard(answer.text());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
