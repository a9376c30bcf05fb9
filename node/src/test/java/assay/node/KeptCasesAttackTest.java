package assay.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.ledger.state.Receipt.Status;
import assay.node.audit.Auditor;
import assay.node.audit.KeptCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that delivers once and then no more keeps nobody from revealing and disputing. */
final class KeptCasesAttackTest {
    private static final String QUESTION =
            "{\"model\":\"tiny\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"Is it safe?\"}]}";

    @TempDir
    Path dir;

    private static Optional<Auditor.Case> nothing(Hash receipt) throws IOException {
        throw new IOException("the node delivers nothing any more");
    }

    @Test
    void whatWasDeliveredIsThereUntilTheReceiptIsFinalAndNoLonger() throws Exception {
        Path folder = dir.resolve("delivered");
        try (TestNetwork net = new TestNetwork(dir, Models.honest(dir)).posting()) {
            Forged forged = Forge.answer(net, QUESTION, Cheat.none());
            Auditor.Case delivered = new Auditor.Case(forged.receipt(), forged.transcript());
            Hash receipt = net.enter(forged).digest();
            while (net.ledger
                    .state()
                    .audit(net.ready.operator().signer().address(), receipt)
                    .isEmpty()) {
                Thread.sleep(5);
            }
            new KeptCases(asked -> Optional.of(delivered), folder, net.ledger).find(receipt);

            KeptCases restarted = new KeptCases(KeptCasesAttackTest::nothing, folder, net.ledger);
            Auditor.Case kept = restarted.find(receipt).orElseThrow();
            assertEquals(delivered.receipt(), kept.receipt());
            assertArrayEquals(delivered.transcript().encode(), kept.transcript().encode());
            assertTrue(Files.exists(folder.resolve(receipt.hex())));

            net.auditing();
            assertEquals(Status.CONFIRMED, net.verdict(receipt));
            long until = System.nanoTime() + 30_000_000_000L;
            while (Files.exists(folder.resolve(receipt.hex())) && System.nanoTime() < until) {
                Thread.sleep(5);
            }
            assertFalse(Files.exists(folder.resolve(receipt.hex())));
        }
    }
}
