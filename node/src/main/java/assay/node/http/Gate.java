package assay.node.http;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lets in only requests that are meant for this node.
 *
 * <p>A page on the web can make its visitor's browser call the loopback address. Two things stop it:
 * a rebound DNS name shows in Host, and a page's own address shows in Origin.
 */
final class Gate {
    private final String bound;
    private final List<String> hosts;
    private final List<String> origins;

    Gate(InetAddress bound, List<String> hosts, List<String> origins) {
        this.bound = bound.isAnyLocalAddress() ? "" : literal(bound);
        this.hosts = hosts;
        this.origins = origins;
    }

    /** Refuses a Host that is neither loopback, nor the bound address, nor configured. */
    void checkHost(@Nullable String header) throws ApiError {
        if (header == null || header.isEmpty()) {
            throw ApiError.misdirected("");
        }
        String host = name(header);
        if (!isLoopback(host) && !host.equals(bound) && !hosts.contains(host)) {
            throw ApiError.misdirected(header);
        }
    }

    /** Refuses a web page's call unless the page is the node's own or configured. */
    void checkOrigin(@Nullable String origin, @Nullable String host) throws ApiError {
        if (origin == null || allows(origin)) {
            return;
        }
        if (host != null && origin.equalsIgnoreCase("http://" + host)) {
            return;
        }
        throw ApiError.forbidden("Web pages of '" + ApiError.clip(origin) + "' may not call this node.");
    }

    /** Whether pages of this origin may read answers (CORS). */
    boolean allows(String origin) {
        return origins.contains(origin);
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    /** The name in a Host header: lower case, without port or a final dot. */
    static String name(String header) {
        String host = header.strip().toLowerCase(Locale.ROOT);
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']')) {
            host = host.substring(0, colon);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return text.indexOf(':') < 0
                ? text
                : URI.create("http://[" + text.replaceFirst("%.*", "") + "]").getHost();
    }
}
