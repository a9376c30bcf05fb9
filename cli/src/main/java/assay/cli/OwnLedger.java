package assay.cli;

import assay.client.Client;
import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.node.Home;
import assay.node.Wallet;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The ledger of one's own network: asked of the process that runs it, or read from its files. */
final class OwnLedger {
    private static final int BYTES_MAX = 16 << 20;
    private static final long POLL_MILLIS = 500;
    private static final List<String> LISTS = List.of("accounts", "operators", "models", "channels", "audits");

    private final Assay assay;
    private final Home home;

    OwnLedger(Assay assay, Home home) {
        this.assay = assay;
        this.home = home;
    }

    int show(String what, @Nullable String since)
            throws IOException, InterruptedException, Mistake, MalformedException {
        if (what.equals("follow")) {
            return follow();
        }
        if (!LISTS.contains(what) && !what.equals("status") && !what.equals("transactions")) {
            throw new Mistake(
                    "ledger cannot '" + what + "'",
                    "it can: status, " + String.join(", ", LISTS) + ", transactions, follow; more with --ledger URL",
                    Exit.USAGE);
        }
        Field json = ask(what, since == null ? 0 : number(since));
        if (assay.json()) {
            assay.screen().json(json.value());
        } else if (what.equals("status")) {
            line(json);
        } else {
            List<Field> entries = json.at(what).items(Integer.MAX_VALUE);
            for (Field entry : entries) {
                line(entry);
            }
            if (entries.isEmpty()) {
                assay.screen().out().println(assay.screen().faint("  none"));
            }
            if (json.at("more").bool()) {
                assay.screen().out().println(assay.screen().faint("  there is more"));
            }
        }
        return Exit.OK;
    }

    static long number(String since) throws Mistake {
        try {
            return Long.parseUnsignedLong(since);
        } catch (NumberFormatException e) {
            throw new Mistake("a height is a number, got " + since, "assay ledger transactions 100", Exit.USAGE);
        }
    }

    /** What {@link assay.node.LedgerView} says. */
    Field ask(String what, long since) throws IOException, InterruptedException, MalformedException {
        Optional<Running> running = Running.find(home.dir());
        if (running.isPresent()) {
            return Client.connect(running.get().uri()).bearer(home.apiKey()).ledger(what + "/" + since);
        }
        try (Wallet files = Wallet.open(home)) {
            Json.Obj json = files.view(what, since).orElseThrow();
            return Field.root(JsonText.parse(JsonText.writeBytes(json), 16, BYTES_MAX));
        }
    }

    private int follow() throws IOException, InterruptedException, MalformedException {
        long shown = ask("status", 0).at("height").integer(0, Long.MAX_VALUE);
        while (true) {
            for (Field event : ask("transactions", shown).at("transactions").items(Integer.MAX_VALUE)) {
                if (assay.json()) {
                    assay.screen().json(event.value());
                } else {
                    line(event);
                }
                shown = Math.max(shown, event.at("height").integer(0, Long.MAX_VALUE));
            }
            assay.screen().out().flush();
            Thread.sleep(POLL_MILLIS);
        }
    }

    void line(Field entry) throws MalformedException {
        line(assay.screen(), entry);
    }

    /** One entry in a line, without what is empty. */
    static void line(Screen screen, Field entry) throws MalformedException {
        List<String> words = new ArrayList<>();
        entry.object().members().forEach((name, value) -> {
            String text = text(name, value);
            if (!text.isEmpty()) {
                words.add(screen.faint(label(name)) + " " + text);
            }
        });
        screen.out().println("  " + String.join("  ", words));
    }

    /** A field's name without its unit, which the value has in a form for people. */
    private static String label(String name) {
        return name.replaceFirst("_(micro|millis)$", "");
    }

    private static String text(String name, Json value) {
        if (value instanceof Json.Obj object) {
            return object.members().entrySet().stream()
                    .map(e -> label(e.getKey()) + " " + text(e.getKey(), e.getValue()))
                    .collect(Collectors.joining(", ", "(", ")"));
        }
        if (value instanceof Json.Num(String digits) && digits.matches("\\d{1,18}")) {
            long number = Long.parseLong(digits);
            return name.endsWith("_micro") && number <= Amount.MAX_MICRO
                    ? Amount.ofMicro(number).toString()
                    : name.endsWith("_millis") ? Instant.ofEpochMilli(number).toString() : digits;
        }
        return switch (value) {
            case Json.Str(String s) -> s.matches("0*") ? "" : FileFacts.printable(s);
            case Json.Num(String digits) -> digits;
            case Json.Bool(boolean yes) -> Boolean.toString(yes);
            default -> FileFacts.printable(JsonText.write(value));
        };
    }
}
