package assay.node.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP/1.1 server on the JDK's own, one virtual thread for each request.
 *
 * <p>A slow client costs one virtual thread: reading a request may take 30 s in all, waiting for the
 * next one 60 s, a write as long as {@link WebOptions} says; at most 2,000 connections are open, with
 * 16 KiB of headers each. Those four are system properties of the JDK's server, read once in a
 * process; values that the user set win.
 */
public final class WebServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WebServer.class.getName());

    static {
        Map<String, String> limits = new LinkedHashMap<>();
        limits.put("sun.net.httpserver.nodelay", "true");
        limits.put("sun.net.httpserver.maxReqTime", "30");
        limits.put("sun.net.httpserver.idleInterval", "60");
        limits.put("sun.net.httpserver.maxIdleConnections", "1000");
        limits.put("sun.net.httpserver.maxReqHeaders", "100");
        limits.put("sun.net.httpserver.maxReqHeaderSize", "16384");
        limits.put("jdk.httpserver.maxConnections", "2000");
        limits.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final Router router;
    private final Gate gate;
    private final Bodies bodies;
    private final WriteWatch watch;
    private final int stopGraceSeconds;
    private volatile boolean stopping;

    private WebServer(WebOptions options, Router router) throws IOException {
        this.router = router;
        server = HttpServer.create(options.bind(), 0);
        gate = new Gate(options.bind().getAddress(), options.hosts(), options.origins());
        bodies = new Bodies(options.bodyMaxBytes(), options.bodiesMaxBytes());
        watch = new WriteWatch(options.writeMaxSeconds());
        stopGraceSeconds = options.stopGraceSeconds();
        threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("http-", 0).factory());
    }

    /**
     * Binds and starts to answer.
     *
     * @throws IOException if the address cannot be bound
     */
    public static WebServer start(WebOptions options, Router router) throws IOException {
        WebServer web = new WebServer(options, router);
        web.server.setExecutor(web.threads);
        web.server.createContext("/", web::answer);
        web.server.start();
        return web;
    }

    /** Where it listens, for example {@code http://127.0.0.1:8080}. */
    public URI uri() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        return URI.create("http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort());
    }

    /** Takes no more requests, lets answers under way end within the grace, then closes all. */
    @Override
    public void close() {
        stopping = true;
        server.stop(stopGraceSeconds);
        threads.shutdownNow();
        watch.close();
    }

    private void answer(HttpExchange raw) {
        Exchange exchange = new Exchange(raw, new LinkedHashMap<>(), bodies, watch);
        try {
            admit(raw, exchange);
            if (raw.getRequestMethod().equals("OPTIONS")
                    && raw.getRequestHeaders().containsKey("Origin")) {
                preflight(raw, exchange);
                return;
            }
            Router.Match match =
                    router.find(raw.getRequestMethod(), raw.getRequestURI().getRawPath());
            exchange = new Exchange(raw, match.params(), bodies, watch);
            route(match.handler(), exchange);
        } catch (ApiError e) {
            exchange.fail(e);
        } finally {
            exchange.finish();
        }
    }

    /** The one place where any exception ends: here it becomes an answer or a broken connection. */
    private static void route(Handler handler, Exchange exchange) {
        try {
            handler.handle(exchange);
            if (!exchange.committed()) {
                throw ApiError.internal("no_answer", "The node gave no answer.");
            }
        } catch (ApiError e) {
            exchange.fail(e);
        } catch (ClientGone e) {
            exchange.abort();
        } catch (InterruptedException e) {
            exchange.fail(ApiError.unavailable("stopping", "The node is stopping.", 5));
        } catch (Exception e) {
            LOG.log(Level.ERROR, () -> exchange.method() + " " + exchange.path() + " failed", e);
            exchange.fail(ApiError.internal("internal_error", "The node failed; its log says why."));
        }
    }

    private void admit(HttpExchange raw, Exchange exchange) throws ApiError {
        String host = raw.getRequestHeaders().getFirst("Host");
        String origin = raw.getRequestHeaders().getFirst("Origin");
        gate.checkHost(host);
        gate.checkOrigin(origin, host);
        if (stopping) {
            throw ApiError.unavailable("stopping", "The node is stopping.", 5);
        }
        if (origin != null && gate.allows(origin)) {
            exchange.setHeader("Access-Control-Allow-Origin", origin);
            exchange.setHeader("Vary", "Origin");
        }
    }

    private void preflight(HttpExchange raw, Exchange exchange) throws ApiError {
        if (!gate.allows(raw.getRequestHeaders().getFirst("Origin"))) {
            throw ApiError.forbidden("Calls from web pages are off.");
        }
        exchange.setHeader("Access-Control-Allow-Methods", "GET, POST");
        exchange.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type");
        exchange.setHeader("Access-Control-Max-Age", "600");
        try {
            exchange.send(204, "text/plain", new byte[0]);
        } catch (IOException e) {
            exchange.abort();
        }
    }
}
