package assay.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
    private final Handler list = e -> {};
    private final Handler make = e -> {};
    private final Handler one = e -> {};
    private final Handler rest = e -> {};
    private final Router router = new Router()
            .on("GET", "/v1/things", list)
            .on("POST", "/v1/things", make)
            .on("GET", "/v1/things/{id}/part", one)
            .on("GET", "/v1/files/{path*}", rest);

    @Test
    void aLiteralPathFindsTheHandlerOfItsMethod() throws ApiError {
        assertSame(list, router.find("GET", "/v1/things").handler());
        assertSame(list, router.find("HEAD", "/v1/things").handler());
        assertSame(make, router.find("POST", "/v1/things").handler());
    }

    @Test
    void namesStandForDecodedSegments() throws ApiError {
        Router.Match match = router.find("GET", "/v1/things/a%2Fb%20c+d/part");
        assertSame(one, match.handler());
        assertEquals(Map.of("id", "a/b c+d"), match.params());
        assertEquals(Map.of("path", "x/y"), router.find("GET", "/v1/files/x/y").params());
        assertEquals(Map.of("path", "x"), router.find("GET", "/v1/files/x").params());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/things/",
                "//v1/things",
                "/v1/things/a",
                "/v1/things//part",
                "/v1/files",
                "/V1/things",
                "/v1/things/%zz/part",
                "/v1/things/%/part",
                "/v1/%2e%2e/things"
            })
    void pathsThatFitNothingAre404(String path) {
        ApiError e = assertThrows(ApiError.class, () -> router.find("GET", path));
        assertEquals(404, e.status());
    }

    @Test
    void anotherMethodIs405AndSaysWhichAreAllowed() {
        ApiError e = assertThrows(ApiError.class, () -> router.find("DELETE", "/v1/things"));
        assertEquals(405, e.status());
        assertEquals("GET, POST", e.headers().get("Allow"));
    }

    @Test
    void anAbsurdPathIsNotWalked() {
        ApiError e = assertThrows(ApiError.class, () -> router.find("GET", "/a".repeat(100_000)));
        assertEquals(404, e.status());
    }
}
