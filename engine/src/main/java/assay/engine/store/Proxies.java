package assay.engine.store;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which proxy a request goes through, by the variables that curl and Python's requests read:
 * {@code https_proxy}, {@code http_proxy}, {@code all_proxy}, {@code no_proxy}, the lower-case form
 * first. A host of {@code no_proxy} stands for itself and for all below it.
 */
final class Proxies extends ProxySelector {
    /** A proxy and who we are to it. */
    record Server(InetSocketAddress address, Optional<PasswordAuthentication> login) {}

    private final Optional<Server> https;
    private final Optional<Server> http;
    private final List<String> direct;

    private Proxies(Optional<Server> https, Optional<Server> http, List<String> direct) {
        this.https = https;
        this.http = http;
        this.direct = direct;
    }

    /** The proxies of this environment, or {@code forAll} in place of its proxies. */
    static Proxies of(Environment env, Optional<String> forAll) throws PullException {
        String none = env.first("no_proxy", "NO_PROXY").orElse("");
        List<String> direct = List.of(none.strip().toLowerCase(Locale.ROOT).split("[,\\s]+", -1)).stream()
                .filter(s -> !s.isEmpty())
                .toList();
        return new Proxies(
                server(forAll.or(() -> env.first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"))),
                server(forAll.or(() -> env.first("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"))),
                direct);
    }

    private static Optional<Server> server(Optional<String> setting) throws PullException {
        if (setting.isEmpty()) {
            return Optional.empty();
        }
        String text = setting.get().contains("://") ? setting.get() : "http://" + setting.get();
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new PullException("the proxy setting is not an address: " + e.getReason(), "check HTTPS_PROXY");
        }
        if (uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
            throw new PullException(
                    "only plain HTTP proxies are supported, the setting asks for " + uri.getScheme() + "://"
                            + uri.getHost(),
                    "set HTTPS_PROXY=http://HOST:PORT");
        }
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return Optional.of(new Server(InetSocketAddress.createUnresolved(uri.getHost(), port), login(uri)));
    }

    private static Optional<PasswordAuthentication> login(URI uri) {
        String user = uri.getRawUserInfo();
        if (user == null) {
            return Optional.empty();
        }
        int colon = user.indexOf(':');
        String name = colon < 0 ? user : user.substring(0, colon);
        String word = colon < 0 ? "" : user.substring(colon + 1);
        return Optional.of(new PasswordAuthentication(
                URLDecoder.decode(name, StandardCharsets.UTF_8),
                URLDecoder.decode(word, StandardCharsets.UTF_8).toCharArray()));
    }

    /** The proxy for this address, or empty to go there directly. */
    Optional<Server> serverFor(URI uri) {
        String host = uri.getHost();
        if (host == null || isDirect(host.toLowerCase(Locale.ROOT), uri.getPort())) {
            return Optional.empty();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? https : http;
    }

    private boolean isDirect(String host, int port) {
        String bare = host.replaceAll("[\\[\\]]", "");
        for (String entry : direct) {
            String name =
                    entry.startsWith("*.") ? entry.substring(2) : entry.startsWith(".") ? entry.substring(1) : entry;
            if (name.equals("*")
                    || bare.equals(name)
                    || bare.endsWith("." + name)
                    || (host + ":" + port).equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Answers a proxy that asks who we are; says nothing to anyone else. */
    Authenticator authenticator() {
        return new Authenticator() {
            @Override
            protected @org.jspecify.annotations.Nullable PasswordAuthentication getPasswordAuthentication() {
                if (getRequestorType() != RequestorType.PROXY) {
                    return null;
                }
                for (Optional<Server> server : List.of(https, http)) {
                    if (server.isPresent()
                            && server.get().address().getHostString().equalsIgnoreCase(getRequestingHost())
                            && server.get().address().getPort() == getRequestingPort()) {
                        return server.get().login().orElse(null);
                    }
                }
                return null;
            }
        };
    }

    /** True if some proxy wants a name and a password. */
    boolean needLogin() {
        return https.flatMap(Server::login).isPresent()
                || http.flatMap(Server::login).isPresent();
    }

    @Override
    public List<Proxy> select(URI uri) {
        return serverFor(uri)
                .map(s -> List.of(new Proxy(
                        Proxy.Type.HTTP,
                        new InetSocketAddress(
                                s.address().getHostString(), s.address().getPort()))))
                .orElse(List.of(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
}
