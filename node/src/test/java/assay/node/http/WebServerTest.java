package assay.node.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server over real sockets, with friendly and hostile clients. */
class WebServerTest {
    private static final int BODY_MAX = 1 << 20;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final byte[] TEN = "0123456789".getBytes(US_ASCII);

    private final CountDownLatch hold = new CountDownLatch(1);
    private final CountDownLatch cutOff = new CountDownLatch(1);
    private final AtomicInteger holding = new AtomicInteger();
    private WebServer server;

    @BeforeEach
    void start() throws IOException {
        Router router = new Router()
                .on("POST", "/size", e -> e.sendJson(200, ("" + e.body().length).getBytes(US_ASCII)))
                .on("POST", "/json", e -> e.sendJson(200, e.jsonBody()))
                .on("POST", "/hold", e -> {
                    e.body();
                    holding.incrementAndGet();
                    hold.await();
                    e.sendJson(200, TEN);
                })
                .on("GET", "/ten", e -> e.sendRange("text/plain", new ByteArrayInputStream(TEN), 10))
                .on("GET", "/empty", e -> e.send(200, "text/plain", new byte[0]))
                .on("GET", "/silent", e -> {})
                .on("GET", "/cut", e -> {
                    OutputStream out = e.stream(200, "text/plain");
                    out.write(TEN);
                    out.flush();
                    throw new IllegalStateException("in the middle");
                })
                .on("GET", "/big", e -> {
                    try {
                        e.sendRange("text/plain", new Zeros(1 << 30), 1 << 30);
                    } catch (ClientGone gone) {
                        cutOff.countDown();
                        throw gone;
                    }
                })
                .on("GET", "/disk", e -> {
                    throw new IOException("the disk failed");
                });
        WebOptions plain = WebOptions.loopback(0);
        server = WebServer.start(
                new WebOptions(plain.bind(), List.of(), List.of("https://chat.example"), BODY_MAX, 2 * BODY_MAX, 1, 1),
                router);
    }

    @AfterEach
    void stop() {
        hold.countDown();
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.uri().resolve(path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends raw bytes and reads until the server closes. */
    private String raw(String text) {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return untilClosed(socket);
        } catch (IOException e) {
            return ""; // refused while it was still being sent
        }
    }

    /** What the server says before it closes; nothing if it resets the connection. */
    private static String untilClosed(Socket socket) {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress("127.0.0.1", server.uri().getPort()));
        return socket;
    }

    @Test
    void aBodyUpToTheLimitIsRead() throws Exception {
        byte[] body = new byte[BODY_MAX];
        assertEquals(
                "" + BODY_MAX,
                send(request("/size").POST(HttpRequest.BodyPublishers.ofByteArray(body)))
                        .body());
        InputStream chunked = new ByteArrayInputStream(body);
        assertEquals(
                "" + BODY_MAX,
                send(request("/size").POST(HttpRequest.BodyPublishers.ofInputStream(() -> chunked)))
                        .body());
    }

    @Test
    void aHugeBodyIs413WithAnObjectWhetherItsLengthIsSaidOrNot() throws Exception {
        int huge = 100 << 20;
        HttpResponse<String> said =
                send(request("/size").POST(HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(huge))));
        assertEquals(413, said.statusCode());
        assertTrue(said.body().contains("\"code\":\"body_too_large\""));
        HttpRequest.BodyPublisher sized = HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(huge)), huge);
        assertEquals(413, send(request("/size").POST(sized)).statusCode());
    }

    @Test
    void bodiesHeldAtOnceAreBoundedTogether() throws Exception {
        HttpRequest.BodyPublisher big = HttpRequest.BodyPublishers.ofByteArray(new byte[BODY_MAX]);
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            HttpRequest request = request("/hold").POST(big).build();
            held.add(CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            while (holding.get() < i) {
                Thread.sleep(5);
            }
        }
        HttpResponse<String> refused = send(request("/size").POST(HttpRequest.BodyPublishers.ofString("x")));
        assertEquals(503, refused.statusCode());
        assertEquals("1", refused.headers().firstValue("retry-after").orElse(""));
        assertEquals(503, send(request("/size").POST(big)).statusCode());
        hold.countDown();
        for (CompletableFuture<HttpResponse<String>> response : held) {
            assertEquals(200, response.get().statusCode());
        }
        assertEquals(200, send(request("/size").POST(big)).statusCode());
    }

    @Test
    void aBodyThatDoesNotCallItselfJsonIsRefused() throws Exception {
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("{}");
        assertEquals(415, send(request("/json").POST(body)).statusCode());
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "")) {
            assertEquals(
                    415,
                    send(request("/json").header("Content-Type", type).POST(body))
                            .statusCode());
        }
        for (String type : List.of("application/json", "Application/JSON ; charset=utf-8")) {
            assertEquals(
                    200,
                    send(request("/json").header("Content-Type", type).POST(body))
                            .statusCode());
        }
    }

    @Test
    void rangesAreServed() throws Exception {
        HttpResponse<String> part = send(request("/ten").header("Range", "bytes=2-4"));
        assertEquals(206, part.statusCode());
        assertEquals("234", part.body());
        assertEquals("bytes 2-4/10", part.headers().firstValue("content-range").orElse(""));
        HttpResponse<String> none = send(request("/ten").header("Range", "bytes=10-"));
        assertEquals(416, none.statusCode());
        assertEquals("bytes */10", none.headers().firstValue("content-range").orElse(""));
        assertEquals("0123456789", send(request("/ten")).body());
        HttpResponse<String> head = send(request("/ten").method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertEquals("10", head.headers().firstValue("content-length").orElse(""));
        assertEquals("", head.body());
        HttpResponse<String> empty = send(request("/empty"));
        assertEquals("200/0", empty.statusCode() + "/" + empty.body().length());
    }

    @Test
    void anAnswerThatFailsInTheMiddleIsBrokenOff() {
        assertThrows(IOException.class, () -> send(request("/cut")));
    }

    @Test
    void faultsOfOursAre500WithoutTheirText() throws Exception {
        for (String path : List.of("/disk", "/silent")) {
            HttpResponse<String> response = send(request(path));
            assertEquals(500, response.statusCode());
            assertFalse(response.body().contains("disk"));
        }
    }

    @Test
    void aReboundNameAndForeignPagesAreRefused() throws Exception {
        String end = "Connection: close\r\n\r\n";
        assertTrue(raw("GET /ten HTTP/1.1\r\nHost: evil.example\r\n" + end).startsWith("HTTP/1.1 421"));
        assertTrue(raw("GET /ten HTTP/1.1\r\n" + end).startsWith("HTTP/1.1 421"));
        assertTrue(raw("GET /ten HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n" + end)
                .startsWith("HTTP/1.1 403"));
        assertTrue(raw("GET /ten HTTP/1.1\r\nHost: localhost\r\n" + end).startsWith("HTTP/1.1 200"));
    }

    @Test
    void corsIsForConfiguredOriginsOnly() throws Exception {
        HttpRequest.BodyPublisher none = HttpRequest.BodyPublishers.noBody();
        HttpResponse<String> friend =
                send(request("/json").header("Origin", "https://chat.example").method("OPTIONS", none));
        assertEquals(204, friend.statusCode());
        Map<String, List<String>> headers = friend.headers().map();
        assertEquals(List.of("https://chat.example"), headers.get("access-control-allow-origin"));
        HttpResponse<String> foe =
                send(request("/json").header("Origin", "https://evil.example").method("OPTIONS", none));
        assertEquals(403, foe.statusCode());
        assertFalse(foe.headers().map().containsKey("access-control-allow-origin"));
        assertEquals(405, send(request("/json").method("OPTIONS", none)).statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n\r\n\r\nX\r\n\r\n",
                "GET\r\n\r\n",
                "GET /\r\n\r\n",
                "GET /ten HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                "GET /ten HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "POST /size HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFF\r\n",
                "POST /size HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /size HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "\u0000\u0001\u0002\u00ff\r\n\r\n"
            })
    void brokenRequestsAreRefusedAndTheNextIsAnswered(String text) throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = untilClosed(socket);
            assertTrue(answer.isEmpty() || answer.matches("(?s)HTTP/1.1 [45].*"), answer);
        }
        assertEquals("0123456789", send(request("/ten")).body());
    }

    @Test
    void floodsOfHeadersAreCutOff() throws Exception {
        StringBuilder many = new StringBuilder("GET /ten HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 200; i++) {
            many.append("X-").append(i).append(": 1\r\n");
        }
        String one = "GET /ten HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(64 << 10) + "\r\n";
        String line = "GET /" + "y".repeat(64 << 10) + " HTTP/1.1\r\nHost: localhost\r\n";
        for (String flood : List.of(many.toString(), one, line)) {
            String answer = raw(flood + "Connection: close\r\n\r\n");
            assertFalse(answer.startsWith("HTTP/1.1 200"), answer);
        }
        assertEquals("0123456789", send(request("/ten")).body());
    }

    @Test
    void slowClientsDoNotKeepOthersWaiting() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = connect();
                slow.add(socket);
                String begun = i % 2 == 0
                        ? "GET /ten HTTP/1.1\r\nHost: lo"
                        : "POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx";
                socket.getOutputStream().write(begun.getBytes(US_ASCII));
            }
            assertEquals("0123456789", send(request("/ten")).body());
            Socket patient = slow.get(1);
            patient.getOutputStream().write(new byte[99]);
            byte[] head = patient.getInputStream().readNBytes(12);
            assertArrayEquals("HTTP/1.1 200".getBytes(US_ASCII), head);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void aClientThatDoesNotReadIsCutOff() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            assertTrue(cutOff.await(20, TimeUnit.SECONDS));
        }
        assertEquals("0123456789", send(request("/ten")).body());
    }

    @Test
    void stoppingLetsAnswersUnderWayEnd() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = CLIENT.sendAsync(
                request("/hold").POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString());
        while (holding.get() < 1) {
            Thread.sleep(5);
        }
        Thread closing = Thread.startVirtualThread(server::close);
        Thread.sleep(50);
        hold.countDown();
        assertEquals("0123456789", answer.get().body());
        closing.join();
        assertThrows(ConnectException.class, () -> send(request("/ten")));
    }

    /** A stream of so many zero bytes. */
    private static final class Zeros extends InputStream {
        private int left;

        Zeros(int count) {
            left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] to, int offset, int count) {
            int n = Math.min(count, left);
            left -= n;
            return n == 0 ? -1 : n;
        }
    }
}
