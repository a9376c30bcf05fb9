package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.ledger.crypto.Address;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disputes on a ledger of four validators, every party a process: a node changed one row of one matrix and signs that it
 * runs the model. Once drawn auditors find it and play by themselves, and somebody watches; once nobody was drawn, and
 * the payer disputes. Takes minutes, so it is run by a command of its own:
 *
 * <pre>mvn -pl cli -am test -Dtest=NetworkDisputeTest -Dassay.network=true -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
class NetworkDisputeTest {
    private static final long PATIENCE_SECONDS = 600;

    @TempDir
    Path folder;

    private Path model() throws Exception {
        return RandomModel.tiny("llama", GgmlType.Q8_0, 7).write(folder.resolve("tiny.gguf"));
    }

    /** A node that tampers, and answers. */
    private void liar(TestNet net, Path model) throws Exception {
        Path changed = Files.copy(model, folder.resolve("changed.gguf"));
        TamperingNode.tamper(changed);
        net.swapWeights("liar", model, changed);
        net.fund("liar", "operator", 500);
        net.fund("payer", "wallet", 100);
        net.node("liar", model);
    }

    private static Said ended(TestNet net, String who, Process process) throws Exception {
        assertTrue(
                process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS),
                () -> "it never ended: " + net.processes().everything());
        String said = net.processes().said(who);
        System.out.println(said);
        return new Said(process.exitValue(), said, "");
    }

    private static Amount units(String out, String word) throws Exception {
        Matcher found = Pattern.compile("(?m)^  " + word + " +([0-9.]+)").matcher(out);
        assertTrue(found.find(), () -> word + " is not in: " + out);
        return Amount.parse(found.group(1));
    }

    private static void settled(Said said, Amount stake) throws Exception {
        assertEquals(Exit.OK, said.code(), said.out());
        assertTrue(said.out().contains("✔ the node lost: FAULT"), said.out());
        assertTrue(said.out().contains("the ledger recomputes it: "), said.out());
        Amount slash = units(said.out(), "slash");
        assertEquals(stake, slash);
        assertEquals(
                slash,
                units(said.out(), "refund").plus(units(said.out(), "reward")).plus(units(said.out(), "burned")));
    }

    @Test
    void drawnAuditorsPlayByThemselvesAndSomebodyWatches() throws Exception {
        TestNet.assume();
        try (TestNet net = TestNet.usual(folder, 4)) {
            Path model = model();
            liar(net, model);
            for (int i = 1; i <= 3; i++) {
                net.fund("a" + i, "auditor", 500);
                net.auditor("a" + i, model);
            }
            Field answer = net.ask("payer", "Why is the sky blue?").json();
            Process watching =
                    net.start("watcher", "dispute", answer.at("receipt").string(), "--watch");
            Said said = ended(net, "watcher", watching);
            settled(said, Amount.ofUnits(40));
            assertTrue(said.out().contains("ffn_down.weight, element"), said.out());
            assertTrue(said.out().contains("to who found it") && !said.out().contains("you"), said.out());
            refunded(net, answer);
        }
    }

    /** What the answer cost came back. */
    private static void refunded(TestNet net, Field answer) throws Exception {
        Address liar = net.account("liar", "operator");
        Hash receipt = answer.at("digest").hash();
        assertEquals(
                Receipt.Status.FAULT,
                net.ledger().state().receipt(liar, receipt).orElseThrow().status());
        assertEquals(Amount.ofUnits(100), net.ledger().state().balance(net.account("payer", "wallet")));
    }

    @Test
    void whereNobodyWasDrawnThePayerDisputes() throws Exception {
        TestNet.assume();
        try (TestNet net = TestNet.of(folder, sampled(), 4)) {
            Path model = model();
            liar(net, model);
            net.idleAuditors(net.ledger().state().modelId("tiny").orElseThrow(), 4);
            Field answer = net.ask("payer", "Why is the sky blue?").json();
            Said pulled = Said.run(net.processes().home("payer"), "pull", model.toString());
            assertEquals(Exit.OK, pulled.code(), pulled.err());
            net.fund("payer", "challenger", 30);
            Address challenger = net.account("payer", "challenger");
            Process playing = net.start(
                    "payer", "dispute", answer.at("receipt").string(), "--bond", "20", "--anyway", "--threads", "1");
            Said said = ended(net, "payer", playing);
            settled(said, Amount.ofUnits(20));
            assertTrue(said.out().contains("to you"), said.out());
            assertTrue(said.out().contains("ffn_down.weight, element"), said.out());
            refunded(net, answer);
            Amount fee = sampled().disputes().fee();
            assertEquals(
                    Amount.ofUnits(30 - 20 + 2).minus(fee),
                    net.ledger().state().balance(challenger),
                    "less the bond, which stays, and the fee; more the reward");
        }
    }

    /** Receipts of a few tokens are hardly ever drawn; from the twentieth to the fortieth block after they can be disputed. */
    private static Params sampled() {
        Params p = Params.local();
        return new Params(
                new Params.Windows(3_000, 60, 120, 2, 40, 90, 30, 30),
                p.shares(),
                new Params.Audits(false, 1, 2, 100_000, 100_000, 2, 0, 1),
                new Params.Costs(Amount.ZERO, Amount.ZERO, Amount.ZERO, 1_000),
                p.disputes(),
                p.governance(),
                p.hosting());
    }
}
