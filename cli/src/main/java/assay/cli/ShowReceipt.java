package assay.cli;

import assay.client.Client;
import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.receipt.Statement;
import assay.core.verify.ReceiptFile;
import assay.node.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A receipt as the network that gave it sees it now: where it stands, and who earned what. */
final class ShowReceipt {
    private static final String ENDING = ".receipt";
    private static final List<String> EARNERS = List.of("node", "publisher", "hosts", "audit", "reserve");

    private final Assay assay;

    ShowReceipt(Assay assay) {
        this.assay = assay;
    }

    /** Whether a word means a receipt: its file, or eight digits or more of its id or digest. */
    static boolean isMeant(String name) {
        return name.endsWith(".receipt") || name.matches("[0-9a-f]{8,64}…?");
    }

    /** The id of the receipt whose id or digest begins so, if this network's node gave it. */
    static Optional<String> idOf(String begin, Path folder) throws IOException {
        Path receipts = new Home(folder).node().resolve("receipts");
        if (!Files.isDirectory(receipts)) {
            return Optional.empty();
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(receipts)) {
            files = all.filter(f -> f.toString().endsWith(ENDING)).sorted().toList();
        }
        Optional<Path> named =
                files.stream().filter(f -> id(f).startsWith(begin)).findFirst();
        if (named.isPresent()) {
            return named.map(ShowReceipt::id);
        }
        for (Path file : files) {
            if (digest(file).startsWith(begin)) {
                return Optional.of(id(file));
            }
        }
        return Optional.empty();
    }

    private static String id(Path file) {
        return String.valueOf(file.getFileName()).replace(ENDING, "");
    }

    private static String digest(Path file) throws IOException {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return Statement.digest(ReceiptFile.parse(bytes).envelope().payload())
                    .hex();
        } catch (MalformedException e) {
            return "";
        }
    }

    int show(String name, Path folder) throws IOException, InterruptedException, Mistake, MalformedException {
        Path file = Path.of(name).getFileName();
        String word = (file == null ? name : file.toString()).replace("…", "");
        String id = word.endsWith(ENDING)
                ? word.substring(0, word.length() - ENDING.length())
                : idOf(word, folder).orElse(word);
        if (!id.matches("[0-9A-Za-z_-]{1,64}")) {
            throw new Mistake("a receipt's file has its id as name, got '" + id + "'", "", Exit.USAGE);
        }
        Optional<Running> running = Running.find(folder);
        if (running.isEmpty()) {
            throw new Mistake(
                    "no network runs that could say how the payment was divided",
                    "start it with assay up; to check the receipt alone: assay verify " + name,
                    Exit.FAILED);
        }
        Field json = Client.connect(running.get().uri())
                .bearer(new Home(folder).apiKey())
                .receiptState(id);
        if (assay.json()) {
            assay.screen().json(json.value());
            return Exit.OK;
        }
        line("receipt", id);
        line("place in log", Long.toString(json.at("log_index").integer(0, Long.MAX_VALUE)));
        line(
                "status",
                json.at("status").string(32) + (json.at("final").bool() ? ", final" : "") + " since block "
                        + json.at("height").integer(0, Long.MAX_VALUE));
        line("cost", amount(json, "amount_micro"));
        Optional<Field> split = json.find("split");
        if (split.isEmpty()) {
            line("divided", "not yet: it was not paid, or its money is on another network");
        } else {
            for (String earner : EARNERS) {
                line("  " + earner, amount(split.get(), earner + "_micro"));
            }
        }
        return Exit.OK;
    }

    private static String amount(Field json, String name) throws MalformedException {
        return Amount.ofMicro(json.at(name).integer(0, Amount.MAX_MICRO)).toString();
    }

    private void line(String label, String value) {
        Screen screen = assay.screen();
        screen.out().println("  " + screen.faint(label + " ".repeat(Math.max(1, 18 - label.length()))) + value);
    }
}
