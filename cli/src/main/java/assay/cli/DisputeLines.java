package assay.cli;

import assay.core.base.Amount;
import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.dispute.Narrowed;
import assay.ledger.crypto.Address;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Transaction;
import assay.node.audit.Docket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a dispute says to a person, line by line; or, at its end, to a program. */
final class DisputeLines {
    private final Assay assay;
    private final Screen screen;
    private final List<Json> moves = new ArrayList<>();
    private String chooser = "you";
    private String difference = "";
    private int nodeMoves;
    private long nodeBytes;
    private int lastBytes;
    private boolean lost;
    private Optional<Field> settled = Optional.empty();
    private Optional<Field> slashed = Optional.empty();
    private Optional<Field> ownLoss = Optional.empty();
    private Optional<Address> challenger = Optional.empty();

    DisputeLines(Assay assay) {
        this.assay = assay;
        this.screen = assay.screen();
    }

    private void say(String line) {
        if (!assay.json()) {
            screen.passing("");
            screen.out().println(line);
            screen.out().flush();
        }
    }

    /** Others play it. */
    void watching() {
        chooser = "challenger";
    }

    /** The replay found nothing wrong. */
    int agree(boolean traceCompared) {
        if (assay.json()) {
            screen.json(Json.object()
                    .put("disputed", false)
                    .put("why", traceCompared ? "the replay agrees" : "the replay agrees; the trace is not opened yet")
                    .build());
        } else if (traceCompared) {
            say("your replay gives the same tokens, text, bill and trace: there is nothing to dispute");
        } else {
            say("your replay gives the same tokens, text and bill: there is nothing to dispute");
            say(screen.faint("  only the trace could still differ, which the node has not opened: --anyway makes it"));
        }
        return Exit.OK;
    }

    void differs(String what) {
        difference = what;
        say(screen.red("✘ ") + "your replay differs: " + what);
    }

    void agreesAndDisputes() {
        say("your replay gives the same tokens, text and bill; the node is made to open its trace");
    }

    void bonded(Amount bond, Address account) {
        say("  at stake if you are wrong: your bond of " + bond + " units, account " + account);
    }

    void opened() {
        say("  disputed; the node has to open its trace root and show what it is made of");
    }

    void waitingForPosting() {
        screen.passing("  waiting until the node has posted the receipt and it was decided whether it is audited");
    }

    void waitingForItsTime() {
        screen.passing("  waiting: it is not disputed while its audit can be bought, nor while drawn auditors compute");
    }

    void waitingForADispute(Docket.Look look) {
        screen.passing("  nobody disputes it yet; this is block " + look.height());
    }

    void posting(List<Transaction.PostText> posts) {
        long bytes = posts.stream().mapToLong(p -> p.bytes().size()).sum();
        say(String.format(
                Locale.ROOT,
                "  the ledger lacks the model's tokenizer and template: you post them, %,d bytes in %d transactions;"
                        + " what they cost comes back if you win",
                bytes,
                posts.size()));
    }

    void waiting(Docket.Look look) {
        String until = look.dispute()
                .map(x -> "its clock ends after block " + x.deadline())
                .orElse("it has to open its root");
        screen.passing("  waiting for the node: " + until + "; this is block " + look.height());
    }

    /** Something happened on the ledger. */
    void heard(Field event, Address me) throws MalformedException {
        switch (event.at("event").string(64)) {
            case "dispute_moved" -> {
                challenger = Optional.of(Address.parse(event.at("challenger").string(64)));
                int bytes = event.at("bytes").int32(0, 1 << 20);
                if (bytes > 0) {
                    count(bytes);
                }
            }
            case "dispute_settled" -> {
                count(event.at("bytes").int32(0, 1 << 20));
                settled = Optional.of(event);
            }
            case "slashed" -> slashed = Optional.of(event);
            case "auditor_slashed" -> {
                if (event.at("auditor").string(64).equals(me.toString())) {
                    ownLoss = Optional.of(event);
                    lost = true;
                }
            }
            default -> {}
        }
    }

    private void count(int bytes) {
        nodeMoves++;
        nodeBytes += bytes;
        lastBytes = bytes;
    }

    /** Whether this account lost its bond. */
    boolean isLost() {
        return lost;
    }

    /** The challenger said where it computes otherwise. */
    void chose(Narrowed to) {
        Json.Members json = Json.object()
                .put("move", nodeMoves)
                .put("node_bytes", lastBytes)
                .put("stage", to.stage().name())
                .put("words", to.words());
        to.tree().ifPresent(t -> json.put("tree", t).put("layers", to.layers()));
        to.firstToken().ifPresent(t -> json.put("first_token", t));
        to.lastToken().ifPresent(t -> json.put("last_token", t));
        to.operation().ifPresent(o -> json.put("operation", o));
        to.firstElement().ifPresent(e -> json.put("first_element", e));
        to.lastElement().ifPresent(e -> json.put("last_element", e));
        to.claimed().ifPresent(c -> json.put("claimed", c));
        moves.add(json.build());
        String claim =
                to.claimed().isPresent() ? ": the node says " + to.claimed().getAsLong() : "";
        say(String.format(
                Locale.ROOT, "  %2d  node %,7d bytes   %s: %s%s", nodeMoves, lastBytes, chooser, to.words(), claim));
    }

    /** The node turned out to show what this side computes. */
    int givenUp() {
        if (assay.json()) {
            screen.json(Json.object()
                    .put("disputed", true)
                    .put("won", false)
                    .put("why", "the node shows what the replay computes")
                    .build());
        } else {
            say(screen.red("✘ ") + "the node shows exactly what your replay computes: there is nothing to choose");
            say("  your bond is lost when your clock runs out");
        }
        return Exit.FAILED;
    }

    /**
     * The ledger's last word.
     *
     * @param me who plays; empty for who watches
     */
    int end(Docket.Look look, Optional<Address> me) throws MalformedException {
        Receipt.Status status = look.posted().orElseThrow().status();
        boolean won = status == Receipt.Status.FAULT || status == Receipt.Status.WITHHELD;
        if (assay.json()) {
            json(status, won);
            return won ? Exit.OK : Exit.FAILED;
        }
        if (settled.isPresent()) {
            say(String.format(
                    Locale.ROOT,
                    "  %2d  node %,7d bytes   the ledger recomputes it: %s",
                    nodeMoves,
                    lastBytes,
                    settled.get().at("why").string()));
        } else if (won) {
            say("      the node did not move in time: who is silent loses");
        }
        say((won ? screen.green("✔ ") : screen.red("✘ "))
                + (won ? "the node lost: " + status + " at block " : "the node was right; block ")
                + look.posted().orElseThrow().statusAt()
                + String.format(Locale.ROOT, ", after %s and %,d bytes", Counted.of(nodeMoves, "move"), nodeBytes));
        if (slashed.isPresent()) {
            Field s = slashed.get();
            say("  slash   " + units(s, "amount_micro") + "  of the node's stake");
            say("  refund  " + units(s, "refunded_micro") + "  to the payer "
                    + look.posted().orElseThrow().payer());
            say("  reward  " + units(s, "bounty_micro") + "  to " + (isFoundBy(me) ? "you" : "who found it"));
            say("  burned  " + units(s, "burned_micro"));
        }
        if (ownLoss.isPresent()) {
            say("  your bond of " + units(ownLoss.get(), "amount_micro") + " is gone; "
                    + units(ownLoss.get(), "burned_micro") + " of it burned, the rest the node's");
        }
        return won ? Exit.OK : Exit.FAILED;
    }

    /** Whether this account made the dispute's last choice: to join behind another finds nothing. */
    private boolean isFoundBy(Optional<Address> me) {
        return me.isPresent() && challenger.equals(me);
    }

    private static Amount units(Field event, String name) throws MalformedException {
        return Amount.ofMicro(event.at(name).integer(0, Amount.MAX_MICRO));
    }

    private void json(Receipt.Status status, boolean won) throws MalformedException {
        Json.Members json = Json.object();
        json.put("disputed", true)
                .put("won", won)
                .put("status", status.name())
                .put("difference", difference)
                .put("node_moves", nodeMoves)
                .put("node_bytes", nodeBytes)
                .put("moves", Json.of(List.copyOf(moves)));
        if (settled.isPresent()) {
            json.put("recomputed", settled.get().at("why").string());
        }
        if (slashed.isPresent()) {
            for (String name : List.of("amount_micro", "refunded_micro", "bounty_micro", "burned_micro")) {
                json.put(
                        name.equals("amount_micro") ? "slashed_micro" : name,
                        slashed.get().at(name).integer(0, Amount.MAX_MICRO));
            }
        }
        if (ownLoss.isPresent()) {
            json.put("lost_micro", ownLoss.get().at("amount_micro").integer(0, Amount.MAX_MICRO));
        }
        screen.json(json.build());
    }
}
