package assay.node.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * How a {@link WebServer} listens and what it bears.
 *
 * @param bind address and port (0: any free one)
 * @param hosts names that Host may hold besides the loopback ones, without port, lower case
 * @param origins web origins that may call from a browser, for example {@code https://chat.example};
 *     none by default, so CORS is off
 * @param bodyMaxBytes longest request body
 * @param bodiesMaxBytes most bytes of request bodies held at once, by all requests together
 * @param writeMaxSeconds longest time that one write may wait for a client that does not read
 * @param stopGraceSeconds longest time that answers under way may take once the server stops
 */
public record WebOptions(
        InetSocketAddress bind,
        List<String> hosts,
        List<String> origins,
        int bodyMaxBytes,
        int bodiesMaxBytes,
        int writeMaxSeconds,
        int stopGraceSeconds) {

    /** Checks the ranges. */
    public WebOptions {
        hosts = List.copyOf(hosts);
        origins = List.copyOf(origins);
        if (bodyMaxBytes < 1 || bodiesMaxBytes < bodyMaxBytes || writeMaxSeconds < 1 || stopGraceSeconds < 0) {
            throw new IllegalArgumentException("out of range: bodyMaxBytes " + bodyMaxBytes + ", bodiesMaxBytes "
                    + bodiesMaxBytes + ", writeMaxSeconds " + writeMaxSeconds + ", stopGraceSeconds "
                    + stopGraceSeconds);
        }
    }

    /** Loopback only, bodies up to 8 MiB and 32 MiB together, 30 s for a write, 10 s to stop. */
    public static WebOptions loopback(int port) {
        InetSocketAddress bind = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return new WebOptions(bind, List.of(), List.of(), 8 << 20, 32 << 20, 30, 10);
    }
}
