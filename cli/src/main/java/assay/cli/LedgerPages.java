package assay.cli;

import assay.client.light.Provider;
import assay.client.light.Registry;
import assay.core.base.Counted;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.ledger.Reason;
import assay.ledger.crypto.Address;
import assay.ledger.light.LightBlock;
import assay.ledger.light.LightLedger;
import assay.ledger.state.Account;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt;
import assay.ledger.state.State;
import assay.ledger.state.Validator;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.TransactionCodec;
import assay.node.LedgerView;
import assay.node.consensus.BeaconVotes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code assay ledger} shows of a network's ledger: everything by proofs. */
final class LedgerPages {
    private static final long POLL_MILLIS = 300;

    /** How far back transactions are shown where no height is said. */
    private static final long BLOCKS_SHOWN = 60;

    private final Assay assay;
    private final LightLedger ledger;

    LedgerPages(Assay assay, LightLedger ledger) {
        this.assay = assay;
        this.ledger = ledger;
    }

    int show(String what, @Nullable String who, @Nullable String id)
            throws IOException, InterruptedException, Mistake, MalformedException {
        return switch (what) {
            case "status" -> status();
            case "account" -> account(Address.parse(given(who, "account ADDRESS")));
            case "operators" -> operators();
            case "accounts" -> list(what, State.Part.ACCOUNTS, "address");
            case "models" -> list(what, State.Part.MODELS, "model");
            case "channels" -> list(what, State.Part.CHANNELS, "channel");
            case "audits" -> list(what, State.Part.AUDITS, "receipt");
            case "transactions" -> transactions(who);
            case "validators" -> validators();
            case "receipt" ->
                receipt(Address.parse(given(who, "receipt OPERATOR ID")), Hash.ofHex(given(id, "receipt OPERATOR ID")));
            case "follow" -> follow();
            default ->
                throw new Mistake(
                        "ledger cannot '" + what + "'",
                        "it can: status, account, accounts, operators, models, channels, audits, transactions, validators,"
                                + " receipt, follow",
                        Exit.USAGE);
        };
    }

    private static String given(@Nullable String word, String usage) throws Mistake {
        if (word == null) {
            throw new Mistake("something is missing", "assay ledger --ledger URL " + usage, Exit.USAGE);
        }
        return word;
    }

    private int say(Json.Members json, String... lines) {
        if (assay.json()) {
            assay.screen().json(json.build());
        } else {
            for (String line : lines) {
                assay.screen().out().println("  " + line);
            }
        }
        return Exit.OK;
    }

    private int status() throws IOException, InterruptedException {
        LightBlock block = ledger.client().latest();
        String hash = block.header().hash().hex();
        return say(
                Json.object()
                        .put("chain", ledger.chainId())
                        .put("height", block.height())
                        .put("time", block.header().time().toString())
                        .put("hash", hash)
                        .put("state_root_before", block.header().app().hex())
                        .put("validators", block.validators().members().size())
                        .put("supply_micro", ledger.genesis().supply().micro()),
                "chain       " + ledger.chainId(),
                "block       " + block.height() + " of " + block.header().time() + ", "
                        + Counted.of(block.validators().members().size(), "validator"),
                "pin it      @" + block.height() + ":" + hash,
                "supply      " + ledger.genesis().supply());
    }

    private int account(Address address) throws IOException, InterruptedException {
        Account account = ledger.account(address);
        return say(
                Json.object()
                        .put("address", address.toString())
                        .put("balance_micro", account.balance().micro())
                        .put("nonce", account.nonce()),
                account.balance() + "  in account " + address + ", which sent " + account.nonce());
    }

    private int operators() throws IOException, InterruptedException {
        List<Json> json = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Provider p : new Registry(ledger).providers(Optional.empty())) {
            json.add(Json.object()
                    .put("operator", p.operator().toString())
                    .put("endpoint", p.endpoint().toString())
                    .put("model", p.model())
                    .put("prompt_per_million_micro", p.promptPerMillion().micro())
                    .put(
                            "completion_per_million_micro",
                            p.completionPerMillion().micro())
                    .put("bonded_micro", p.bonded().micro())
                    .put("faults", p.faults())
                    .build());
            lines.add(p.operator() + "  " + p.model() + "  " + p.endpoint() + "  " + p.completionPerMillion()
                    + " a million tokens, " + p.bonded() + " bonded, " + Counted.of(p.faults(), "fault"));
        }
        return say(
                Json.object().put("operators", Json.of(json)),
                lines.isEmpty() ? new String[] {"none"} : lines.toArray(String[]::new));
    }

    /** Entries of a map: keys as an endpoint lists them, each value by its proof. */
    private int list(String what, State.Part part, String keyName)
            throws IOException, InterruptedException, MalformedException {
        LightBlock block = ledger.client().latest();
        List<byte[]> keys = ledger.keys(part, Key.ANY);
        List<Json> entries = new ArrayList<>();
        for (byte[] key : keys.subList(0, Math.min(keys.size(), LedgerView.LIST_MAX))) {
            ledger.read(part, key, part.type(), block)
                    .ifPresent(value -> entries.add(LedgerView.entry(keyName, key, value)));
        }
        return lines(what, entries, keys.size() > LedgerView.LIST_MAX);
    }

    /** Like the lists of one's own ledger. */
    private int lines(String what, List<Json> entries, boolean isMore) throws MalformedException {
        if (assay.json()) {
            assay.screen()
                    .json(Json.object()
                            .put(what, Json.of(entries))
                            .put("more", isMore)
                            .build());
            return Exit.OK;
        }
        for (Json entry : entries) {
            OwnLedger.line(assay.screen(), Field.root(entry));
        }
        if (isMore || entries.isEmpty()) {
            assay.screen().out().println(assay.screen().faint(isMore ? "  there is more" : "  none"));
        }
        return Exit.OK;
    }

    /** What is in the blocks from a height on, and what became of it; both held against headers. */
    private int transactions(@Nullable String since)
            throws IOException, InterruptedException, Mistake, MalformedException {
        long newest = ledger.client().latest().height();
        long from = since == null ? Math.max(1, newest - BLOCKS_SHOWN) : Math.max(1, OwnLedger.number(since));
        List<Json> entries = new ArrayList<>();
        long height = from;
        for (; height < newest && entries.size() < LedgerView.LIST_MAX; height++) {
            List<byte[]> all = ledger.client().whole(height).transactions();
            List<byte[]> sent = BeaconVotes.others(all);
            List<Long> codes = sent.isEmpty() ? List.of() : ledger.client().codes(height);
            for (int i = 0; i < sent.size(); i++) {
                entries.add(transaction(height, sent.get(i), codes.get(all.size() - sent.size() + i)));
            }
        }
        return lines("transactions", entries, height < newest);
    }

    private static Json transaction(long height, byte[] bytes, long code) {
        Json.Members json = Json.object().put("height", height);
        try {
            SignedTransaction t = TransactionCodec.parse(bytes);
            json.put("transaction", t.id().hex())
                    .put("kind", t.body().getClass().getSimpleName())
                    .put("from", t.from().toString())
                    .put("nonce", t.nonce());
            LedgerView.members((Record) t.body()).forEach(json::put);
        } catch (MalformedException e) {
            json.put("malformed", String.valueOf(e.getMessage()));
        }
        return json.put("result", code == 0 ? "applied" : refusal(code)).build();
    }

    private static String refusal(long code) {
        return Reason.ofWire(code).map(Reason::name).orElse("refused: " + code);
    }

    private int validators() throws IOException, InterruptedException {
        LightBlock block = ledger.client().latest();
        List<Json> json = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (byte[] key : ledger.keys(State.Part.VALIDATORS, Key.ANY)) {
            Optional<Validator> found = ledger.read(State.Part.VALIDATORS, key, Validator.class, block);
            if (found.isPresent()) {
                Validator v = found.get();
                Address account = Address.ofBytes(key);
                json.add(Json.object()
                        .put("account", account.toString())
                        .put("consensus_key", v.consensusKey().hex())
                        .put("power", v.power())
                        .put("bond_micro", v.bond().micro())
                        .put("missed", v.missed())
                        .build());
                lines.add(account + "  power " + v.power() + ", " + v.bond() + " bonded, "
                        + Counted.of(v.missed(), "link") + " missed");
            }
        }
        return say(Json.object().put("validators", Json.of(json)), lines.toArray(String[]::new));
    }

    private int receipt(Address operator, Hash digest) throws IOException, InterruptedException {
        Optional<Receipt> found = new Registry(ledger).receipt(operator, digest);
        if (found.isEmpty()) {
            return say(Json.object().put("status", "SIGNED").put("posted", false), "not posted, by proof");
        }
        Receipt r = found.get();
        return say(
                Json.object()
                        .put("status", r.status().name())
                        .put("posted", true)
                        .put("final", r.status().isFinal())
                        .put("height", r.statusAt())
                        .put("amount_micro", r.amount().micro())
                        .put("payer", r.payer().toString()),
                r.status() + " since block " + r.statusAt() + (r.status().isFinal() ? ", final" : ""),
                r.amount() + " from " + r.payer());
    }

    private int follow() throws IOException, InterruptedException {
        long shown = ledger.client().latest().height() - 1;
        while (true) {
            long newest = ledger.client().latest().height();
            for (long h = shown + 1; h <= newest; h++) {
                var block = ledger.client().whole(h);
                int sent = BeaconVotes.others(block.transactions()).size();
                say(
                        Json.object()
                                .put("height", h)
                                .put("time", block.header().time().toString())
                                .put("transactions", sent)
                                .put("hash", block.hash().hex()),
                        h + "  " + block.header().time() + "  " + Counted.of(sent, "transaction") + "  "
                                + block.hash().hex());
            }
            assay.screen().out().flush();
            shown = Math.max(shown, newest);
            Thread.sleep(POLL_MILLIS);
        }
    }
}
