package assay.node.pay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A payer that would have one promise cover two answers. */
class ChannelAttackTest {
    private static final Hash CHANNEL = hash("channel");

    private static Hash hash(String name) {
        return Hash.sha256(name.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A stream tells its price with its head, which lets the next request in. When that stream then comes to
     * nothing, it must not let in a third beside the second: both would show the same sum.
     */
    @Test
    void aStreamThatComesToNothingLetsNoThirdRequestInBesideTheSecond() {
        Charges charges = new Charges();
        assertTrue(charges.begin(CHANNEL, hash("stream")));
        charges.tell(CHANNEL, Amount.ofMicro(1));
        charges.end(CHANNEL, hash("stream"));
        assertTrue(charges.begin(CHANNEL, hash("second")));
        charges.end(CHANNEL, hash("stream"));
        assertFalse(charges.begin(CHANNEL, hash("third")));
        assertEquals(Amount.ofMicro(1), charges.told(CHANNEL));
        charges.end(CHANNEL, hash("second"));
        assertTrue(charges.begin(CHANNEL, hash("third")));
    }

    /** Whoever brings a voucher names a channel, and it costs nothing to make one up. */
    @Test
    void channelsThatStrangersMakeUpFillNoMemory() {
        Charges charges = new Charges();
        for (int i = 0; i < 1000; i++) {
            Hash channel = hash("made up " + i);
            assertTrue(charges.begin(channel, hash("request")));
            assertEquals(Amount.ZERO, charges.told(channel));
            charges.end(channel, hash("request"));
            assertTrue(charges.voucher(channel).isEmpty());
            charges.end(channel, hash("another request"));
        }
        assertEquals(0, charges.count());
        charges.tell(CHANNEL, Amount.ofMicro(1));
        charges.end(CHANNEL, hash("stream"));
        assertEquals(1, charges.count(), "what was told is not forgotten");
    }
}
