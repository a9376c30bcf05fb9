package assay.node.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    private final Gate gate =
            new Gate(InetAddress.getLoopbackAddress(), List.of("node.example"), List.of("https://chat.example"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:80",
                "localhost.",
                "127.0.0.1",
                "127.0.0.1:8080",
                "127.8.9.10",
                "[::1]",
                "[::1]:8080",
                "node.example",
                "Node.Example:443"
            })
    void loopbackAndConfiguredHostsPass(String host) {
        assertDoesNotThrow(() -> gate.checkHost(host));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil.example:127.0.0.1",
                "10.0.0.1",
                "[::2]",
                "::1",
                "node.example.evil",
                "0.0.0.0",
                "1270.0.1",
                "@localhost/x"
            })
    void otherHostsAreMisdirected(String host) {
        assertEquals(
                421, assertThrows(ApiError.class, () -> gate.checkHost(host)).status());
    }

    @Test
    void theAddressThatIsBoundIsAHostToo() throws UnknownHostException {
        Gate v4 = new Gate(InetAddress.getByName("10.1.2.3"), List.of(), List.of());
        assertDoesNotThrow(() -> v4.checkHost("10.1.2.3:80"));
        Gate v6 = new Gate(InetAddress.getByName("fd00::5"), List.of(), List.of());
        assertDoesNotThrow(() -> v6.checkHost("[fd00:0:0:0:0:0:0:5]:80"));
        Gate any = new Gate(InetAddress.getByName("0.0.0.0"), List.of(), List.of());
        assertThrows(ApiError.class, () -> any.checkHost("0.0.0.0"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"https://chat.example", "http://localhost:8080"})
    void noOriginTheNodesOwnAndConfiguredOnesPass(String origin) {
        assertDoesNotThrow(() -> gate.checkOrigin(origin, "localhost:8080"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "http://localhost:9090", "https://chat.example.evil", ""})
    void otherWebPagesAreForbidden(String origin) {
        ApiError e = assertThrows(ApiError.class, () -> gate.checkOrigin(origin, "localhost:8080"));
        assertEquals(403, e.status());
    }
}
