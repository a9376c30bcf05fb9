package assay.core.receipt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final NodeSigner SIGNER = NodeSigner.ofSeed(new byte[32]);

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static Envelope parse(String json) throws MalformedException {
        return Envelope.parse(Field.root(JsonText.parse(utf8(json), 8, 1 << 16)), 1 << 12);
    }

    /** The pre-authentication encoding of the example in the DSSE specification. */
    @Test
    void theSignatureIsOverDssesEncoding() {
        Envelope e = Envelope.sign("http://example.com/HelloWorld", utf8("hello world"), SIGNER);
        byte[] pae = utf8("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assertArrayEquals(SIGNER.sign(pae), e.signature());
        assertTrue(e.signedBy(SIGNER.key()));
        assertFalse(e.signedBy(NodeSigner.ofSeed(Hash.sha256().bytes()).key()));
    }

    @Test
    void anEnvelopeReadsBack() throws Exception {
        Envelope e = Envelope.sign("t", new byte[] {0, -1}, SIGNER);
        Envelope again = parse(new String(e.encode(), StandardCharsets.UTF_8));
        assertArrayEquals(e.encode(), again.encode());
        assertTrue(again.signedBy(SIGNER.key()));
        assertEquals(16, e.keyId().length());
    }

    @Test
    void variantsThatSignTheSameAreRefused() {
        String json = new String(Envelope.sign("t", utf8("ab"), SIGNER).encode(), StandardCharsets.UTF_8);
        String signature = json.substring(json.indexOf("{\"keyid\""), json.indexOf("]}"));
        for (String bad : List.of(
                json.replace("YWI=", "YWJ="), // trailing bits of base64
                json.replace("YWI=", "YWI"),
                json.replace("YWI=", "YWI=\\n"),
                json.replace("YWI=", " YWI="),
                json.replace("YWI=", "YW I="),
                json.replace("==\"}]", "\"}]"), // no padding
                json.replace(signature, signature + "," + signature), // two signatures
                json.replace(signature, ""), // none
                json.replace("\"keyid\"", "\"cert\":\"\",\"keyid\""),
                json.replace("{\"payloadType\"", "{\"extra\":1,\"payloadType\""),
                json.replace("\"payloadType\":\"t\",", ""))) {
            assertThrows(MalformedException.class, () -> parse(bad), bad);
        }
    }
}
