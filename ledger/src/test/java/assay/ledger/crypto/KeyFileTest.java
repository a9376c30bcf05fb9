package assay.ledger.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.ledger.Vectors;
import assay.ledger.World;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final PrivateKey KEY = World.key("somebody");

    @TempDir
    Path tmp;

    @Test
    void aKeyFileIsForItsOwnersEyesOnly() throws Exception {
        Path file = tmp.resolve("wallet/default.key");
        KeyFile.write(file, KEY);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(tmp.resolve("wallet"))));
        assertArrayEquals(KEY.secretBytes(), KeyFile.read(file).secretBytes());
        assertThrows(FileAlreadyExistsException.class, () -> KeyFile.write(file, World.key("another")));

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        IOException e = assertThrows(IOException.class, () -> KeyFile.read(file));
        assertTrue(String.valueOf(e.getMessage()).contains("others may read"), e::toString);
    }

    @Test
    void aPasswordOpensItsOwnKeystoreAlone() throws Exception {
        Path file = tmp.resolve("encrypted.json");
        KeyFile.write(file, KEY, "geheim".toCharArray());
        assertTrue(KeyFile.isEncrypted(file));
        assertArrayEquals(
                KEY.secretBytes(), KeyFile.read(file, "geheim".toCharArray()).secretBytes());
        IOException e = assertThrows(IOException.class, () -> KeyFile.read(file, "Geheim".toCharArray()));
        assertTrue(String.valueOf(e.getMessage()).contains("the password is wrong"), e::toString);
        assertTrue(!Files.readString(file).contains(HexFormat.of().formatHex(KEY.secretBytes())));
    }

    @Test
    void keystoresOfEthKeyfileOpen() throws Exception {
        for (Field v : Vectors.of("keystores.json")) {
            char[] password = v.at("password").string().toCharArray();
            PrivateKey key = Keystore.decrypt(v.at("keystore").value(), password);
            assertEquals(v.at("privateKey").string(), HexFormat.of().formatHex(key.secretBytes()));
            char[] wrong = (v.at("password").string() + "!").toCharArray();
            assertThrows(
                    MalformedException.class,
                    () -> Keystore.decrypt(v.at("keystore").value(), wrong));
        }
    }

    @Test
    void addressesAreCheckedAsInEip55() throws Exception {
        // The examples of EIP-55.
        for (String a : new String[] {
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0xde709f2102306220921060314715629080e2fb77"
        }) {
            assertEquals(a, Address.parse(a).toString());
        }
        assertThrows(MalformedException.class, () -> Address.parse("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
        assertThrows(MalformedException.class, () -> Address.parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe"));
        assertThrows(MalformedException.class, () -> Address.parse("0x５aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
    }
}
