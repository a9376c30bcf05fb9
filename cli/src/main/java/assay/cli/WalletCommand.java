package assay.cli;

import assay.client.Client;
import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.light.LightLedger;
import assay.ledger.state.Account;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import assay.node.Home;
import assay.node.Wallet;
import assay.node.serve.Allowance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay wallet}: the account that pays, on the network of one's own. */
@Command(
        name = "wallet",
        sortOptions = false,
        header = "Show or move the play money of your own network.",
        description = {
            "%n  @|bold balance|@           what there is (also if nothing is said)",
            "  @|bold address|@           the account",
            "  @|bold send TO AMOUNT|@    give some to another account",
            "  @|bold faucet|@            take another grant",
            "  @|bold key|@               the API key that stands for this wallet",
            "  @|bold history|@           what was paid and received",
            "  @|bold limit [UNITS]|@     what may be spent in a day (UTC); none for no limit",
            "  @|bold new|@               another account; the old one's key is kept",
            "  @|bold import FILE|@       the key in a keystore, a backup or hex digits; - is input",
            "  @|bold export [FILE]|@     the key as a keystore, as other Ethereum tools read it",
            "  @|bold backup FILE|@       all keys of this home, with a password%n",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay wallet",
            "  assay wallet send 0x52908400098527886E0F7030069857D2E4169EE7 1.5",
            "  assay wallet limit 0.5",
            "  export OPENAI_API_KEY=$(assay wallet key)",
        })
final class WalletCommand implements Callable<Integer> {
    private static final String PLAY = "play money: made by the local faucet, worth nothing elsewhere";
    private static final String NONE =
            "there is no network of your own yet: assay ask or assay up makes one, and funds this wallet";

    private final Assay assay;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "WHAT",
            defaultValue = "balance",
            description = "One of these (default: ${DEFAULT-VALUE}).")
    private String what = "balance";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TO|FILE|UNITS",
            description = "send: the account that gets it; import, export, backup: the file; limit: units, or none.")
    private @Nullable String to;

    @Parameters(index = "2", arity = "0..1", paramLabel = "AMOUNT", description = "send: units, as 1.5.")
    private @Nullable String amount;

    @Option(names = "--home", paramLabel = "FOLDER", description = "Keys, ledger and receipts (default: the user's).")
    private @Nullable Path home;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "The password of export, backup and import (default: asked for).")
    private @Nullable Path passwordFile;

    @Option(
            names = "--from",
            paramLabel = "NAME",
            defaultValue = "wallet",
            description = "Whose key in the home, with --ledger: wallet, operator, auditor, faucet"
                    + " (default: ${DEFAULT-VALUE}).")
    private String from = "wallet";

    @Mixin
    private LedgerOption ledger = new LedgerOption();

    WalletCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        Home folder = new Home(
                home == null ? assay.folders().data() : home.toAbsolutePath().normalize());
        if (!from.matches("wallet|operator|auditor|faucet")) {
            throw new Mistake("--from is wallet, operator, auditor or faucet", "", Exit.USAGE);
        }
        if (ledger.isGiven()) {
            return remote(folder);
        }
        return switch (what) {
            case "address" -> say("address", folder.account("wallet").address().toString());
            case "key" -> say("key", folder.apiKey());
            case "balance" -> balance(folder);
            case "faucet" -> move(folder, Optional.empty(), Amount.ZERO);
            case "send" -> send(folder);
            case "history" -> history(folder);
            case "limit" -> limit(folder);
            case "new" -> say("address", keys(folder).fresh().address().toString());
            case "import" ->
                say("address", keys(folder).take(Path.of(given())).address().toString());
            case "export" -> export(folder);
            case "backup" -> {
                WalletKeys.write(Path.of(given()), keys(folder).backup());
                yield say("file", given());
            }
            default ->
                throw new Mistake(
                        "wallet cannot '" + what + "'",
                        "it can: balance, address, send TO AMOUNT, faucet, key, history, limit, new, import FILE, export, backup",
                        Exit.USAGE);
        };
    }

    private WalletKeys keys(Home folder) {
        return new WalletKeys(folder, passwordFile);
    }

    private String given() throws Mistake {
        if (to == null) {
            throw new Mistake("say which file", "assay wallet " + what + " FILE", Exit.USAGE);
        }
        return to;
    }

    private int export(Home folder) throws IOException, Mistake {
        byte[] keystore = keys(folder).export();
        if (to != null) {
            WalletKeys.write(Path.of(to), keystore);
            return say("file", to);
        }
        assay.screen().out().print(new String(keystore, StandardCharsets.UTF_8));
        return Exit.OK;
    }

    private int limit(Home folder) throws IOException, Mistake, MalformedException {
        if (to != null) {
            Files.deleteIfExists(folder.dailyLimit());
            if (!to.equals("none")) {
                OwnerOnly.writeNew(
                        folder.dailyLimit(), Amount.parse(to).toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        Optional<Amount> limit = Allowance.limit(folder.dailyLimit());
        return say("per_day", limit.map(Amount::toString).orElse("none"));
    }

    /** The events of the ledger that name this account or one of its channels. */
    private int history(Home folder) throws IOException, InterruptedException, MalformedException {
        String me = folder.account("wallet").address().toString();
        OwnLedger own = new OwnLedger(assay, folder);
        Set<String> names = new TreeSet<>(Set.of(me));
        for (Field channel : own.ask("channels", 0).at("channels").items(Integer.MAX_VALUE)) {
            if (channel.at("payer").string(64).equals(me)) {
                names.add(channel.at("channel").string(64));
            }
        }
        List<Json> mine = new ArrayList<>();
        for (Field event : own.ask("transactions", 0).at("transactions").items(Integer.MAX_VALUE)) {
            boolean isMine = event.object().members().values().stream()
                    .anyMatch(value -> value instanceof Json.Str(String text) && names.contains(text));
            if (isMine) {
                mine.add(event.value());
                if (!assay.json()) {
                    own.line(event);
                }
            }
        }
        if (assay.json()) {
            assay.screen().json(Json.object().put("history", Json.of(mine)).build());
        }
        return Exit.OK;
    }

    /** The account on a network whose ledger is elsewhere. */
    private int remote(Home folder) throws IOException, InterruptedException, Mistake, MalformedException {
        PrivateKey key = folder.account(from);
        if (what.equals("address")) {
            return say("address", key.address().toString());
        }
        LightLedger light = ledger.open(folder.dir());
        Account account = light.account(key.address());
        if (what.equals("send") && to != null && amount != null) {
            Transaction transfer = new Transaction.Transfer(Address.parse(to), Amount.parse(amount));
            LightLedger.Sent sent = light.send(
                    SignedTransaction.sign(light.chainId(), key, account.nonce(), transfer), Duration.ofMinutes(3));
            if (sent.refused().isPresent()) {
                throw new Mistake("the ledger refused: " + sent.refused().get(), "", Exit.FAILED);
            }
            assay.screen().err().println("sent in block " + sent.height() + ", by proof");
            account = light.account(key.address());
        } else if (!what.equals("balance")) {
            throw new Mistake(
                    "on a network, wallet cannot '" + what + "'", "balance, address, send TO AMOUNT", Exit.USAGE);
        }
        return tell(key.address().toString(), account.balance(), Amount.ZERO, true);
    }

    private int say(String key, String value) {
        if (assay.json()) {
            assay.screen().json(Json.object().put(key, value).build());
        } else {
            assay.screen().out().println(value);
        }
        return Exit.OK;
    }

    private int balance(Home folder) throws IOException, InterruptedException, MalformedException {
        Optional<Running> running = Running.find(folder.dir());
        String address = folder.account("wallet").address().toString();
        if (running.isPresent()) {
            Field status = client(folder, running.get()).status();
            return tell(
                    address,
                    Amount.ofMicro(status.at("balance_micro").integer(0, Amount.MAX_MICRO)),
                    Amount.ofMicro(status.at("channel_micro").integer(0, Amount.MAX_MICRO)),
                    true);
        }
        boolean isMade = EmbeddedLedger.exists(folder.ledger());
        try (Wallet wallet = Wallet.open(folder)) {
            return tell(address, wallet.balance(), wallet.inChannels(), isMade);
        }
    }

    private int tell(String address, Amount balance, Amount channel, boolean isMade) {
        Screen screen = assay.screen();
        if (assay.json()) {
            screen.json(Json.object()
                    .put("address", address)
                    .put("balance_micro", balance.micro())
                    .put("channel_micro", channel.micro())
                    .put("money", "play")
                    .build());
            return Exit.OK;
        }
        screen.out().println("  " + screen.bold(balance.toString()) + "  in account " + address);
        screen.out().println("  " + screen.bold(channel.toString()) + "  in the channel that pays for answers");
        screen.out().println(screen.faint("  " + (isMade ? PLAY : NONE)));
        return Exit.OK;
    }

    private int send(Home folder) throws IOException, InterruptedException, Mistake, MalformedException {
        if (to == null || amount == null) {
            throw new Mistake("say to whom and how much", "assay wallet send 0x… 1.5", Exit.USAGE);
        }
        return move(folder, Optional.of(Address.parse(to)), Amount.parse(amount));
    }

    /** To an account, or a grant from the faucet. */
    private int move(Home folder, Optional<Address> receiver, Amount sum)
            throws IOException, InterruptedException, Mistake, MalformedException {
        Optional<Running> running = Running.find(folder.dir());
        if (running.isPresent()) {
            Json.Members body = Json.object();
            receiver.ifPresent(r -> body.put("to", r.toString()).put("amount_micro", sum.micro()));
            client(folder, running.get()).wallet(receiver.isPresent() ? "send" : "faucet", body.build());
        } else {
            try (Wallet wallet = Wallet.open(folder)) {
                Outcome outcome = receiver.isPresent() ? wallet.send(receiver.get(), sum) : wallet.faucet();
                if (outcome instanceof Outcome.Rejected(var reason)) {
                    throw new Mistake("the ledger refused: " + reason, "", Exit.FAILED);
                }
            }
        }
        return balance(folder);
    }

    private static Client client(Home folder, Running running) throws IOException {
        return Client.connect(running.uri()).bearer(folder.apiKey());
    }
}
