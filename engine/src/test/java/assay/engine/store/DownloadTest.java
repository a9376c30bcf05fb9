package assay.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
    private static final Download.Pace FAST = new Download.Pace(300, 1);
    private static final byte[] BODY = "0123456789".repeat(1000).getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path dir;

    private Download.Fetched fetch(URI uri, Optional<Hash> digest, long max) throws IOException {
        Environment env = Environment.of(Map.of(), dir, Environment.Os.LINUX);
        try (Network network = Network.of(env, Optional.empty(), Optional.empty(), List.of())) {
            Download.Wanted wanted = new Download.Wanted("it", uri, Map.of(), digest, max);
            return new Download(network, wanted, dir.resolve("x.part"), Progress.silent(), FAST).run();
        }
    }

    @Test
    void serverThatAlwaysHangsUpEarlyIsGivenUpAndThePartIsKept() throws IOException {
        try (FakeServer server = new FakeServer()) {
            server.put("/x", FakeServer.Page.of(BODY).withoutRanges().cutAfter(4000));
            PullException e =
                    assertThrows(PullException.class, () -> fetch(server.uri("/x"), Optional.empty(), 1 << 20));
            assertTrue(e.advice().contains("goes on from"), e.advice());
            assertTrue(Files.size(dir.resolve("x.part")) > 0);
        }
    }

    @Test
    void laterRunGoesOnFromThePartOfAnEarlierOne() throws IOException {
        try (FakeServer server = new FakeServer()) {
            server.put("/x", FakeServer.Page.of(BODY).cutAfter(4000));
            assertThrows(PullException.class, () -> fetch(server.uri("/x"), Optional.empty(), 1 << 20));
            server.put("/x", FakeServer.Page.of(BODY));
            server.requests.clear();
            assertEquals(
                    Hash.sha256(BODY),
                    fetch(server.uri("/x"), Optional.empty(), 1 << 20).digest());
            assertEquals(List.of("GET /x bytes=4000-"), server.requests);
        }
    }

    @Test
    void wholePartWithTheRightDigestNeedsNoRequest() throws IOException {
        try (FakeServer server = new FakeServer()) {
            server.put("/x", FakeServer.Page.of(BODY).cutAfter(4000));
            Optional<Hash> digest = Optional.of(Hash.sha256(BODY));
            assertThrows(PullException.class, () -> fetch(server.uri("/x"), digest, 1 << 20));
            Files.write(dir.resolve("x.part"), BODY);
            server.requests.clear();
            assertEquals(BODY.length, fetch(server.uri("/x"), digest, 1 << 20).sizeBytes());
            assertEquals(List.of(), server.requests);
        }
    }

    @Test
    void silentServerIsNotWaitedForEndlessly() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        Socket s = socket.accept();
                        InputStream in = s.getInputStream();
                        while (in.read() != '\n') {}
                        s.getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nGGUF"
                                        .getBytes(StandardCharsets.US_ASCII));
                        s.getOutputStream().flush();
                    }
                } catch (IOException e) {
                    Thread.currentThread().interrupt();
                }
            });
            URI uri = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/x");
            assertThrows(PullException.class, () -> fetch(uri, Optional.empty(), 1 << 20));
        }
    }

    @Test
    void fileLargerThanAllowedIsRefusedBeforeItIsWritten() throws IOException {
        try (FakeServer server = new FakeServer()) {
            server.put("/x", FakeServer.Page.of(BODY));
            assertThrows(PullException.class, () -> fetch(server.uri("/x"), Optional.empty(), 100));
        }
    }

    @Test
    void fileLargerThanTheDiskIsRefusedBeforeItIsWritten() {
        PullException e = assertThrows(PullException.class, () -> Durable.needSpace(dir, 1L << 60));
        assertTrue(e.getMessage().contains("not enough disk space"), e.getMessage());
    }
}
