package assay.core.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ReaderTest {
    @Test
    void whatIsWrittenIsLittleEndianAndReadsBack() throws Exception {
        Hash hash = Hash.sha256();
        byte[] bytes = new Writer()
                .u8(255)
                .u16(0x1234)
                .u32(0xfedcba98L)
                .i32(-2)
                .i64(0x0102030405060708L)
                .bool(true)
                .utf8("é")
                .hash(hash)
                .blob(new byte[] {9})
                .toBytes();
        assertEquals(
                "ff" + "3412" + "98badcfe" + "feffffff" + "0807060504030201" + "01" + "02000000c3a9" + hash.hex()
                        + "0100000009",
                HexFormat.of().formatHex(bytes));
        Reader in = new Reader(bytes);
        assertEquals(255, in.u8());
        assertEquals(0x1234, in.u16());
        assertEquals(0xfedcba98L, in.u32());
        assertEquals(-2, in.i32());
        assertEquals(0x0102030405060708L, in.i64());
        assertTrue(in.bool());
        assertEquals("é", in.utf8(2));
        assertEquals(hash, in.hash());
        assertArrayEquals(new byte[] {9}, in.blob(1));
        in.end();
    }

    @Test
    void lengthsAreRefusedBeforeAnythingIsAllocated() {
        byte[] huge = new Writer().u32(0xffffffffL).toBytes();
        assertThrows(MalformedException.class, () -> new Reader(huge).blob(Integer.MAX_VALUE));
        assertThrows(MalformedException.class, () -> new Reader(huge).count(Integer.MAX_VALUE, 1));
        byte[] many = new Writer().u32(3).i64(0).toBytes();
        assertThrows(MalformedException.class, () -> new Reader(many).count(3, 3));
        assertThrows(MalformedException.class, () -> new Reader(many).count(2, 1));
        assertThrows(MalformedException.class, () -> new Reader(many).bytes(-1));
        assertThrows(MalformedException.class, () -> new Reader(many).bytes(13));
    }

    @Test
    void cutAndTrailingBytesAreRefusedWithTheirOffset() {
        assertEquals(
                0,
                assertThrows(MalformedException.class, () -> new Reader(new byte[7]).i64())
                        .offset());
        assertThrows(MalformedException.class, () -> new Reader(new byte[0]).u8());
        assertThrows(MalformedException.class, () -> new Reader(new byte[1]).end());
        assertThrows(MalformedException.class, () -> new Reader(new byte[] {2}).bool());
        assertThrows(MalformedException.class, () -> new Reader(new byte[] {1, 0, 0, 0, (byte) 0x80}).utf8(1));
        assertThrows(
                MalformedException.class, () -> new Reader(new byte[] {1, 0, 0, 0, (byte) 0xc3, (byte) 0xa9}).utf8(1));
    }
}
