package assay.ledger.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.ledger.Outcome;
import assay.ledger.state.State;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes are killed, and disks are full, while transactions are acknowledged: none of those is lost. */
class CrashTest {
    /** As many as wanted: -Dassay.crashes=100. */
    private static final int CRASHES = Integer.getInteger("assay.crashes", 4);

    @TempDir
    Path tmp;

    @Test
    void killingTheProcessLosesNothingAcknowledged() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Path dir = tmp.resolve("ledger");
        long before = 0;
        int snapshots = 0;
        for (int crash = 0; crash < CRASHES; crash++) {
            Process child = start(Submitter.class, List.of(), dir);
            long acknowledged = before;
            try (BufferedReader out = reader(child)) {
                long lines = random.nextLong(1 + 2000);
                String line = out.readLine();
                for (long i = 0; line != null; i++) {
                    acknowledged = Long.parseLong(line);
                    if (i == lines) {
                        // By its handle: Process.destroyForcibly would close the stream being read.
                        child.toHandle().destroyForcibly();
                    }
                    line = out.readLine();
                }
            }
            assertTrue(child.waitFor(60, TimeUnit.SECONDS));
            long found = checkedNonce(dir);
            assertTrue(
                    found >= acknowledged && found > before,
                    "seed " + seed + ", crash " + crash + ": " + acknowledged + " acknowledged, " + found + " found");
            before = found;
            snapshots += new Snapshots(dir).heights().isEmpty() ? 0 : 1;
        }
        assertTrue(snapshots > 0, "some kills came while snapshots were taken");
    }

    @Test
    void aFullDiskRefusesNewWorkAndKeepsTheOld() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell that limits file sizes");
        Path dir = tmp.resolve("ledger");
        // 32 blocks of 512 bytes are the largest file that this process may write: less than a log between snapshots.
        Process child = start(Submitter.class, List.of("/bin/sh", "-c", "ulimit -f 32; exec \"$@\"", "sh"), dir);
        long acknowledged = 0;
        try (BufferedReader out = reader(child)) {
            String line = out.readLine();
            while (line != null) {
                acknowledged = Long.parseLong(line);
                line = out.readLine();
            }
        }
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        assertEquals(Submitter.REFUSED, child.exitValue());
        assertTrue(acknowledged > 10, "some were written before the disk was full: " + acknowledged);
        assertEquals(acknowledged, checkedNonce(dir), "nothing lost, nothing that was refused");
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir)) {
            assertInstanceOf(
                    Outcome.Applied.class,
                    ledger.submit(Submitter.transfer(acknowledged)).get());
        }
    }

    /** Opens the ledger again, which replays it and compares the state root, and counts the transfers. */
    private static long checkedNonce(Path dir) throws Exception {
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir, Submitter.GENESIS)) {
            State s = ledger.state();
            long nonce = s.account(Submitter.FAUCET.address()).nonce();
            assertEquals(nonce, s.balance(Submitter.TO.address()).micro());
            return nonce;
        }
    }

    static Process start(Class<?> main, List<String> around, Path dir) throws Exception {
        List<String> command = new ArrayList<>(around);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(main.getName(), dir.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    static BufferedReader reader(Process child) {
        return new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII));
    }
}
