package assay.cli;

import assay.client.Answer;
import assay.client.Client;
import assay.client.Question;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.core.receipt.Statement;
import assay.core.verify.ReceiptFile;
import assay.engine.store.ModelStore;
import assay.engine.store.StoredModel;
import assay.ledger.crypto.Address;
import assay.ledger.state.Receipt;
import assay.node.Home;
import assay.node.audit.Docket;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Shows a dispute: a {@link TamperingNode} in a process of its own, and the command of a user who disagrees with it. */
final class DisputeDemo {
    private static final String QUESTION = "Why is the sky blue?";
    private static final String BOND = "20";
    private static final int ANSWER_TOKENS = 24;
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final long POLL_MILLIS = 100;

    private final Assay assay;
    private final Optional<String> model;
    private final int threads;

    DisputeDemo(Assay assay, Optional<String> model, OptionalInt threads) {
        this.assay = assay;
        this.model = model;
        this.threads = threads.orElse(1);
    }

    int run() throws IOException, InterruptedException, Mistake, MalformedException {
        StoredModel stored = assay.models().pull(model.orElse(ModelStore.DEFAULT_SOURCE), new Bar(assay.screen()));
        Path folder = Files.createTempDirectory("assay-dispute");
        Process node = start(folder, stored);
        try (BufferedReader said = node.inputReader(StandardCharsets.UTF_8)) {
            assay.screen().passing("a node that lies is starting in process " + node.pid() + "…");
            String changed = await(said, "changed ");
            URI uri = URI.create(await(said, "ready "));
            say("process " + node.pid() + " is a node that lies: of " + stored.name() + " it changed " + changed + ",");
            say("  and it signs that it runs the model as it was; it and a ledger are at " + uri);
            Path home = folder.resolve("network");
            Path receipt = ask(uri, home, folder);
            say("asked: " + QUESTION + "; its receipt is signed, valid by itself, and posted");
            say("now, in this process: assay dispute " + receipt + " --home " + home + " --bond " + BOND + " --anyway");
            List<String> command = new ArrayList<>(List.of(
                    "dispute",
                    receipt.toString(),
                    "--home",
                    home.toString(),
                    "--bond",
                    BOND,
                    "--anyway",
                    "--model",
                    stored.name(),
                    "--threads",
                    Integer.toString(threads)));
            if (assay.json()) {
                command.add("--json");
            }
            return Assay.run(assay.screen(), assay.environment(), command.toArray(String[]::new));
        } finally {
            node.destroy();
            node.waitFor();
            delete(folder);
        }
    }

    private void say(String line) {
        if (!assay.json()) {
            assay.screen().passing("");
            assay.screen().out().println(line);
        }
    }

    private Process start(Path folder, StoredModel stored) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx1g",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TamperingNode.class.getName(),
                        folder.toString(),
                        stored.file().toString(),
                        stored.name(),
                        Integer.toString(threads)))
                .redirectErrorStream(true)
                .start();
    }

    private static String await(BufferedReader said, String word) throws IOException, Mistake {
        List<String> heard = new ArrayList<>();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(word)) {
                return line.substring(word.length());
            }
            heard.add(line);
        }
        throw new Mistake("the other process ended: " + String.join(" | ", heard), "", Exit.FAILED);
    }

    /** Asks the node, and waits until its receipt is posted and can be disputed. */
    private Path ask(URI uri, Path home, Path folder)
            throws IOException, InterruptedException, Mistake, MalformedException {
        Client client = Client.connect(uri).bearer(new Home(home).apiKey());
        Answer answer = client.ask(question(client.model()), text -> {});
        Path file = folder.resolve("answer.receipt");
        byte[] receipt = client.receipt(answer.receiptId());
        Files.write(file, receipt);
        Files.write(
                Verify.beside(file, ".transcript"),
                client.transcript(answer.receiptId()).encode());
        byte[] statement = ReceiptFile.parse(receipt).envelope().payload();
        Address operator = Address.parse(Statement.parse(statement).node().operator());
        Hash digest = Statement.digest(statement);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        try (Docket docket = new RemoteDocket(
                uri, new Home(home).apiKey(), new Home(home).account("challenger"), operator, digest)) {
            while (docket.look()
                    .posted()
                    .filter(p -> p.status() == Receipt.Status.PASSED)
                    .isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new Mistake("the node did not post its receipt", "", Exit.FAILED);
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
        return file;
    }

    private static Question question(String model) {
        Sampling sampling = new Sampling(0.7, 0, 0.9, 0, 0, 0, new TreeMap<>(), ANSWER_TOKENS, List.of(), 1, false, 0);
        return new Question(model, List.of(new Question.Message("user", QUESTION)), sampling, Optional.of(7L));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
