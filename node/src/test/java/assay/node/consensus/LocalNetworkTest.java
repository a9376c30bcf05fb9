package assay.node.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.ledger.crypto.KeyFile;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.light.LedgerUrl;
import assay.ledger.light.LightLedger;
import assay.ledger.state.Account;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.state.StateProof;
import assay.ledger.tx.Ids;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four validators of the real CometBFT under load, with faults: the last but one halts inside Commit, twice, and
 * the last proposes blocks that nobody may accept. Takes minutes, so it is run by a command of its own:
 *
 * <pre>mvn -pl node -am test -Dtest=LocalNetworkTest -Dassay.network=true -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
class LocalNetworkTest {
    private static final int VALIDATORS = 4;
    private static final long PATIENCE_NANOS = 300_000_000_000L;

    @TempDir
    Path tmp;

    private CometBft comet;
    private LocalNetwork network;
    private Genesis genesis;
    private int port;
    private long sent;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(Boolean.getBoolean("assay.network"), "skipped: takes minutes; -Dassay.network=true");
        Assumptions.assumeTrue(CometBft.find().isPresent(), "skipped: no CometBFT; " + CometBft.INSTALL);
        comet = CometBft.find().orElseThrow();
        Assumptions.assumeTrue(comet.version().startsWith(CometBft.VERSION), "skipped: another version of CometBFT");
        port = freePorts();
        genesis = LocalNetwork.make(
                comet,
                tmp,
                founders -> Genesis.local(9, AbciServerTest.FAUCET.address(), Amount.ofUnits(1_000), founders),
                VALIDATORS,
                port);
        network = LocalNetwork.start(comet, tmp, port, LocalNetworkTest::application, line -> {});
        awaitHeight(rpcs(), 2);
    }

    @AfterEach
    void stop() {
        if (network != null) {
            network.close();
        }
    }

    @Test
    void killedAndCutOffValidatorsComeBackAndNothingAcknowledgedIsLost() throws Exception {
        List<Rpc> rpcs = rpcs();
        pay(rpcs.get(0), 20);

        // The application of one is killed.
        kill(network.validators().get(1).ledgerProcess());
        pay(rpcs.get(0), 20);
        awaitHeight(rpcs, rpcs.get(0).height() + 2);

        // Both programs of one are killed.
        kill(network.validators().get(0).ledgerProcess());
        kill(network.validators().get(0).cometProcess());
        pay(rpcs.get(1), 20);
        awaitHeight(rpcs, rpcs.get(1).height() + 2);

        // One hears and says nothing for a while.
        signal("STOP", network.validators().get(1).cometProcess());
        pay(rpcs.get(0), 10);
        Thread.sleep(5_000);
        signal("CONT", network.validators().get(1).cometProcess());
        awaitHeight(rpcs, rpcs.get(0).height() + 2);

        awaitPaid(rpcs);
        assertSameRoots(rpcs);
        for (String fault : new String[] {"node2/halted-before", "node2/halted-after", "node3/lied"}) {
            assertTrue(Files.exists(tmp.resolve(fault)), "it came to " + fault);
        }
    }

    @Test
    void aFifthJoinsByStateSync() throws Exception {
        List<Rpc> rpcs = rpcs();
        while (true) {
            pay(rpcs.get(0), 40);
            if (hasSnapshot(tmp.resolve("node0/ledger")) && hasSnapshot(tmp.resolve("node1/ledger"))) {
                break;
            }
        }
        // A light client of the fifth wants two blocks after the snapshot.
        awaitHeight(rpcs, rpcs.get(0).height() + 3);

        Path home = tmp.resolve("node4");
        LocalNetwork.Place place = new LocalNetwork.Place(home, port + 10 * VALIDATORS);
        joiner(home, place, rpcs);
        Validator fifth =
                new Validator("node4", comet, place, application(place.ledger(), place.application()), line -> {});
        fifth.start();
        try {
            Rpc rpc = new Rpc("http://127.0.0.1:" + place.rpcPort());
            awaitHeight(List.of(rpc), rpcs.get(0).height() + 1);
            List<Rpc> all = new ArrayList<>(rpcs);
            all.add(rpc);
            pay(rpc, 5);
            awaitPaid(all);
            assertSameRoots(all);
            long earliest = Long.parseLong(rpc.get("status")
                    .at("sync_info")
                    .at("earliest_block_height")
                    .string());
            assertTrue(earliest > 1, "it did not replay from the first block, but from " + earliest);
            becomesAValidator(rpcs, place);
        } finally {
            fifth.close();
        }
    }

    /** Three of four agree; then CometBFT counts its votes, and its links are in the beacon. */
    private void becomesAValidator(List<Rpc> rpcs, LocalNetwork.Place place) throws Exception {
        LightLedger light = LightLedger.open(
                new LedgerUrl(rpcs.stream().map(r -> URI.create(r.url())).toList(), genesis.digest(), Optional.empty()),
                tmp.resolve("trust"),
                InstantSource.system());
        LinkChain chain = LinkChain.find(place.chain()).orElseThrow();
        PrivateKey proposer = KeyFile.read(tmp.resolve("node0/validator.key"));
        send(
                light,
                proposer,
                new Transaction.ProposeValidator(chain.account(), CometBft.consensusKey(place.dir()), 10, chain.tip()));
        for (int i = 1; i <= 2; i++) {
            PrivateKey other = KeyFile.read(tmp.resolve("node" + i + "/validator.key"));
            send(light, other, new Transaction.Approve(Ids.proposal(proposer.address(), 0)));
        }
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (light.client().latest().validators().members().size() < VALIDATORS + 1
                || tip(light, chain).equals(chain.tip())) {
            assertTrue(System.nanoTime() < until, () -> "it never counted\n" + lastWords());
            Thread.sleep(500);
        }
        pay(rpcs.get(0), 5);
        awaitPaid(rpcs);
        assertSameRoots(rpcs);
    }

    private static void send(LightLedger light, PrivateKey key, Transaction body) throws Exception {
        SignedTransaction signed = SignedTransaction.sign(light.chainId(), key, 0, body);
        LightLedger.Sent sent = light.send(signed, Duration.ofMinutes(3));
        assertEquals(Optional.empty(), sent.refused());
    }

    private static Hash tip(LightLedger light, LinkChain chain) throws Exception {
        return light.read(State.Part.VALIDATORS, Key.of(chain.account()), assay.ledger.state.Validator.class)
                .map(assay.ledger.state.Validator::beaconTip)
                .orElse(chain.tip());
    }

    /** A node without a key of the validators', which fetches a snapshot that it trusts for its header. */
    private void joiner(Path home, LocalNetwork.Place place, List<Rpc> rpcs) throws Exception {
        Path other = tmp.resolve("fresh");
        comet.makeFolders(other, 1);
        Files.move(other.resolve("node0"), home);
        Path json = tmp.resolve("node0/config/genesis.json");
        Files.copy(json, home.resolve("config/genesis.json"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assay.ledger.store.ReplicatedLedger.begin(place.ledger(), genesis);
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < VALIDATORS; i++) {
            peers.add(comet.nodeId(tmp.resolve("node" + i)) + "@127.0.0.1:" + (port + 10 * i));
        }
        LocalNetwork.configure(place, String.join(",", peers));
        PrivateKey account = AbciServerTest.key(77);
        LinkChain.make(place.chain(), account.address(), 5_000, Hash.sha256(new byte[] {77}));
        Field trusted = rpcs.get(0).get("commit?height=1").at("signed_header").at("commit");
        Map<String, String> values = new LinkedHashMap<>();
        values.put("statesync.enable", "true");
        values.put(
                "statesync.rpc_servers",
                "\"" + rpcs.get(0).url() + "," + rpcs.get(1).url() + "\"");
        values.put("statesync.trust_height", "1");
        values.put(
                "statesync.trust_hash", "\"" + trusted.at("block_id").at("hash").string() + "\"");
        values.put("statesync.discovery_time", "\"5s\"");
        CometBft.configure(home.resolve("config/config.toml"), values);
    }

    private static boolean hasSnapshot(Path ledger) throws IOException {
        try (var files = Files.newDirectoryStream(ledger, "snapshot-????????????????")) {
            return files.iterator().hasNext();
        }
    }

    private List<Rpc> rpcs() {
        return network.urls().stream().map(Rpc::new).toList();
    }

    /** Sends payments until so many more wait for a block or are in one. */
    private void pay(Rpc rpc, int count) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        for (int i = 0; i < count; i++) {
            while (!rpc.send(AbciServerTest.transfer(sent))) {
                assertTrue(System.nanoTime() < until, "payment " + sent + " was never taken");
                Thread.sleep(100);
            }
            sent++;
        }
    }

    private void awaitPaid(List<Rpc> rpcs) throws Exception {
        long until = System.nanoTime() + PATIENCE_NANOS;
        for (Rpc rpc : rpcs) {
            while (paid(rpc) < sent) {
                assertTrue(System.nanoTime() < until, rpc + " shows " + paid(rpc) + " of " + sent);
                Thread.sleep(200);
            }
            assertEquals(sent, paid(rpc));
        }
    }

    /** What the receiver has, shown by a proof that leads to the hash in the next header. */
    private static long paid(Rpc rpc) throws Exception {
        byte[] key = Key.of(AbciServerTest.TO);
        Field answer = rpc.get("abci_query?path=%22/state/accounts%22&data=0x"
                        + HexFormat.of().formatHex(key))
                .at("response");
        long height = Long.parseLong(answer.at("height").string());
        while (rpc.height() <= height) {
            Thread.sleep(100);
        }
        Hash root = Hash.ofBytes(HexFormat.of().parseHex(rpc.rootAfter(height)));
        StateProof proof =
                StateProof.parse(Base64.getDecoder().decode(answer.at("value").string()));
        return switch (proof.check(root, key)) {
            case StateProof.Shown.Present(byte[] value) ->
                assay.ledger.tx.RecordCodec.read(new assay.core.codec.Reader(value), Account.class)
                        .balance()
                        .micro();
            case StateProof.Shown.Absent absent -> 0;
            case StateProof.Shown.Nothing(String why) -> throw new AssertionError(why);
        };
    }

    private static void assertSameRoots(List<Rpc> rpcs) throws Exception {
        long lowest = Long.MAX_VALUE;
        for (Rpc rpc : rpcs) {
            lowest = Math.min(lowest, rpc.heightSoon());
        }
        for (Rpc rpc : rpcs) {
            assertEquals(rpcs.getFirst().rootAfter(lowest - 1), rpc.rootAfter(lowest - 1), rpc::toString);
        }
    }

    private void awaitHeight(List<Rpc> rpcs, long height) throws Exception {
        long until = System.nanoTime() + PATIENCE_NANOS;
        for (Rpc rpc : rpcs) {
            while (rpc.height() < height) {
                assertTrue(
                        System.nanoTime() < until, () -> rpc + " did not reach block " + height + "\n" + lastWords());
                Thread.sleep(200);
            }
        }
    }

    private String lastWords() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i <= VALIDATORS; i++) {
            for (String name : new String[] {"ledger.log", "cometbft.log"}) {
                Path file = tmp.resolve("node" + i).resolve(name);
                try {
                    String text = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
                    out.append(file).append('\n').append(text.substring(Math.max(0, text.length() - 1_500)));
                } catch (IOException e) {
                    out.append(e);
                }
            }
        }
        return out.toString();
    }

    private static void signal(String name, Process process) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private static void kill(Process process) {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** A base with sixty free ports after it, most likely; below those that systems give to connections. */
    private static int freePorts() {
        SecureRandom random = new SecureRandom();
        int base = 0;
        do {
            base = 10_000 + 100 * random.nextInt(220);
        } while (LocalNetwork.busyPort(base, 6).isPresent());
        return base;
    }

    private static List<String> application(Path ledger, String address) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                AbciProcess.class.getName(),
                ledger.toString(),
                address,
                ledger.endsWith("node2/ledger") ? "halt" : ledger.endsWith("node3/ledger") ? "lie" : "none");
    }
}
