package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.Operator;
import assay.ledger.store.LiveLedger;
import assay.ledger.tx.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What a drawn auditor fetches from nodes, whose addresses the ledger's registry has; asked for again for a while. */
public final class DeliveredCases implements Auditor.Source {
    private static final int TRIES = 30;
    private static final long PAUSE_MILLIS = 1000;

    private final LiveLedger ledger;
    private final Signer auditor;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /** @param auditor its account */
    public DeliveredCases(LiveLedger ledger, Signer auditor) {
        this.ledger = ledger;
        this.auditor = auditor;
    }

    @Override
    public Optional<Auditor.Case> find(Hash receipt) throws IOException, MalformedException {
        IOException last = new IOException("the receipt is not under audit");
        for (int i = 0; i < TRIES; i++) {
            for (Address operator : operators(receipt)) {
                try {
                    return Optional.of(fetch(operator, receipt));
                } catch (IOException e) {
                    last = e;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return Optional.empty();
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
        throw last;
    }

    /** Whose receipt of this digest is under audit. */
    private List<Address> operators(Hash receipt) {
        List<Address> out = new ArrayList<>();
        ledger.state().audits().forEach(Key.ANY, (key, audit) -> {
            if (Hash.ofBytes(Arrays.copyOfRange(key, Address.SIZE_BYTES, key.length))
                    .equals(receipt)) {
                out.add(Address.ofBytes(Arrays.copyOf(key, Address.SIZE_BYTES)));
            }
        });
        return out;
    }

    private Auditor.Case fetch(Address operator, Hash receipt)
            throws IOException, InterruptedException, MalformedException {
        String endpoint =
                ledger.state().operator(operator).map(Operator::endpoint).orElse("");
        KeyPair own = Delivery.fresh();
        byte[] key = Delivery.bytes(own.getPublic());
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(URI.create(endpoint + "/assay/deliveries/" + receipt.hex()))
                    .timeout(Duration.ofSeconds(30))
                    .header("Assay-Key", HexFormat.of().formatHex(key))
                    .header(
                            "Assay-Signature",
                            auditor.key()
                                    .sign(Delivery.asked(auditor.chainId(), operator, receipt, key))
                                    .hex())
                    .build();
        } catch (IllegalArgumentException e) {
            throw new IOException("operator " + operator + " has no address that can be asked: " + endpoint, e);
        }
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] sealed = in.readNBytes(Delivery.SIZE_MAX_BYTES + 1);
            if (response.statusCode() != 200 || sealed.length > Delivery.SIZE_MAX_BYTES) {
                throw new IOException("the node at " + endpoint + " delivers nothing: " + response.statusCode());
            }
            Delivery.Opened opened = Delivery.open(own, sealed);
            return new Auditor.Case(Statement.parse(opened.statement()), Transcript.parse(opened.transcript()));
        }
    }
}
