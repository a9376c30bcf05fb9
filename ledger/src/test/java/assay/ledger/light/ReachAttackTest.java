package assay.ledger.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints on a ledger that mean a service of the machine or the network of who follows them. */
class ReachAttackTest {
    private static InetAddress[] addresses(String... literals) throws UnknownHostException {
        InetAddress[] out = new InetAddress[literals.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = InetAddress.getByName(literals[i]);
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.0.9",
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "2002:7f00:1::",
                "2002:a00:1::",
                "64:ff9b::a00:1",
                "64:ff9b:1::808:808",
                "3fff::1",
                "2001:db8::1",
                "2001::1"
            })
    void aNameThatResolvesIntoAHouseIsNotAsked(String address) {
        IOException refused = assertThrows(
                IOException.class,
                () -> Reach.PUBLIC.request("http://node.example:80/assay", host -> addresses(address)));
        assertTrue(String.valueOf(refused.getMessage()).contains("not asked"), refused::toString);
        assertThrows(
                IOException.class,
                () -> Reach.PUBLIC.request("https://node.example/assay", host -> addresses("8.8.8.8", address)),
                "one such address among good ones");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "2a00:1450::8"})
    void aPublicAddressIs(String address) throws Exception {
        assertTrue(Reach.isPublic(InetAddress.getByName(address)));
        Reach.PUBLIC.request("http://node.example/assay", host -> addresses(address));
    }

    @Test
    void theConnectionGoesToTheAddressThatWasLookedAt() throws Exception {
        int[] asked = {0};
        HttpRequest request = Reach.PUBLIC
                .request("http://node.example:8080/assay/x?y=1", host -> {
                    asked[0]++; // the second answer of a name that is rebound would be another
                    return addresses(asked[0] == 1 ? "8.8.8.8" : "127.0.0.1");
                })
                .build();
        assertEquals(URI.create("http://8.8.8.8:8080/assay/x?y=1"), request.uri());
        assertEquals(List.of("node.example:8080"), request.headers().allValues("Host"));
        assertEquals(1, asked[0]);
        assertEquals(
                "[2606:4700:0:0:0:0:0:1111]",
                Reach.PUBLIC
                        .checked(URI.create("http://node.example/"), host -> addresses("2606:4700::1111"))
                        .getHost());
    }

    @Test
    void aCertificateNamesTheHostSoHttpsKeepsIt() throws Exception {
        assertEquals(
                URI.create("https://node.example/x"),
                Reach.PUBLIC
                        .request("https://node.example/x", host -> addresses("8.8.8.8"))
                        .build()
                        .uri());
    }

    @Test
    void loopbackIsAllowedBesideALedgerThatIsThere() throws Exception {
        Reach local = Reach.beside(List.of(URI.create("http://127.0.0.1:26657"), URI.create("http://[::1]:26657")));
        local.request("http://127.0.0.1:8080/assay").build();
        assertThrows(IOException.class, () -> local.request("http://192.168.0.1/"), "and nothing else inside");
        Reach both = Reach.beside(List.of(URI.create("http://127.0.0.1:26657"), URI.create("http://8.8.8.8:26657")));
        assertThrows(IOException.class, () -> both.request("http://127.0.0.1:8080/assay"));
        assertThrows(IOException.class, () -> Reach.beside(List.of()).request("http://[::1]:8080/assay"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "node",
                "ftp://8.8.8.8/",
                "file:///etc/passwd",
                "http:///x",
                "http://u@8.8.8.8/",
                "http://a b/"
            })
    void whatIsNoPlaceIsNotAsked(String place) {
        assertThrows(IOException.class, () -> Reach.PUBLIC.request(place));
        assertThrows(IOException.class, () -> Reach.ANY.request(place));
    }
}
