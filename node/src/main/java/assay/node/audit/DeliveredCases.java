package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.core.verify.ModelText;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.delivery.SealedDelivery;
import assay.ledger.light.Reach;
import assay.ledger.state.Audit;
import assay.ledger.state.Demand;
import assay.ledger.state.Key;
import assay.ledger.state.Operator;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/**
 * What a drawn auditor fetches from nodes, whose addresses the ledger's registry has; asked for again for a while.
 *
 * <p>From a node that gives nothing, or something else than it signed for, it is demanded on the ledger. An answer that
 * is good is kept, and the auditor told; one that is not is shown to the ledger, which punishes the node.
 */
public final class DeliveredCases implements Auditor.Source {
    private static final long PAUSE_MILLIS = 1000;
    private static final long PATIENCE_SECONDS = 10;

    /** All tries together: the complaint must come before the first deadline of the round. */
    private static final long ALL_SECONDS = 20;

    /** Answers of the ledger at hand. */
    private static final int ANSWERS_MAX = 64;

    private final LiveLedger ledger;
    private final Sender auditor;
    private final ModelText text;
    private final Hash secret;
    private final int tries;
    private final Reach reach;
    private final Map<Hash, Auditor.Case> answers = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, Auditor.Case> eldest) {
            return size() > ANSWERS_MAX;
        }
    });
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /**
     * Does nothing yet.
     *
     * @param text of the auditor's model: prompts are derived with it
     * @param secret known to this auditor alone: the keys of its complaints are derived from it
     * @param tries how often a node is asked, a second apart, before the ledger is
     * @param reach where nodes may be
     */
    public DeliveredCases(LiveLedger ledger, Sender auditor, ModelText text, Hash secret, int tries, Reach reach) {
        this.reach = reach;
        this.ledger = ledger;
        this.auditor = auditor;
        this.text = text;
        this.secret = secret;
        this.tries = tries;
    }

    /** Tells of what a node answered on the ledger: its operator and receipt. */
    public void onAnswer(BiConsumer<Address, Hash> again) {
        ledger.onBlock(block -> block.events().forEach(event -> {
            if (event instanceof Event.DemandAnswered answered
                    && !answered.text().isEmpty()) {
                Thread.ofVirtual().start(() -> judge(answered, again));
            }
        }));
    }

    @Override
    public Optional<Auditor.Case> find(Hash receipt) {
        Auditor.Case answered = answers.get(receipt);
        if (answered != null) {
            return Optional.of(answered);
        }
        try {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(ALL_SECONDS);
            for (int i = 0; i < tries && System.nanoTime() < until; i++) {
                for (Address operator : operators(receipt)) {
                    Optional<Auditor.Case> found = fetch(operator, receipt);
                    if (found.isPresent()) {
                        return found;
                    }
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            operators(receipt).forEach(operator -> complain(operator, receipt));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** Whose receipt of this digest is under audit. */
    private List<Address> operators(Hash receipt) {
        List<Address> out = new ArrayList<>();
        ledger.state().audits().forEach(Key.ANY, (key, audit) -> {
            if (Key.digestOf(key).equals(receipt)) {
                out.add(Key.operatorOf(key));
            }
        });
        return out;
    }

    private void complain(Address operator, Hash receipt) {
        Optional<Audit> audit = ledger.state().audit(operator, receipt);
        Optional<DeliveryKey> key = audit.flatMap(a -> key(operator, receipt, a.round()));
        if (key.isPresent() && audit.get().phase() == Audit.Phase.COMMIT) {
            send(new Transaction.ComplainDelivery(operator, receipt, key.get().publicKey()));
        }
    }

    /** The same again after a restart. */
    private Optional<DeliveryKey> key(Address operator, Hash receipt, int round) {
        byte[] which = {(byte) round};
        return DeliveryKey.of(
                Hash.tagged("assay/delivery-secret/1", secret.bytes(), operator.bytes(), receipt.bytes(), which));
    }

    /** Keeps a good answer to a complaint of this auditor's; shows a wrong one to the ledger. */
    private void judge(Event.DemandAnswered answered, BiConsumer<Address, Hash> again) {
        Optional<Demand> mine = ledger.state()
                .demands()
                .get(Key.of(answered.demand()))
                .filter(d -> d.by().equals(auditor.signer().address()));
        Optional<DeliveryKey> key = mine.flatMap(d -> ledger.state().audit(d.operator(), d.receipt()))
                .flatMap(audit -> key(answered.operator(), answered.receipt(), audit.round()));
        if (key.isEmpty()) {
            return;
        }
        try {
            answers.put(
                    answered.receipt(), whole(SealedDelivery.openText(key.get(), answered.text(), answered.receipt())));
            again.accept(answered.operator(), answered.receipt());
        } catch (MalformedException e) {
            send(new Transaction.ProveDelivery(
                    answered.demand(), answered.text(), key.get().secret()));
        }
    }

    private void send(Transaction transaction) {
        try {
            auditor.send(transaction).join();
        } catch (CompletionException e) {
            return; // a ledger that is away; the state still says what is open
        }
    }

    /** What the node at its registered address delivers; empty if that is nothing, or not what it signed for. */
    private Optional<Auditor.Case> fetch(Address operator, Hash receipt) throws InterruptedException {
        String endpoint =
                ledger.state().operator(operator).map(Operator::endpoint).orElse("");
        DeliveryKey own = DeliveryKey.fresh();
        try {
            HttpResponse<byte[]> response = send(request(endpoint, operator, receipt, own));
            return response.statusCode() == 200
                    ? Optional.of(whole(SealedDelivery.open(own, response.body(), receipt)))
                    : Optional.empty();
        } catch (IOException | MalformedException e) {
            return Optional.empty();
        }
    }

    /** The whole answer within the patience: a node that lets it drip must not hold up an auditor. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(
                request,
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), Delivery.SIZE_MAX_BYTES));
        try {
            return sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("nothing was delivered", e);
        } finally {
            sent.cancel(true);
        }
    }

    private HttpRequest request(String endpoint, Address operator, Hash receipt, DeliveryKey own) throws IOException {
        Hash asked = Delivery.asked(ledger.chainId(), operator, receipt, own.publicKey());
        return reach.request(endpoint + "/assay/deliveries/" + receipt.hex())
                .header("Assay-Key", own.publicKey().hex())
                .header("Assay-Signature", auditor.signer().key().sign(asked).hex())
                .build();
    }

    /** With the prompt ids that follow from the request; with none if it is one that no node may answer. */
    private Auditor.Case whole(SealedDelivery.Contents c) {
        Receipt receipt = c.receipt();
        Transcript t = c.transcript();
        int[] prompt;
        try {
            ChatRequest request = ChatRequest.parse(t.body(), Transcript.BODY_MAX_BYTES);
            prompt = text.promptIds(request, receipt.request().date());
        } catch (MalformedException e) {
            prompt = new int[0];
        }
        return new Auditor.Case(receipt, t.withPrompt(prompt));
    }
}
