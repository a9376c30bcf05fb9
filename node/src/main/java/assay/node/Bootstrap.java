package assay.node;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.merkle.Chunks;
import assay.core.program.Program;
import assay.core.receipt.PriceList;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Channel;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.Offer;
import assay.ledger.state.Operator;
import assay.ledger.state.State;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.NodeKeyProof;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings an embedded ledger to where a node can work: accounts funded with play money, operator and auditor
 * bonded, model published and priced, channel open. Does only what is missing.
 */
final class Bootstrap {
    /** All the play money that there will ever be. */
    static final Amount SUPPLY = Amount.ofUnits(1_000_000_000);

    /** What the faucet gives at a time. */
    static final Amount GRANT = Amount.ofUnits(1000);

    private static final Amount STAKE = Amount.ofUnits(200);
    private static final Amount DEPOSIT = Amount.ofUnits(100);
    private static final Amount TOKEN_PRICE = Amount.ofMicro(1_000_000);
    private static final Amount CACHED_PRICE = Amount.ofMicro(250_000);
    private static final int ROYALTY_PPM = 100_000;

    private final LiveLedger ledger;
    private final Home home;

    private Bootstrap(LiveLedger ledger, Home home) {
        this.ledger = ledger;
        this.home = home;
    }

    /**
     * What a node needs to know of the ledger.
     *
     * @param model id of the model
     * @param channel from the wallet to the operator
     * @param price list that the operator posted
     */
    record Ready(
            Hash model, Hash channel, PriceList price, Sender wallet, Sender operator, Sender auditor, Sender faucet) {}

    /** Opens the ledger of this home, made with its faucet at first use. */
    static EmbeddedLedger open(Home home) throws IOException {
        if (EmbeddedLedger.exists(home.ledger())) {
            return EmbeddedLedger.open(home.ledger());
        }
        Address faucet = home.account("faucet").address();
        int network = java.nio.ByteBuffer.wrap(faucet.bytes()).getInt() & 0xfffff;
        return EmbeddedLedger.open(home.ledger(), Genesis.embedded(network, faucet, SUPPLY));
    }

    static Ready run(EmbeddedLedger ledger, Home home, Program program, NodeConfig config) throws IOException {
        return new Bootstrap(ledger, home).ready(program, config);
    }

    /** The channel of a node whose owner does not ask it with a wallet of its own. */
    private static final Hash NO_CHANNEL = Hash.tagged("assay/no-channel/1");

    private static final Amount WANTED = STAKE.plus(Amount.ofUnits(1));
    private static final long PAUSE_MILLIS = 500;

    /**
     * Makes this home's operator one of a network's, where it is not yet: waits for money, registers with its endpoint,
     * bonds, publishes the model if nobody did, and sets prices.
     *
     * @param say is told what the network waits for
     * @throws IOException also if it is registered with another key
     */
    static Ready join(
            LiveLedger ledger, Home home, Program program, NodeConfig config, URI endpoint, Consumer<String> say)
            throws IOException, InterruptedException {
        return new Bootstrap(ledger, home).joined(program, config, endpoint.toString(), say);
    }

    private Ready joined(Program program, NodeConfig config, String endpoint, Consumer<String> say)
            throws IOException, InterruptedException {
        Sender operator = sender("operator");
        Address node = operator.signer().address();
        NodeSigner signer = home.nodeKey();
        Hash key = Hash.ofBytes(signer.key().bytes());
        if (state().operator(node).isEmpty()) {
            awaitMoney(ledger, node, WANTED, say);
            send(operator, registration(signer, node, endpoint));
        }
        Operator known = state().operator(node).orElseThrow();
        if (!known.nodeKey().equals(key)) {
            throw new IOException("operator " + node + " is registered with key " + known.nodeKey()
                    + ": start it where that key is, or from another home");
        }
        if (!known.endpoint().equals(endpoint)) {
            send(operator, new Transaction.SetEndpoint(endpoint));
        }
        if (known.stake().bonded().isZero()) {
            awaitMoney(ledger, node, WANTED, say);
            send(operator, new Transaction.Bond(STAKE));
        }
        Hash model = model(operator, program, config, true);
        if (state().offer(node, model).isEmpty()) {
            send(operator, new Transaction.SetPrices(model, TOKEN_PRICE, CACHED_PRICE, TOKEN_PRICE));
        }
        send(operator, new Transaction.Heartbeat());
        return new Ready(
                model,
                NO_CHANNEL,
                price(state().offer(node, model).orElseThrow()),
                sender("wallet"),
                operator,
                sender("auditor"),
                sender("faucet"));
    }

    /** Waits until an account has so much. */
    static void awaitMoney(LiveLedger ledger, Address account, Amount wanted, Consumer<String> say)
            throws InterruptedException {
        if (ledger.state().balance(account).isBelow(wanted)) {
            say.accept("waiting for " + wanted + " in account " + account + ": assay wallet send --ledger URL "
                    + account + " " + wanted);
        }
        while (ledger.state().balance(account).isBelow(wanted)) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static PriceList price(Offer offer) {
        return new PriceList(
                offer.version(),
                offer.promptPerMillion().micro(),
                offer.cachedPerMillion().micro(),
                offer.completionPerMillion().micro());
    }

    /** The auditor of this home on a network: bonded for the model that a node published. */
    static Sender joinAuditor(LiveLedger ledger, Home home, Hash program, Consumer<String> say)
            throws IOException, InterruptedException {
        Bootstrap b = new Bootstrap(ledger, home);
        Sender auditor = b.sender("auditor");
        Address account = auditor.signer().address();
        Optional<Hash> model = b.published(program);
        if (model.isEmpty()) {
            say.accept("waiting for a node that publishes program " + program);
        }
        while (model.isEmpty()) {
            Thread.sleep(PAUSE_MILLIS);
            model = b.published(program);
        }
        if (ledger.state().auditor(model.get(), account).isEmpty()) {
            awaitMoney(ledger, account, WANTED, say);
            b.send(auditor, new Transaction.BondAuditor(model.get(), STAKE));
        }
        return auditor;
    }

    private Optional<Hash> published(Hash program) {
        List<Hash> found = new ArrayList<>();
        state().models().forEach(Key.ANY, (key, model) -> {
            if (model.words().programRoot().equals(program)) {
                found.add(Hash.ofBytes(key));
            }
        });
        return found.stream().findFirst();
    }

    private Ready ready(Program program, NodeConfig config) throws IOException {
        Sender faucet = sender("faucet");
        Sender wallet = sender("wallet");
        Sender operator = sender("operator");
        Sender auditor = sender("auditor");
        for (Sender s : List.of(wallet, operator, auditor)) {
            if (ledger.nonce(s.signer().address()) == 0
                    && state().balance(s.signer().address()).isZero()) {
                send(faucet, new Transaction.Transfer(s.signer().address(), GRANT));
            }
        }
        Address node = operator.signer().address();
        NodeSigner nodeKey = home.nodeKey();
        if (state().operator(node).isEmpty()) {
            send(operator, registration(nodeKey, node, ""));
            send(operator, new Transaction.Bond(STAKE));
        }
        Hash model = model(operator, program, config, false);
        if (state().offer(node, model).isEmpty()) {
            send(operator, new Transaction.SetPrices(model, TOKEN_PRICE, CACHED_PRICE, TOKEN_PRICE));
        }
        if (state().auditor(model, auditor.signer().address()).isEmpty()) {
            send(auditor, new Transaction.BondAuditor(model, STAKE));
        }
        PriceList price = price(state().offer(node, model).orElseThrow());
        return new Ready(model, channel(wallet, node), price, wallet, operator, auditor, faucet);
    }

    private Transaction.RegisterOperator registration(NodeSigner signer, Address operator, String endpoint) {
        return new Transaction.RegisterOperator(
                Hash.ofBytes(signer.key().bytes()), NodeKeyProof.of(signer, ledger.chainId(), operator), endpoint);
    }

    /** @param hosted whether others may keep its file: not where one machine is all there is */
    private Hash model(Sender publisher, Program program, NodeConfig config, boolean hosted) throws IOException {
        Optional<Hash> known = state().modelId(config.modelName());
        if (known.isPresent()) {
            Transaction.PublishModel words =
                    state().model(known.get()).orElseThrow().words();
            if (!words.programRoot().equals(program.root())) {
                throw new IOException("the ledger knows \"" + config.modelName() + "\" as program "
                        + words.programRoot().hex().substring(0, 16) + ", this file compiles to "
                        + program.root().hex().substring(0, 16) + ": give the file another name");
            }
            return known.get();
        }
        Transaction.PublishModel words = new Transaction.PublishModel(
                config.modelName(),
                config.fileDigest(),
                hosted ? Files.size(config.modelFile()) : 0,
                hosted ? chunks(config.modelFile()) : Ids.NONE,
                program.root(),
                program.weightRoot(),
                program.tokenizerDigest(),
                program.templateDigest(),
                program.unicode(),
                program.macsPerToken(),
                "assay/program/1",
                spdx(config.licence()),
                Hash.sha256(config.licence().getBytes(StandardCharsets.UTF_8)),
                ROYALTY_PPM,
                state().params().hosting().claimBond());
        send(publisher, words);
        return state().modelId(config.modelName()).orElseThrow();
    }

    private static Hash chunks(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Chunks.tree(in).root();
        }
    }

    private static String spdx(String licence) {
        String plain = licence.strip();
        return plain.matches("[A-Za-z0-9.+-]{1,64}") ? plain : "LicenseRef-as-stated";
    }

    private Hash channel(Sender wallet, Address node) throws IOException {
        Address payer = wallet.signer().address();
        long nonce = ledger.nonce(payer);
        for (long n = nonce - 1; n >= 0; n--) {
            Hash id = Ids.channel(ledger.chainId(), payer, node, n);
            Optional<Channel> open = state().channel(id);
            if (open.isPresent() && open.get().closesAt() == 0) {
                return id;
            }
        }
        send(wallet, new Transaction.OpenChannel(node, DEPOSIT));
        return Ids.channel(ledger.chainId(), payer, node, nonce);
    }

    private Sender sender(String account) throws IOException {
        return new Sender(ledger, new Signer(home.account(account), ledger.chainId()));
    }

    private State state() {
        return ledger.state();
    }

    private void send(Sender from, Transaction body) throws IOException {
        if (from.send(body).join() instanceof Outcome.Rejected(var reason)) {
            throw new IOException("the ledger refused " + body.getClass().getSimpleName() + ": " + reason);
        }
    }
}
