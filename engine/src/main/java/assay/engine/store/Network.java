package assay.engine.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.SSLException;

/**
 * HTTP GET with the user's proxies and certificates.
 *
 * <p>Redirects are followed by hand: never from https to http, never with a login to another host,
 * and the headers on the way are kept, because a hub states a file's digest there.
 */
final class Network implements AutoCloseable {
    private static final int REDIRECTS_MAX = 10;
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(90);

    private final HttpClient client;
    private final Proxies proxies;
    private final Set<String> plainHosts;

    /**
     * What a server answered.
     *
     * @param uri where the answer came from, after redirects
     * @param headers one map per answer on the way, the last one last; names in lower case
     */
    record Reply(int status, URI uri, List<Map<String, String>> headers, InputStream body) implements AutoCloseable {
        /** A header of the last answer. */
        Optional<String> header(String lowerCaseName) {
            return Optional.ofNullable(headers.getLast().get(lowerCaseName));
        }

        /** The first answer on the way that has the header. */
        Optional<String> headerOnTheWay(String lowerCaseName) {
            return headers.stream()
                    .filter(h -> h.containsKey(lowerCaseName))
                    .map(h -> h.get(lowerCaseName))
                    .findFirst();
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private Network(HttpClient client, Proxies proxies, Set<String> plainHosts) {
        this.client = client;
        this.proxies = proxies;
        this.plainHosts = plainHosts;
    }

    /**
     * A client as the environment asks for.
     *
     * @param certificates a PEM file to trust beside Java's own authorities
     * @param proxy the proxy for everything, in place of the environment's
     * @param plainHosts hosts other than this machine that may be spoken to over plain http
     */
    static Network of(Environment env, Optional<Path> certificates, Optional<String> proxy, List<String> plainHosts)
            throws IOException {
        Proxies proxies = Proxies.of(env, proxy);
        if (proxies.needLogin() && System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
            // Java refuses Basic to a tunnelling proxy unless told otherwise; read once, by HttpClient.
            System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        }
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(proxies);
        if (proxies.needLogin()) {
            builder.authenticator(proxies.authenticator());
        }
        Optional<Path> bundle = Trust.bundle(env, certificates);
        if (bundle.isPresent()) {
            builder.sslContext(Trust.context(bundle.get()));
        }
        return new Network(builder.build(), proxies, Set.copyOf(plainHosts));
    }

    /** Asks for {@code uri}; any status is an answer. The caller closes the reply. */
    Reply get(URI uri, Map<String, String> headers) throws IOException {
        URI at = uri;
        TreeMap<String, String> send = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        send.putAll(headers);
        login(uri).ifPresent(value -> send.put("Authorization", value));
        List<Map<String, String>> seen = new ArrayList<>();
        for (int hop = 0; hop <= REDIRECTS_MAX; hop++) {
            checkSafe(at);
            HttpResponse<InputStream> response = send(at, send);
            seen.add(flat(response));
            Optional<String> location = response.headers().firstValue("location");
            if (response.statusCode() / 100 != 3 || location.isEmpty()) {
                return new Reply(response.statusCode(), at, List.copyOf(seen), response.body());
            }
            response.body().close();
            URI next = resolve(at, location.get());
            if ("https".equalsIgnoreCase(at.getScheme()) && !"https".equalsIgnoreCase(next.getScheme())) {
                throw new PullException(at.getHost() + " leads from https to plain http", "");
            }
            if (!sameOrigin(at, next)) {
                send.remove("Authorization");
            }
            at = next;
        }
        throw new PullException(uri.getHost() + " leads on more than " + REDIRECTS_MAX + " times", "");
    }

    private HttpResponse<InputStream> send(URI uri, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(withoutLogin(uri))
                .timeout(ANSWER)
                .header("User-Agent", "assay/0.1 (+java.net.http)");
        headers.forEach(request::setHeader);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (SSLException e) {
            throw new PullException(
                    "the connection to " + uri.getHost() + " cannot be trusted: " + e.getMessage(),
                    "behind a company proxy, point SSL_CERT_FILE at its certificate");
        } catch (ConnectException | HttpTimeoutException e) {
            String why = e.getMessage() == null ? "" : ": " + e.getMessage();
            String through = proxies.serverFor(uri)
                    .map(p -> " through the proxy " + p.address().getHostString() + ":"
                            + p.address().getPort())
                    .orElse("");
            throw new IOException("cannot reach " + uri.getHost() + through + why, e);
        }
    }

    private void checkSafe(URI uri) throws PullException {
        boolean plain = "http".equalsIgnoreCase(uri.getScheme());
        boolean trusted =
                plainHosts.contains(uri.getHost()) || plainHosts.contains(uri.getHost() + ":" + uri.getPort());
        if (!Source.isSafe(uri) && !(plain && trusted)) {
            throw new PullException(
                    "plain http to " + uri.getHost() + " is refused",
                    "use https, or name the host in pip's trusted-host");
        }
    }

    private static Map<String, String> flat(HttpResponse<?> response) {
        TreeMap<String, String> out = new TreeMap<>();
        response.headers().map().forEach((name, values) -> {
            if (!values.isEmpty()) {
                out.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst());
            }
        });
        return out;
    }

    private static URI resolve(URI at, String location) throws PullException {
        try {
            return at.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new PullException(at.getHost() + " leads to something that is not an address", "");
        }
    }

    private static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && String.valueOf(a.getHost()).equalsIgnoreCase(String.valueOf(b.getHost()))
                && a.getPort() == b.getPort();
    }

    /** The header for {@code user:password@} in an address, as private indexes have it. */
    private static Optional<String> login(URI uri) {
        return Optional.ofNullable(uri.getUserInfo())
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    static URI withoutLogin(URI uri) {
        String user = uri.getRawUserInfo();
        return user == null
                ? uri
                : URI.create(uri.toString().replaceFirst(java.util.regex.Pattern.quote(user + "@"), ""));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
