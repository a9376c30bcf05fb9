package assay.core.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class NodeKeyTest {
    /** RFC 8032, section 7.1, tests 1 to 3: secret, public, message, signature. */
    private static final String[][] RFC = {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                    + "d25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                    + "387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                    + "4a7c15e9716ed28dc027beceea1ec40a"
        },
    };

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @Test
    void theSignaturesOfTheRfcAreMadeAndAccepted() throws Exception {
        for (String[] row : RFC) {
            NodeSigner signer = NodeSigner.ofSeed(hex(row[0]));
            assertEquals(row[1], signer.key().hex());
            assertArrayEquals(hex(row[0]), signer.seed());
            assertArrayEquals(hex(row[3]), signer.sign(hex(row[2])));
            assertTrue(NodeKey.ofHex(row[1]).verify(hex(row[2]), hex(row[3])));
        }
    }

    @Test
    void noBitOfSignatureOrMessageMayChange() throws Exception {
        NodeKey key = NodeKey.ofHex(RFC[2][1]);
        for (int bit = 0; bit < 512; bit++) {
            byte[] signature = hex(RFC[2][3]);
            signature[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(key.verify(hex("af82"), signature), "bit " + bit);
        }
        assertFalse(key.verify(hex("af83"), hex(RFC[2][3])));
        assertFalse(key.verify(hex("af82"), new byte[63]));
        assertFalse(key.verify(hex("af82"), new byte[0]));
    }

    /** Adding the group's order to S gives the other signature that a lax verifier would take. */
    @Test
    void theMalleableTwinOfASignatureIsRefused() throws Exception {
        byte[] signature = hex(RFC[1][3]);
        byte[] order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        int carry = 0;
        for (int i = 0; i < 32; i++) {
            carry += (signature[32 + i] & 0xff) + (order[i] & 0xff);
            signature[32 + i] = (byte) carry;
            carry >>= 8;
        }
        assertFalse(NodeKey.ofHex(RFC[1][1]).verify(hex("72"), signature));
    }

    @Test
    void keysThatAnybodyCouldSignForAreRefused() {
        for (String small : new String[] {
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        }) {
            assertThrows(MalformedException.class, () -> NodeKey.ofHex(small), small);
        }
        assertThrows(MalformedException.class, () -> NodeKey.ofBytes(new byte[31]));
        assertThrows(MalformedException.class, () -> NodeKey.ofHex("zz"));
    }
}
