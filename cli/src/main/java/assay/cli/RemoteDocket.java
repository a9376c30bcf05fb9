package assay.cli;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.TransactionCodec;
import assay.node.audit.Docket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** A receipt before the ledger of one's own network, which another process has: it is asked over its socket. */
final class RemoteDocket implements Docket {
    private static final int BODY_MAX_BYTES = 16 << 20;
    private static final int DEPTH_MAX = 16;

    private final URI node;
    private final String apiKey;
    private final PrivateKey account;
    private final Address operator;
    private final Hash receipt;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private long since;

    /** @param account that acts */
    RemoteDocket(URI node, String apiKey, PrivateKey account, Address operator, Hash receipt) {
        this.node = node;
        this.apiKey = apiKey;
        this.account = account;
        this.operator = operator;
        this.receipt = receipt;
    }

    @Override
    public Look look() throws IOException, InterruptedException, MalformedException {
        String path = "/assay/disputes/" + operator + "/" + receipt.hex() + "/" + account.address() + "/" + since;
        Look look = Look.parse(ask(request(path).GET().build()));
        since = look.height();
        return look;
    }

    @Override
    public Optional<String> send(Transaction body) throws IOException, InterruptedException, MalformedException {
        Look now = Look.parse(ask(request("/assay/disputes/" + operator + "/" + receipt.hex() + "/" + account.address()
                        + "/" + Long.MAX_VALUE / 16)
                .GET()
                .build()));
        byte[] bytes = TransactionCodec.encode(new Signer(account, now.chainId()).sign(now.nonce(), body));
        Field said = ask(request("/assay/transactions")
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
                .build());
        Optional<Field> refused = said.find("refused");
        return refused.isEmpty() ? Optional.empty() : Optional.of(refused.get().string(64));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(node.resolve(path))
                .timeout(Duration.ofSeconds(120))
                .header("Authorization", "Bearer " + apiKey);
    }

    private Field ask(HttpRequest request) throws IOException, InterruptedException, MalformedException {
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        Field json = Field.root(JsonText.parse(answer.body(), DEPTH_MAX, BODY_MAX_BYTES));
        Optional<Field> error = json.value() instanceof Json.Obj ? json.find("error") : Optional.empty();
        if (error.isPresent()) {
            throw new IOException(
                    "the network says: " + error.get().at("message").string());
        }
        return json;
    }

    @Override
    public void close() {
        http.close();
    }
}
