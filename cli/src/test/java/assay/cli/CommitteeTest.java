package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.client.proxy.Proxy;
import assay.client.proxy.Spending;
import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt.Status;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.node.Home;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Committees in which one auditor is honest: beside it sit one that computes something else, one that stands for a bad
 * answer, one that copies and one that guesses, before an honest node and before one that runs another model than it
 * says. The honest ones earn, everybody else loses.
 *
 * <p>Once with all of them in this process (over sockets, on an embedded ledger), and once as processes of their own on a
 * ledger behind CometBFT, which takes minutes:
 *
 * <pre>mvn -pl cli -am test -Dtest=CommitteeTest -Dassay.network=true -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
class CommitteeTest {
    private static final Amount FUNDS = Amount.ofUnits(500);
    private static final long PATIENCE_NANOS = 600_000_000_000L;

    @TempDir
    Path folder;

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<Party> parties = new ArrayList<>();

    /** Somebody with an account. */
    private record Party(String name, Address account) {}

    @Test
    void oneHonestAuditorSufficesInOneProcess() throws Exception {
        try (CommitteeStage stage = new OneProcessStage(folder)) {
            play(stage);
        }
    }

    @Test
    void oneHonestAuditorSufficesAmongProcesses() throws Exception {
        TestNet.assume();
        try (CommitteeStage stage = new ProcessesStage(folder)) {
            play(stage);
        }
    }

    private void play(CommitteeStage stage) throws Exception {
        long begun = System.nanoTime();
        LiveLedger ledger = stage.ledger();
        ledger.onBlock(block -> events.addAll(block.events()));
        Party payer = party(stage, "payer", "wallet");
        Party node = party(stage, "honest node", "operator");
        URI good = stage.node(node.name, CommitteeStage.Weights.SAID);
        Party honest = auditor(stage, "honest auditor", CommitteeStage.Weights.SAID);
        Party different = auditor(stage, "says: different", CommitteeStage.Weights.OTHERS);
        Party copier = party(stage, "copies", "auditor");
        stage.bad(copier.name, CopyingAuditor.class);
        Party lazy = party(stage, "guesses", "auditor");
        stage.bad(lazy.name, LazyAuditor.class);

        Asked first = ask(stage, good);
        assertEquals(Status.CONFIRMED, verdict(stage, node, first.receipt));
        assertEquals(Optional.empty(), bond(ledger, different), () -> "it lost its dispute: " + told());
        assertEquals(Optional.empty(), bond(ledger, lazy), () -> "it could not play on: " + told());
        assertTrue(fees(honest) > 0, this::told);
        assertEquals(0, fees(copier) + fees(lazy) + fees(different), this::told);

        Party liar = party(stage, "tampering node", "operator");
        URI bad = stage.node(liar.name, CommitteeStage.Weights.ANOTHERS);
        Party same = auditor(stage, "says: same", CommitteeStage.Weights.ANOTHERS);
        long before = fees(honest);
        Asked second = ask(stage, bad);
        assertEquals(Status.FAULT, verdict(stage, liar, second.receipt), this::told);
        assertTrue(fees(honest) > before, this::told);
        assertEquals(0, fees(same) + fees(copier), this::told);

        print(stage, (System.nanoTime() - begun) / 1_000_000_000);
        assertTrue(result(ledger, honest) > 0 && result(ledger, node) > 0);
        assertTrue(result(ledger, same) <= 0, () -> same.name + " has earned something");
        for (Party loser : List.of(different, copier, lazy, liar)) {
            assertTrue(result(ledger, loser) < 0, () -> loser.name + " has lost nothing");
        }
        assertEquals(-first.amount, result(ledger, payer), "the bad answer's price came back");
    }

    private record Asked(Hash receipt, long amount) {}

    private Asked ask(CommitteeStage stage, URI node) throws Exception {
        Spending spending = Spending.open(
                folder.resolve("spending"), Amount.ofUnits(1), Amount.ofUnits(100), InstantSource.system());
        String body = "{\"model\":\"tiny\",\"max_tokens\":40,\"messages\":[{\"role\":\"user\",\"content\":"
                + "\"Is the bridge safe?\"}]}";
        try (Proxy proxy =
                new Proxy(List.of(node), stage.home("payer").account("wallet"), spending, InstantSource.system())) {
            Proxy.Reply reply = proxy.chat(body.getBytes(StandardCharsets.UTF_8));
            Proxy.Reply.Whole whole = (Proxy.Reply.Whole) reply;
            String text = new String(whole.body(), StandardCharsets.UTF_8);
            assertEquals(200, whole.status(), text);
            Field receipt =
                    Field.root(JsonText.parse(whole.body(), 32, 1 << 22)).at("assay");
            Hash digest = receipt.at("digest").hash();
            return new Asked(digest, receipt.at("amount_micro").integer(0, Long.MAX_VALUE));
        }
    }

    private Status verdict(CommitteeStage stage, Party operator, Hash receipt) throws Exception {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            Optional<assay.ledger.state.Receipt> known = stage.ledger().state().receipt(operator.account, receipt);
            if (known.isPresent() && known.get().status().isFinal()) {
                return known.get().status();
            }
            assertTrue(System.nanoTime() < until, () -> "no verdict: " + told() + stage.said());
            Thread.sleep(50);
        }
    }

    private Party auditor(CommitteeStage stage, String name, CommitteeStage.Weights weights) throws Exception {
        Party party = party(stage, name, "auditor");
        stage.auditor(name, weights);
        return party;
    }

    /** Somebody new, with money. */
    private Party party(CommitteeStage stage, String name, String account) throws Exception {
        Party party = new Party(name, stage.home(name).account(account).address());
        parties.add(party);
        LiveLedger ledger = stage.ledger();
        Home net = stage.faucet();
        Sender faucet = new Sender(ledger, new Signer(net.account("faucet"), ledger.chainId()));
        Outcome sent =
                faucet.send(new Transaction.Transfer(party.account, FUNDS)).join();
        assertTrue(sent instanceof Outcome.Applied, sent::toString);
        return party;
    }

    private static Optional<Amount> bond(LiveLedger ledger, Party auditor) {
        List<Amount> found = new ArrayList<>();
        ledger.state().auditors().forEach(Key.ANY, (key, bond) -> {
            Address who =
                    Address.ofBytes(java.util.Arrays.copyOfRange(key, key.length - Address.SIZE_BYTES, key.length));
            if (who.equals(auditor.account)) {
                found.add(bond.stake().total());
            }
        });
        return found.stream().findFirst();
    }

    private long fees(Party auditor) {
        return events.stream()
                .filter(e -> e instanceof Event.AuditFeePaid)
                .map(Event.AuditFeePaid.class::cast)
                .filter(e -> e.auditor().equals(auditor.account))
                .mapToLong(e -> e.amount().micro())
                .sum();
    }

    /** What somebody has more than at the beginning, at stake or not. */
    private static long result(LiveLedger ledger, Party who) {
        long stake = ledger.state()
                .operator(who.account)
                .map(o -> o.stake().total().micro())
                .orElse(0L);
        return ledger.state().balance(who.account).micro()
                + stake
                + bond(ledger, who).map(Amount::micro).orElse(0L)
                - FUNDS.micro();
    }

    private void print(CommitteeStage stage, long seconds) {
        System.out.println("One honest auditor among five, " + stage.name() + ", " + seconds + " s, block "
                + stage.ledger().state().height() + ":");
        for (Party who : parties) {
            long micro = result(stage.ledger(), who);
            System.out.printf(Locale.ROOT, "  %-16s %+16.6f%n", who.name, micro / 1e6);
        }
    }

    private String told() {
        return events.stream()
                .filter(e -> !(e instanceof Event.Transferred))
                .map(e -> "\n  " + e)
                .reduce("", String::concat);
    }
}
