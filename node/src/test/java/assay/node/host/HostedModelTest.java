package assay.node.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.codec.Writer;
import assay.core.log.Leaf;
import assay.core.merkle.Chunks;
import assay.core.merkle.Frontier;
import assay.engine.store.Progress;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;
import assay.ledger.light.Reach;
import assay.ledger.state.Genesis;
import assay.ledger.state.Host;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.NodeKeyProof;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Voucher;
import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host over real HTTP beside a real ledger: it shows chunks by itself, serves, and is paid for what arrived. */
class HostedModelTest {
    private final TreeMap<String, Hosting> hostings = new TreeMap<>();
    private static final byte[] FILE = new byte[300_001];

    static {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < FILE.length; i++) {
            FILE[i] = (byte) random.nextInt();
        }
    }

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path dir;

    private final Map<String, Sender> senders = new TreeMap<>();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private EmbeddedLedger ledger;
    private Hash model = Ids.NONE;

    /** A published model of which an operator sold an answer for five units; a tenth of it is for hosts. */
    @BeforeEach
    void network() throws Exception {
        List<String> names = List.of("author", "node", "payer", "host", "liar");
        List<Genesis.Allocation> money = new ArrayList<>();
        names.forEach(name -> money.add(new Genesis.Allocation(key(name).address(), Amount.ofUnits(1_000))));
        money.sort(Comparator.comparing(Genesis.Allocation::address));
        Genesis genesis = new Genesis(Genesis.CHAIN_ID_FIRST + 9, params(), money);
        ledger = EmbeddedLedger.open(dir.resolve("ledger"), genesis);
        ledger.onBlock(block -> events.addAll(block.events()));
        names.forEach(name -> senders.put(name, new Sender(ledger, new Signer(key(name), genesis.chainId()))));
        Hash any = Hash.sha256();
        applied(
                "author",
                new Transaction.PublishModel(
                        "smol",
                        Hash.sha256(FILE),
                        FILE.length,
                        Chunks.tree(new ByteArrayInputStream(FILE)).root(),
                        any,
                        any,
                        any,
                        any,
                        any,
                        1,
                        "compiler",
                        "MIT",
                        any,
                        0,
                        Amount.ZERO));
        model = ledger.state().modelId("smol").orElseThrow();
        sell();
    }

    private void sell() throws Exception {
        NodeSigner signer = NodeSigner.ofSeed(Hash.sha256(new byte[] {7}).bytes());
        Address node = address("node");
        applied(
                "node",
                new Transaction.RegisterOperator(
                        Hash.ofBytes(signer.key().bytes()), NodeKeyProof.of(signer, ledger.chainId(), node), ""));
        applied("node", new Transaction.Bond(Amount.ofUnits(200)));
        applied("node", new Transaction.SetPrices(model, Amount.ofUnits(1), Amount.ofUnits(1), Amount.ofUnits(1)));
        Hash channel = Ids.channel(ledger.chainId(), address("payer"), node, ledger.nonce(address("payer")));
        applied("payer", new Transaction.OpenChannel(node, Amount.ofUnits(20)));
        Amount price = Amount.ofUnits(5);
        Transaction.Posting posting =
                new Transaction.Posting(Hash.sha256(new byte[] {1}), channel, model, price, Amount.ZERO, 10, Ids.NONE);
        Frontier log = new Frontier();
        log.append(new Leaf(posting.receipt(), price.micro()).hash());
        applied("node", new Transaction.PostCheckpoint(1, log.root(), List.of(posting)));
        Signature voucher = senders.get("payer").signer().sign(new Voucher(channel, price));
        applied("node", new Transaction.Redeem(channel, price, voucher));
    }

    /** A chunk every 5 blocks, to be shown within 4; two misses end an offer; a thousand units for 10^9 bytes. */
    private static Params params() {
        Params p = Params.local();
        return new Params(
                p.windows(),
                new Params.Shares(100_000, 100_000, 10_000, 300_000),
                p.audits(),
                p.costs(),
                p.disputes(),
                p.governance(),
                new Params.Hosting(5, 4, 50_000, 2, Amount.ofUnits(1), Amount.ofUnits(1_000), Amount.ZERO, 60));
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable part : open.reversed()) {
            part.close();
        }
        ledger.close();
    }

    @Test
    void aHostAnswersTheBeaconByItselfServesAnInterruptedDownloadAndIsPaidForWhatArrived() throws Exception {
        host("host", 0);
        Amount before = ledger.state().balance(address("host"));
        ledger.advance(5).join();
        await(Event.StorageAsked.class, 1);
        await(Event.StorageShown.class, 1);

        Path target = dir.resolve("model.gguf");
        Files.write(dir.resolve("model.gguf.part"), Arrays.copyOf(FILE, 100_000));
        Path got = download(target).run(Progress.silent());
        assertArrayEquals(FILE, Files.readAllBytes(got));
        await(Event.HostPaid.class, 1);
        long paid = paid();
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (paid() < 200_001 && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertEquals(200_001, paid(), "a micro-unit a byte, of those that arrived by this download");
        assertEquals(before.plus(Amount.ofMicro(200_001)), ledger.state().balance(address("host")));
        assertTrue(events.stream().noneMatch(Event.StorageMissed.class::isInstance));
    }

    @Test
    void aHostThatVanishesLosesStakeAndItsOffer() throws Exception {
        AutoCloseable host = host("host", 0);
        host.close();
        open.remove(host);
        ledger.advance(5 + 4 + 1 + 5 + 4 + 2).join();
        await(Event.StorageMissed.class, 2);
        Host left = ledger.state().host(model, address("host")).orElseThrow();
        assertFalse(left.isActive());
        assertEquals(Amount.ofMicro(1_805_000), left.stake().total(), "2 units less 5 % twice");
        assertThrows(
                IOException.class, () -> download(dir.resolve("x")).run(Progress.silent()), "nobody hosts it any more");
    }

    @Test
    void aPartOfAnotherFileFromALyingHostIsThrownAwayAndTheNextHostAskedForIt() throws Exception {
        byte[] other = FILE.clone();
        other[212_345]++; // in the fourth part
        boolean isFirst = address("liar").compareTo(address("host")) < 0;
        String liar = isFirst ? "liar" : "host"; // hosts are asked in the order of their addresses
        host(liar, 10_000);
        Files.write(dir.resolve(liar + ".gguf"), other);
        String good = isFirst ? "host" : "liar";
        host(good, 10_000);
        HostedDownload download = download(dir.resolve("model.gguf"));
        assertArrayEquals(FILE, Files.readAllBytes(download.run(Progress.silent())));
        assertFalse(Files.exists(dir.resolve("model.gguf.part")));
        List<HostedDownload.Part> parts = download.parts();
        assertEquals(2, parts.size());
        assertEquals(address(liar), parts.get(0).place().host());
        assertTrue(parts.get(0).fault().contains("gave another file"), parts::toString);
        assertEquals(3L << 16, parts.get(0).goodBytes());
        assertEquals(FILE.length - (3L << 16), parts.get(1).goodBytes());
        assertEquals(3L << 16, acknowledged(liar), "its three good parts");
        assertEquals(FILE.length - (3L << 16), acknowledged(good), "and no part was fetched twice");
    }

    @Test
    void whatIsLeftOfADownloadOfSomethingElseIsFetchedAgain() throws Exception {
        host("host", 10_000);
        byte[] other = Arrays.copyOf(FILE, 200_000);
        other[70_000]++;
        Files.write(dir.resolve("model.gguf.part"), other);
        assertArrayEquals(
                FILE, Files.readAllBytes(download(dir.resolve("model.gguf")).run(Progress.silent())));
        assertEquals(FILE.length - (1L << 16), acknowledged("host"));
    }

    @Test
    void aHostThatBeginsToSendAndStopsLosesItsTurn() throws Exception {
        host("host", 0);
        HostedFile hosted = HostedFile.open(
                model, ledger.state().model(model).orElseThrow(), Files.write(dir.resolve("silent.gguf"), FILE));
        Writer roots = new Writer();
        hosted.roots(1 << 16).forEach(roots::hash);
        try (SilentHost silent = new SilentHost(roots.toBytes(), FILE)) {
            HostedDownload download = download(
                    dir.resolve("model.gguf"),
                    List.of(new HostedDownload.Place(
                            address("liar"), silent.uri().toString())),
                    1_000);
            assertArrayEquals(FILE, Files.readAllBytes(download.run(Progress.silent())));
            List<HostedDownload.Part> parts = download.parts();
            assertEquals(2, parts.size());
            assertTrue(parts.get(0).fault().contains("too slowly, after " + SilentHost.SENT), parts::toString);
        }
    }

    @Test
    void whatWasPublishedOfTwoFilesIsDownloadedOnce() throws Exception {
        Transaction.PublishModel right =
                ledger.state().model(model).orElseThrow().words();
        applied(
                "author",
                new Transaction.PublishModel(
                        "lie",
                        Hash.sha256(new byte[] {8}),
                        right.fileBytes(),
                        right.fileRoot(),
                        right.programRoot(),
                        right.weightRoot(),
                        right.tokenizerDigest(),
                        right.templateDigest(),
                        right.unicodeDigest(),
                        right.macsPerToken(),
                        right.compiler(),
                        right.licence(),
                        right.licenceDigest(),
                        right.royaltyPpm(),
                        right.bond()));
        model = ledger.state().modelId("lie").orElseThrow();
        host("host", 1 << 20);
        host("liar", 1 << 20);
        HostedDownload download = download(dir.resolve("model.gguf"));
        IOException refused = assertThrows(IOException.class, () -> download.run(Progress.silent()));
        assertTrue(String.valueOf(refused.getMessage()).contains("is not its file's"), refused::toString);
        assertEquals(1, download.parts().size(), "the second host has the same");
        assertFalse(Files.exists(dir.resolve("model.gguf.part")));
    }

    /** Who believed the roots of another file would throw every right part away. */
    @Test
    void aHostThatSaysTheRootsOfAnotherFileIsPassedOver() throws Exception {
        host("host", 0);
        byte[] other = FILE.clone();
        other[0]++;
        Writer roots = new Writer();
        for (int at = 0; at < other.length; at += 1 << 16) {
            byte[] part = Arrays.copyOfRange(other, at, Math.min(other.length, at + (1 << 16)));
            roots.hash(Chunks.tree(new ByteArrayInputStream(part)).root());
        }
        try (SilentHost liar = new SilentHost(roots.toBytes(), FILE)) {
            HostedDownload download = download(
                    dir.resolve("model.gguf"),
                    List.of(new HostedDownload.Place(address("liar"), liar.uri().toString())),
                    1_000);
            assertArrayEquals(FILE, Files.readAllBytes(download.run(Progress.silent())));
            String fault = download.parts().getFirst().fault();
            assertTrue(fault.contains("does not say of which parts"), fault);
        }
    }

    /** What the operator's own note says that it got from a host. */
    private long acknowledged(String host) throws IOException {
        return Long.parseLong(Files.readString(dir.resolve("model.gguf." + address(host) + ".received")));
    }

    @Test
    void aHostThatChangedTheFileCannotShowTheChunk() throws Exception {
        host("liar", 0);
        Files.write(dir.resolve("liar.gguf"), new byte[FILE.length]);
        ledger.advance(5).join();
        await(Event.StorageAsked.class, 1);
        while (hostings.get("liar").trouble().isEmpty()) { // it tries, and is refused
            Thread.sleep(20);
        }
        ledger.advance(5).join();
        await(Event.StorageMissed.class, 1);
        assertTrue(events.stream().noneMatch(Event.StorageShown.class::isInstance));
    }

    @Test
    void anOperatorThatNeverAcknowledgesIsNotServedForEver() throws Exception {
        host("host", 0);
        URI uri = endpoint("host");
        Signer node = senders.get("node").signer();
        String word = Received.sign(node, address("host"), model, 0).header();
        int served = 0;
        while (served < 200 && get(uri, word) == 200) {
            served++;
        }
        assertEquals(403, get(uri, word));
        assertEquals(Served.CREDIT_BYTES / FILE.length, served);
        long all = (long) served * FILE.length;
        assertEquals(
                429,
                get(uri, Received.sign(node, address("host"), model, all).header()),
                "what its sales brought the hosts does not pay for more, and nothing is served for nothing here");
    }

    @Test
    void aWordThatItsOperatorDidNotSignForThisHostIsRefused() throws Exception {
        host("host", 1_000_000);
        URI uri = endpoint("host");
        Signer node = senders.get("node").signer();
        assertEquals(
                200, get(uri, Received.sign(node, address("host"), model, 5).header()));
        assertEquals(
                401, get(uri, Received.sign(node, address("liar"), model, 5).header()));
        assertEquals(
                401, get(uri, Received.sign(node, address("host"), Ids.NONE, 5).header()));
        String stolen = Received.sign(senders.get("liar").signer(), address("host"), model, 5)
                .header()
                .replace(address("liar").toString(), address("node").toString());
        assertEquals(401, get(uri, stolen));
        assertEquals(400, get(uri, "0x00 5 zz"));
    }

    @Test
    void wordsThatPayNothingTakeNoPlaceOnTheHostsDisk() throws Exception {
        host("host", 1L << 30);
        Path kept = dir.resolve("host").resolve(model.hex());
        for (int i = 0; i < 20; i++) { // an account costs nothing, and none of these sells anything
            PrivateKey stranger = key("stranger " + i);
            String word = Received.sign(new Signer(stranger, ledger.chainId()), address("host"), model, 1_000)
                    .header();
            assertEquals(200, get(endpoint("host"), word), "served as anybody is");
        }
        try (var files = Files.list(kept)) {
            assertEquals(0, files.count());
        }
        assertEquals(
                200,
                get(
                        endpoint("host"),
                        Received.sign(senders.get("node").signer(), address("host"), model, 5)
                                .header()));
        assertTrue(Files.exists(kept.resolve(address("node") + ".received")), "a word that pays is kept");
    }

    @Test
    void whatIsServedForNothingHasAnEnd() throws Exception {
        host("host", 2L * FILE.length);
        URI uri = endpoint("host");
        assertEquals(200, get(uri, ""));
        assertEquals(200, get(uri, ""));
        assertEquals(429, get(uri, ""));
    }

    private long paid() {
        return Claims.paid(ledger.state(), model, address("host"), address("node"));
    }

    private HostedDownload download(Path target) {
        return download(target, List.of(), 60_000);
    }

    /** From these and then from the hosts that the ledger has. */
    private HostedDownload download(Path target, List<HostedDownload.Place> before, long stallMillis) {
        List<HostedDownload.Place> places = new ArrayList<>(before);
        Map<Address, Long> paid = new TreeMap<>();
        ledger.state().hosts().forEach(Key.of(model), (key, host) -> {
            Address its = Key.auditorOf(key);
            if (host.isActive()) {
                places.add(new HostedDownload.Place(its, host.endpoint()));
                paid.put(its, Claims.paid(ledger.state(), model, its, address("node")));
            }
        });
        return new HostedDownload(
                model,
                ledger.state().model(model).orElseThrow().words(),
                places,
                Optional.of(new HostedDownload.Payer(senders.get("node").signer(), paid)),
                target,
                Reach.LOOPBACK,
                new HostedDownload.Pace(1 << 16, stallMillis));
    }

    private URI endpoint(String name) {
        String at = ledger.state().host(model, address(name)).orElseThrow().endpoint();
        return URI.create(at + "/assay/models/" + Hash.sha256(FILE).hex() + "/smol.gguf");
    }

    private static int get(URI uri, String word) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (!word.isEmpty()) {
            request.header(Received.HEADER, word);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Hosts the model at this account's place, with two units at stake. */
    private AutoCloseable host(String name, long freeBytes) throws Exception {
        Path file = dir.resolve(name + ".gguf");
        Files.write(file, FILE);
        HostedFile hosted = HostedFile.open(model, ledger.state().model(model).orElseThrow(), file);
        Hosting hosting = new Hosting(ledger, senders.get(name), hosted, dir.resolve(name), freeBytes);
        hostings.put(name, hosting);
        Router router = new Router();
        hosting.api().route(router);
        WebServer web = WebServer.start(WebOptions.loopback(0), router);
        hosting.begin(web.uri().toString().replaceFirst("/+$", ""), Amount.ofUnits(2));
        AutoCloseable both = () -> {
            hosting.close();
            web.close();
        };
        open.add(both);
        return both;
    }

    private void applied(String from, Transaction body) {
        Outcome outcome = senders.get(from).send(body).join();
        assertTrue(outcome instanceof Outcome.Applied, () -> body + ": " + outcome);
    }

    private void await(Class<? extends Event> kind, int count) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (events.stream().filter(kind::isInstance).count() < count && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertTrue(events.stream().filter(kind::isInstance).count() >= count, () -> kind + " in " + events);
    }

    private static Address address(String name) {
        return key(name).address();
    }

    private static PrivateKey key(String name) {
        try {
            return PrivateKey.ofBytes(Hash.tagged("host test", name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .bytes());
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
