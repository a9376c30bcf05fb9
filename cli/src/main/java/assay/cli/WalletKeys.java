package assay.cli;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.crypto.KeyFile;
import assay.ledger.crypto.Keystore;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.crypto.PrivateKey;
import assay.node.Home;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of a home: a new wallet, one from elsewhere, and copies that need a password. */
final class WalletKeys {
    private static final int FILE_MAX_BYTES = 64 << 10;
    private static final int PASSWORD_MAX_BYTES = 1024;
    private static final String BACKUP = "assay/backup/1";
    private static final List<String> ACCOUNTS = List.of("wallet", "operator", "auditor", "faucet");
    private static final List<String> SECRETS = List.of("node.seed", "auditor.secret", "api.secret");

    private final Home home;
    private final @Nullable Path passwordFile;

    /** @param passwordFile holds the password; null to ask for it on the terminal */
    WalletKeys(Home home, @Nullable Path passwordFile) {
        this.home = home;
        this.passwordFile = passwordFile;
    }

    /** Makes a new wallet; the old one is kept under its address. */
    PrivateKey fresh() throws IOException, Mistake {
        refuseWhileRunning();
        PrivateKey key = PrivateKey.generate(new java.security.SecureRandom());
        put(key);
        return key;
    }

    /** Takes the key in a file: 64 hex digits, one of our key files, a keystore (Web3 Secret Storage) or a backup. */
    PrivateKey take(Path file) throws IOException, Mistake, MalformedException {
        refuseWhileRunning();
        PrivateKey key = read(file);
        put(key);
        return key;
    }

    private PrivateKey read(Path file) throws IOException, Mistake, MalformedException {
        byte[] bytes = file.toString().equals("-") ? System.in.readNBytes(FILE_MAX_BYTES) : Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        String digits = text.startsWith("0x") ? text.substring(2) : text;
        if (digits.matches("[0-9a-fA-F]{64}")) {
            return PrivateKey.ofBytes(HexFormat.of().parseHex(digits));
        }
        Json json = JsonText.parse(text.getBytes(StandardCharsets.UTF_8), 8, FILE_MAX_BYTES);
        if (Keystore.is(json)) {
            return Keystore.decrypt(json, password(false));
        }
        Field root = Field.root(json);
        if (root.find("format").isPresent() && root.at("format").string(64).equals(BACKUP)) {
            return Keystore.decrypt(root.at("accounts").at("wallet").value(), password(false));
        }
        return KeyFile.read(file);
    }

    /** The wallet as a keystore that other Ethereum tools open. */
    byte[] export() throws IOException, Mistake {
        return bytes(Keystore.encrypt(home.account("wallet"), password(true)));
    }

    /** Every key and secret of the home, each encrypted with the password. */
    byte[] backup() throws IOException, Mistake, MalformedException {
        char[] password = password(true);
        Json.Members accounts = Json.object();
        for (String name : ACCOUNTS) {
            if (Files.exists(keys().resolve(name + ".key"))) {
                accounts.put(name, Keystore.encrypt(home.account(name), password));
            }
        }
        Json.Members secrets = Json.object();
        for (String name : SECRETS) {
            if (Files.exists(keys().resolve(name))) {
                byte[] secret = Files.readAllBytes(keys().resolve(name));
                secrets.put(name, Keystore.encrypt(PrivateKey.ofBytes(secret), password));
            }
        }
        return bytes(Json.object()
                .put("format", BACKUP)
                .put("accounts", accounts.build())
                .put("secrets", secrets.build())
                .build());
    }

    private static byte[] bytes(Json json) {
        return (JsonText.write(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Writes a file that only its owner may read; one that is there is not overwritten. */
    static void write(Path file, byte[] bytes) throws IOException, Mistake {
        if (Files.exists(file)) {
            throw new Mistake(file + " is there already", "name another file", Exit.FAILED);
        }
        OwnerOnly.writeNew(file.toAbsolutePath(), bytes);
    }

    private void put(PrivateKey key) throws IOException {
        Path file = keys().resolve("wallet.key");
        if (Files.exists(file)) {
            String old = home.account("wallet").address().toString();
            if (old.equals(key.address().toString())) {
                return;
            }
            Files.move(file, keys().resolve("wallet-" + old + ".key"));
        }
        KeyFile.write(file, key);
    }

    private Path keys() {
        return home.dir().resolve("keys");
    }

    private void refuseWhileRunning() throws IOException, Mistake {
        if (Running.find(home.dir()).isPresent()) {
            throw new Mistake("a network runs with this wallet", "stop it first", Exit.FAILED);
        }
    }

    private char[] password(boolean twice) throws IOException, Mistake {
        if (passwordFile != null) {
            byte[] bytes = Files.readAllBytes(passwordFile);
            if (bytes.length > PASSWORD_MAX_BYTES) {
                throw new Mistake("a password of " + bytes.length + " bytes", "", Exit.USAGE);
            }
            return new String(bytes, StandardCharsets.UTF_8).strip().toCharArray();
        }
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw new Mistake("there is no terminal to ask for a password", "--password-file FILE", Exit.USAGE);
        }
        char[] first = console.readPassword("password: ");
        if (first == null || twice && !Arrays.equals(first, console.readPassword("again: "))) {
            throw new Mistake("the passwords differ", "", Exit.USAGE);
        }
        return first;
    }
}
