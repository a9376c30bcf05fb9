package assay.node;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.program.Program;
import assay.core.receipt.PriceList;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Channel;
import assay.ledger.state.Genesis;
import assay.ledger.state.Offer;
import assay.ledger.state.State;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

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

    private final EmbeddedLedger ledger;
    private final Home home;

    private Bootstrap(EmbeddedLedger ledger, Home home) {
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
            send(
                    operator,
                    new Transaction.RegisterOperator(Hash.ofBytes(nodeKey.key().bytes()), ""));
            send(operator, new Transaction.Bond(STAKE));
        }
        Hash model = model(operator, program, config);
        if (state().offer(node, model).isEmpty()) {
            send(operator, new Transaction.SetPrices(model, TOKEN_PRICE, CACHED_PRICE, TOKEN_PRICE));
        }
        if (state().auditor(model, auditor.signer().address()).isEmpty()) {
            send(auditor, new Transaction.BondAuditor(model, STAKE));
        }
        Offer offer = state().offer(node, model).orElseThrow();
        PriceList price = new PriceList(
                offer.version(),
                offer.promptPerMillion().micro(),
                offer.cachedPerMillion().micro(),
                offer.completionPerMillion().micro());
        return new Ready(model, channel(wallet, node), price, wallet, operator, auditor, faucet);
    }

    private Hash model(Sender publisher, Program program, NodeConfig config) throws IOException {
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
                0, // nobody else hosts a model of this network
                Ids.NONE,
                program.root(),
                program.weightRoot(),
                program.tokenizerDigest(),
                program.templateDigest(),
                program.unicode(),
                "assay/program/1",
                spdx(config.licence()),
                Hash.sha256(config.licence().getBytes(StandardCharsets.UTF_8)),
                ROYALTY_PPM,
                Amount.ZERO);
        send(publisher, words);
        return state().modelId(config.modelName()).orElseThrow();
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
