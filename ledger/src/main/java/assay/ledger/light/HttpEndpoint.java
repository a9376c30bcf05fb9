package assay.ledger.light;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A CometBFT's RPC over HTTP. */
public final class HttpEndpoint implements Endpoint {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http;
    private final URI base;

    /** The RPC at this address, for example {@code http://127.0.0.1:26657}; nothing is sent yet. */
    public HttpEndpoint(HttpClient http, URI base) {
        this.http = http;
        this.base = base;
    }

    /** A client for endpoints. */
    public static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    @Override
    public String name() {
        return base.toString();
    }

    @Override
    public byte[] get(String call, int maxBytes) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/" + call))
                .timeout(PATIENCE)
                .build();
        HttpResponse<InputStream> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (java.net.ConnectException e) {
            throw new IOException("no ledger answers at " + base, e);
        }
        try (InputStream in = response.body()) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new IOException(base + " sent more than " + maxBytes + " bytes");
            }
            return bytes;
        }
    }
}
