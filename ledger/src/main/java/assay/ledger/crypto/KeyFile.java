package assay.ledger.crypto;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A private key in a file that only its owner may read: without a password for play money, or as an
 * encrypted {@link Keystore}.
 *
 * <p>Without a password it is JSON: {@code {"format":"assay/key/1","address":"0x…","privateKey":"0x…"}}.
 */
public final class KeyFile {
    private static final String FORMAT = "assay/key/1";
    private static final int BYTES_MAX = 4096;

    private KeyFile() {}

    /** Writes the key to a new file, mode 0600, in a folder that is created with mode 0700. */
    public static void write(Path file, PrivateKey key) throws IOException {
        SequencedMap<String, Json> members = new LinkedHashMap<>();
        members.put("format", new Json.Str(FORMAT));
        members.put("address", new Json.Str(key.address().toString()));
        members.put("privateKey", new Json.Str("0x" + HexFormat.of().formatHex(key.secretBytes())));
        save(file, new Json.Obj(members));
    }

    /** Writes the key encrypted with a password, readable by other Ethereum tools. */
    public static void write(Path file, PrivateKey key, char[] password) throws IOException {
        save(file, Keystore.encrypt(key, password));
    }

    /** Whether the file needs a password. */
    public static boolean isEncrypted(Path file) throws IOException {
        return Keystore.is(load(file));
    }

    /** The key in a file without a password. */
    public static PrivateKey read(Path file) throws IOException {
        try {
            Field root = Field.root(load(file));
            if (!root.at("format").string(64).equals(FORMAT)) {
                throw new MalformedException("not " + FORMAT, -1);
            }
            String hex = root.at("privateKey").string(66);
            PrivateKey key = PrivateKey.ofBytes(Keystore.hex(hex.startsWith("0x") ? hex.substring(2) : hex));
            if (!key.address().equals(Address.parse(root.at("address").string(42)))) {
                throw new MalformedException("the key is not that of the address beside it", -1);
            }
            return key;
        } catch (MalformedException e) {
            throw new IOException(file + " is no key file: " + e.getMessage(), e);
        }
    }

    /** The key in an encrypted file. */
    public static PrivateKey read(Path file, char[] password) throws IOException {
        try {
            return Keystore.decrypt(load(file), password);
        } catch (MalformedException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static void save(Path file, Json json) throws IOException {
        OwnerOnly.createFolder(OwnerOnly.folderOf(file));
        OwnerOnly.writeNew(file, (JsonText.write(json) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Json load(Path file) throws IOException {
        if (OwnerOnly.isOpenToOthers(file)) {
            throw new IOException("others may read " + file + ", which holds a private key: chmod 600 it first");
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is no key file: more than " + BYTES_MAX + " bytes");
        }
        try {
            return JsonText.parse(Files.readAllBytes(file), 8, BYTES_MAX);
        } catch (MalformedException e) {
            throw new IOException(file + " is no key file: " + e.getMessage(), e);
        }
    }
}
