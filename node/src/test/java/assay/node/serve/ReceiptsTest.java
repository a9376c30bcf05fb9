package assay.node.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Receipts that are on the disk take a fixed and small place in memory, whatever their size. */
final class ReceiptsTest {
    private static final int MANY = 200_000;

    /** The log's digests are 104 bytes of it; the tables may be only a third full after they grew. */
    private static final long EACH_MAX_BYTES = 210;

    @Test
    void aReceiptTakesAboutTwoHundredBytesOfMemory() throws Exception {
        Receipts receipts = new Receipts(NodeSigner.ofSeed(new byte[32]), at -> {
            throw new IOException("nothing has to be read");
        });
        long before = used();
        for (int i = 0; i < MANY; i++) {
            receipts.restore(record(i));
        }
        long each = (used() - before) / MANY;
        assertEquals(MANY, receipts.size());
        System.out.println("bytes of memory for a receipt: " + each);
        assertTrue(each <= EACH_MAX_BYTES, "bytes for each: " + each);
        assertTrue(each >= 104, "the measurement sees the log at least: " + each);
    }

    private static Records.ReceiptRecord record(int i) {
        byte[] number = ByteBuffer.allocate(8).putLong(i).array();
        return new Records.ReceiptRecord(
                "id" + i,
                Hash.tagged("digest", number),
                1,
                Hash.tagged("payment", number),
                Amount.ofMicro(1),
                Optional.empty(),
                Optional.empty(),
                Hash.sha256(),
                Hash.sha256(),
                Hash.sha256(),
                new byte[4096],
                new byte[4096]);
    }

    private static long used() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(50);
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
