package assay.bench.crash;

import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.log.Checkpoint;
import assay.core.verify.ModelText;
import assay.engine.infer.Model;
import assay.node.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Kills a node under load with SIGKILL at random moments, again and again on the same home, and then holds it to
 * its promises: no acknowledged receipt or payment lost, log and ledger consistent, one payment for one answer,
 * every receipt confirmed, unfinished streams receipted for what the journal says.
 *
 * <p>Each round is a process of its own.
 */
public final class CrashRun {
    private static final int CLIENTS = 4;
    private static final int TOKENS_MAX = 60;
    private static final int RECEIPTS_MAX = 8;
    private static final int LIFE_MAX_MILLIS = 400;
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final Path dir;
    private final SplittableRandom random;
    private final List<Client.Told> told = Collections.synchronizedList(new ArrayList<>());
    private final TreeMap<Long, String> checkpoints = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    private CrashRun(Path dir, long seed) {
        this.dir = dir;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Runs, and prints what came of it.
     *
     * @param rounds kills
     * @return whether every law held
     */
    public static boolean run(int rounds, long seed, PrintStream out)
            throws IOException, MalformedException, InterruptedException {
        Path dir = Files.createTempDirectory("assay-crash");
        out.println("seed " + seed + ", " + Counted.of(rounds, "round") + ", folder " + dir);
        CrashRun run = new CrashRun(dir, seed);
        for (int round = 1; round <= rounds; round++) {
            run.round(round);
            out.println("round " + round + ": " + Counted.of(run.told.size(), "request") + ", "
                    + Counted.of(run.acknowledged(), "receipt") + " so far");
        }
        Laws.Found found = run.check();
        long acknowledged = run.acknowledged();
        out.println(Counted.of(rounds, "kill") + ", " + Counted.of(run.told.size(), "request") + ", "
                + Counted.of(acknowledged, "receipt") + " acknowledged, " + found.receipts() + " in the log, "
                + found.aborted() + " of aborted answers, "
                + Counted.of(found.faults().size(), "broken law"));
        found.faults().forEach(out::println);
        return found.faults().isEmpty();
    }

    private void round(int round) throws IOException, MalformedException, InterruptedException {
        Process child = start();
        try {
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
            String ready = out.readLine();
            while (ready != null && !ready.startsWith(Child.READY)) {
                ready = out.readLine();
            }
            if (ready == null) {
                throw new IOException("round " + round + ": the node did not start, exit " + child.waitFor());
            }
            String[] words = ready.split(" ", -1);
            load(new Client(URI.create(words[1]), words[2]), child);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private Process start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        dir.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void load(Client client, Process child) throws IOException, MalformedException, InterruptedException {
        client.get("/assay/checkpoint").ifPresent(this::remember);
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            Requests requests = new Requests(Subject.MODEL_NAME, TOKENS_MAX, random.nextLong());
            threads.add(Thread.ofPlatform().start(() -> ask(client, requests, child)));
        }
        waitForReceipts(acknowledged() + random.nextInt(RECEIPTS_MAX + 1));
        Thread.sleep(random.nextInt(LIFE_MAX_MILLIS));
        child.destroyForcibly().waitFor();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** A machine that is slow or busy must not make the run an empty one. */
    private void waitForReceipts(long wanted) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (acknowledged() < wanted && System.nanoTime() < end) {
            Thread.sleep(1);
        }
    }

    private long acknowledged() {
        synchronized (told) {
            return told.stream().filter(t -> t.receipt().isPresent()).count();
        }
    }

    private void ask(Client client, Requests requests, Process child) {
        try {
            while (child.isAlive()) {
                Json.Obj body = requests.next();
                Client.Told answer = client.ask(body, requests.nonce(), requests.chunksMax());
                told.add(answer);
                requests.heard(answer.text());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A signed checkpoint that was seen must stay a prefix of the log: line 2 is its size, line 3 its root. */
    private void remember(String note) {
        String[] lines = note.split("\n", -1);
        String before = checkpoints.put(Long.parseLong(lines[1]), lines[2]);
        if (before != null && !before.equals(lines[2])) {
            faults.add("two checkpoints of size " + lines[1]);
        }
    }

    private Laws.Found check() throws IOException, MalformedException, InterruptedException {
        Subject subject = Subject.tiny(dir);
        Model model = Model.load(subject.file());
        try (Node node = subject.start(model)) {
            Laws.Found found = Laws.check(node, ModelText.of(model.program()), List.copyOf(told));
            faults.addAll(found.faults());
            if (acknowledged() == 0) {
                faults.add("no receipt was acknowledged in the whole run: it shows nothing");
            }
            checkpoints.forEach((size, root) -> {
                if (size > node.book().size() || !root.equals(line3(node.book().checkpoint(size)))) {
                    faults.add("the log does not continue its checkpoint of size " + size);
                }
            });
            return new Laws.Found(found.receipts(), found.aborted(), found.cached(), faults);
        }
    }

    private static String line3(Checkpoint checkpoint) {
        return java.util.Base64.getEncoder().encodeToString(checkpoint.root().bytes());
    }
}
