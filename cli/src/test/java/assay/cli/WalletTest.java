package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.ledger.crypto.Keystore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys, limits and the ledger of one's own network, from the command line, without a model. */
final class WalletTest {
    @TempDir
    Path folder;

    private Path password;

    @BeforeEach
    void choose() throws Exception {
        password = Files.writeString(folder.resolve("password"), "seven words are better than one\n");
    }

    private Said run(String... arguments) {
        return Said.run(folder.resolve("home"), arguments);
    }

    private String address() {
        return run("wallet", "address").out().strip();
    }

    @Test
    void aWalletThatIsExportedComesBackFromItsKeystore() throws Exception {
        String first = address();
        Path file = folder.resolve("wallet.json");
        assertEquals(
                0,
                run("wallet", "export", file.toString(), "--password-file", password.toString())
                        .code());
        Field keystore = Field.root(JsonText.parse(Files.readAllBytes(file), 8, 1 << 16));
        assertTrue(Keystore.is(keystore.value()));
        assertEquals(3, keystore.at("version").int32(0, 9));
        assertEquals(0, run("wallet", "new").code());
        assertNotEquals(first, address());
        assertEquals(
                0,
                run("wallet", "import", file.toString(), "--password-file", password.toString())
                        .code());
        assertEquals(first, address());
    }

    @Test
    void helpNamesWhatWalletAndLedgerAreGiven() {
        String wallet = run("wallet", "--help").out();
        assertTrue(wallet.contains("[WHAT] [TO|FILE|UNITS] [AMOUNT]"), wallet);
        assertTrue(wallet.contains("send: the account that gets it"), wallet);
        String ledger = run("ledger", "--help").out();
        assertTrue(ledger.contains("[ADDRESS|OPERATOR|HEIGHT]"), ledger);
        assertTrue(ledger.contains("receipt: its digest"), ledger);
    }

    @Test
    void aWrongPasswordOpensNothing() throws Exception {
        String first = address();
        Path file = folder.resolve("wallet.json");
        run("wallet", "export", file.toString(), "--password-file", password.toString());
        Path wrong = Files.writeString(folder.resolve("wrong"), "another");
        run("wallet", "new");
        assertNotEquals(
                0,
                run("wallet", "import", file.toString(), "--password-file", wrong.toString())
                        .code());
        assertNotEquals(first, address());
    }

    @Test
    void aBackupHoldsEveryKeyAndNoneInClear() throws Exception {
        run("wallet", "faucet");
        run("wallet", "key");
        String first = address();
        Path file = folder.resolve("backup.json");
        Said said = run("wallet", "backup", file.toString(), "--password-file", password.toString());
        assertEquals(0, said.code(), said.err());
        String text = Files.readString(file);
        String clear;
        try (Stream<Path> all = Files.walk(folder.resolve("home"))) {
            clear = Files.readString(
                    all.filter(path -> path.endsWith("wallet.key")).findFirst().orElseThrow());
        }
        Field key = Field.root(JsonText.parse(clear.getBytes(StandardCharsets.UTF_8), 4, 4096));
        assertFalse(text.contains(key.at("privateKey").string().substring(2)));
        Field backup = Field.root(JsonText.parse(text.getBytes(StandardCharsets.UTF_8), 8, 1 << 20));
        assertTrue(backup.at("accounts").find("faucet").isPresent());
        assertTrue(backup.at("secrets").find("api.secret").isPresent());
        assertEquals(
                1,
                run("wallet", "backup", file.toString(), "--password-file", password.toString())
                        .code());
        run("wallet", "new");
        assertEquals(
                0,
                run("wallet", "import", file.toString(), "--password-file", password.toString())
                        .code());
        assertEquals(first, address());
    }

    @Test
    void aKeyOfHexDigitsIsTaken() throws Exception {
        // The first account of the development mnemonic that Ethereum tools share.
        Path file = Files.writeString(
                folder.resolve("hex"), "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
        assertEquals(0, run("wallet", "import", file.toString()).code());
        assertEquals("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", address());
    }

    @Test
    void theDailyLimitIsKeptAndTakenAway() throws Exception {
        assertEquals(
                "none", run("wallet", "limit", "--json").json().at("per_day").string());
        assertEquals(0, run("wallet", "limit", "0.5").code());
        assertEquals(
                "0.500000",
                run("wallet", "limit", "--json").json().at("per_day").string());
        assertEquals(0, run("wallet", "limit", "none").code());
        assertEquals(
                "none", run("wallet", "limit", "--json").json().at("per_day").string());
    }

    @Test
    void theLedgerShowsWhatHappenedToAnAccount() throws Exception {
        String me = address();
        String other = "0x52908400098527886E0F7030069857D2E4169EE7";
        assertEquals(0, run("wallet", "faucet").code());
        assertEquals(0, run("wallet", "send", other, "1.5").code());
        List<Field> history =
                run("wallet", "history", "--json").json().at("history").items(100);
        assertEquals(2, history.size());
        assertEquals("transferred", history.get(1).at("event").string());
        assertEquals(me, history.get(1).at("from").string());
        assertEquals(other, history.get(1).at("to").string());
        assertEquals(1_500_000, history.get(1).at("amount_micro").integer(0, Long.MAX_VALUE));

        Field status = run("ledger", "--json").json();
        assertEquals(2, status.at("height").integer(0, 100));
        List<Field> accounts =
                run("ledger", "accounts", "--json").json().at("accounts").items(100);
        assertEquals(3, accounts.size(), "the faucet, the wallet and the other");
        assertTrue(run("ledger", "transactions").out().contains("transferred"));
        assertEquals(
                1,
                run("ledger", "transactions", "1", "--json")
                        .json()
                        .at("transactions")
                        .items(100)
                        .size());
        for (String list : List.of("operators", "models", "channels", "audits")) {
            assertEquals(
                    0, run("ledger", list, "--json").json().at(list).items(100).size());
            assertEquals(0, run("ledger", list).code());
        }
        assertEquals(2, run("ledger", "nonsense").code());
    }
}
