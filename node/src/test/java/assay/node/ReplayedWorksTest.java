package assay.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.Hash;
import assay.core.dispute.Work;
import assay.core.program.Matrix;
import assay.core.receipt.Statement;
import assay.engine.infer.Model;
import assay.ledger.crypto.Address;
import assay.node.audit.Auditor;
import assay.node.audit.ReplayedWorks;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Work for disputes keeps the model's file open for as long as somebody plays with it, and no longer. */
@Timeout(400)
final class ReplayedWorksTest {
    @TempDir
    Path models;

    @TempDir
    Path dir;

    @Test
    void theFileIsOpenUntilTheWorksAreClosed() throws Exception {
        Model honest = Models.honest(models);
        try (TestNetwork net = new TestNetwork(dir, honest)) {
            Forged forged = Forge.answer(
                    net,
                    "{\"model\":\"tiny\",\"max_tokens\":2,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}",
                    Cheat.none());
            Hash digest = Statement.digest(Statement.encode(forged.receipt()));
            Auditor.Case known = new Auditor.Case(forged.receipt(), forged.transcript());
            ReplayedWorks works =
                    new ReplayedWorks(net.engine, net.text, models.resolve("honest.gguf"), any -> Optional.of(known));
            Work first = works.find(Address.NONE, digest).orElseThrow();
            Work second = works.find(Address.NONE, digest).orElseThrow();
            Matrix head = honest.program().head();
            assertArrayEquals(first.row(head, 1), second.row(head, 1));

            works.close();
            assertThrows(IllegalStateException.class, () -> first.row(head, 1));
            assertThrows(IllegalStateException.class, () -> second.row(head, 1));
            works.close();
        }
    }
}
