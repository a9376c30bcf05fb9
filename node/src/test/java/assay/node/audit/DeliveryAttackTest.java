package assay.node.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.log.Leaf;
import assay.core.merkle.Frontier;
import assay.core.receipt.Digests;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.state.Genesis;
import assay.ledger.state.Params;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.NodeKeyProof;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is not drawn gets no delivery. */
class DeliveryAttackTest {
    private static final Hash RECEIPT = Hash.sha256(new byte[] {1});
    private static final Address OPERATOR = Address.ofBytes(Arrays.copyOf(new byte[] {9}, 20));

    @Test
    void aRequestSpeaksForOneReceiptOperatorKeyAndChain() {
        PrivateKey account = PrivateKey.generate(new SecureRandom());
        Hash key = DeliveryKey.fresh().publicKey();
        Signature signature = account.sign(Delivery.asked(7, OPERATOR, RECEIPT, key));
        Optional<Address> me = Optional.of(account.address());
        assertEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, RECEIPT, key), signature));
        Hash other = DeliveryKey.fresh().publicKey();
        assertNotEquals(me, Delivery.signer(Delivery.asked(8, OPERATOR, RECEIPT, key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, account.address(), RECEIPT, key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, Hash.sha256(), key), signature));
        assertNotEquals(me, Delivery.signer(Delivery.asked(7, OPERATOR, RECEIPT, other), signature));
    }

    @TempDir
    Path dir;

    private final PrivateKey node = PrivateKey.generate(new SecureRandom());
    private final PrivateKey drawn = PrivateKey.generate(new SecureRandom());
    private final PrivateKey joiner = PrivateKey.generate(new SecureRandom());

    @Test
    void whoJoinsADisputeReadsNoTranscript() throws Exception {
        List<Genesis.Allocation> money = Stream.of(node, drawn, joiner)
                .map(key -> new Genesis.Allocation(key.address(), Amount.ofUnits(1_000)))
                .sorted(Comparator.comparing(Genesis.Allocation::address))
                .toList();
        Genesis genesis = new Genesis(Genesis.CHAIN_ID_FIRST + 3, oneAuditor(), money);
        Router router = new Router();
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir, genesis);
                WebServer web = WebServer.start(WebOptions.loopback(0), router)) {
            dispute(ledger);
            new Deliveries(ledger, node.address(), receipt -> Optional.empty()).route(router);
            assertEquals(404, ask(web.uri(), ledger, drawn), "who is drawn would get it, if it were there");
            assertEquals(401, ask(web.uri(), ledger, joiner));
        }
    }

    /** The local network's rules with one auditor a receipt, drawn at once. */
    private static Params oneAuditor() {
        Params p = Params.local();
        Params.Windows w = p.windows();
        return new Params(
                new Params.Windows(w.unbond(), w.close(), w.escrow(), 0, 20, w.commit(), w.reveal(), w.node()),
                p.shares(),
                new Params.Audits(true, 1, 1, 200_000, 100_000, 2, 0, 1),
                p.costs(),
                p.disputes(),
                p.governance(),
                p.hosting());
    }

    /** The receipt was drawn and audited, the node is about to open its root, and somebody joins. */
    private void dispute(LiveLedger ledger) {
        Hash any = Hash.sha256();
        applied(
                ledger,
                node,
                new Transaction.PublishModel(
                        "smol", any, 0, Ids.NONE, any, any, any, any, any, 1, "compiler", "MIT", any, 0, Amount.ZERO));
        Hash model = ledger.state().modelId("smol").orElseThrow();
        NodeSigner signer = NodeSigner.ofSeed(Hash.sha256(new byte[] {7}).bytes());
        Hash key = Hash.ofBytes(signer.key().bytes());
        applied(
                ledger,
                node,
                new Transaction.RegisterOperator(
                        key, NodeKeyProof.of(signer, ledger.chainId(), node.address()), "http://node"));
        applied(ledger, node, new Transaction.Bond(Amount.ofUnits(200)));
        applied(ledger, drawn, new Transaction.BondAuditor(model, Amount.ofUnits(10)));
        Frontier log = new Frontier();
        log.append(new Leaf(RECEIPT, 0).hash());
        Transaction.Posting posting = new Transaction.Posting(
                RECEIPT, Ids.NONE, model, Amount.ZERO, Amount.ZERO, 10, Digests.blind(any, any));
        applied(ledger, node, new Transaction.PostCheckpoint(1, log.root(), List.of(posting)));
        Hash commitment = Ids.commitment(ledger.chainId(), RECEIPT, drawn.address(), any, any);
        applied(ledger, drawn, new Transaction.CommitAudit(node.address(), RECEIPT, commitment));
        applied(ledger, drawn, new Transaction.RevealAudit(node.address(), RECEIPT, any, any));
        applied(ledger, joiner, new Transaction.BondAuditor(model, Amount.ofUnits(10)));
        applied(ledger, joiner, new Transaction.OpenDispute(node.address(), RECEIPT, RECEIPT));
    }

    private static void applied(LiveLedger ledger, PrivateKey from, Transaction body) {
        Outcome outcome = new Sender(ledger, new Signer(from, ledger.chainId()))
                .send(body)
                .join();
        assertTrue(outcome instanceof Outcome.Applied, () -> body + ": " + outcome);
    }

    private int ask(URI web, LiveLedger ledger, PrivateKey who) throws Exception {
        Hash key = DeliveryKey.fresh().publicKey();
        Signature signature = who.sign(Delivery.asked(ledger.chainId(), node.address(), RECEIPT, key));
        HttpRequest request = HttpRequest.newBuilder(web.resolve("/assay/deliveries/" + RECEIPT.hex()))
                .header("Assay-Key", key.hex())
                .header("Assay-Signature", signature.hex())
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }
}
