package assay.node.consensus;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.ledger.crypto.KeyFile;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.state.Genesis;
import assay.ledger.store.ReplicatedLedger;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Validators on one machine, each a CometBFT and a ledger of its own, in folders {@code node0}, {@code node1}
 * and so on.
 *
 * <p>Ports count up from the base, ten for a validator: peers, RPC, application.
 */
public final class LocalNetwork implements AutoCloseable {
    /** The port of the first validator's peers, unless another is wished. */
    public static final int PORT = 26_656;

    private static final int PORTS = 10;

    private final List<Validator> validators = new ArrayList<>();

    /** Where one validator is. */
    record Place(Path dir, int port) {
        int rpcPort() {
            return port + 1;
        }

        String application() {
            return "tcp://127.0.0.1:" + (port + 2);
        }

        Path ledger() {
            return dir.resolve("ledger");
        }

        /** Where a validator's hash chain is kept, beside its ledger. */
        Path chain() {
            return LinkChain.fileBeside(ledger());
        }

        Path account() {
            return dir.resolve("validator.key");
        }
    }

    /** Whether a network's folders were made here. */
    public static boolean exists(Path dir) {
        return Files.exists(dir.resolve("node0/config/genesis.json"));
    }

    /**
     * Writes the folders of a new network: each validator has an account, a key for CometBFT and a hash chain, and the
     * genesis names them.
     *
     * @param genesis makes it from its validators
     * @return the genesis
     */
    public static Genesis make(
            CometBft comet, Path dir, Function<List<Genesis.Founder>, Genesis> genesis, int count, int port)
            throws IOException, InterruptedException {
        comet.makeFolders(dir, count);
        List<String> peers = new ArrayList<>();
        List<Genesis.Founder> founders = new ArrayList<>();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < count; i++) {
            Place place = place(dir, i, port);
            peers.add(comet.nodeId(place.dir) + "@127.0.0.1:" + place.port);
            founders.add(founder(place, random));
        }
        founders.sort(Comparator.comparing(Genesis.Founder::account));
        Genesis made = genesis.apply(founders);
        for (int i = 0; i < count; i++) {
            Place place = place(dir, i, port);
            ReplicatedLedger.begin(place.ledger(), made);
            configure(place, String.join(",", peers));
            Path file = place.dir.resolve("config/genesis.json");
            String json = Files.readString(file, StandardCharsets.UTF_8);
            Files.writeString(
                    file,
                    json.replaceFirst(
                            "\"chain_id\": \"[^\"]*\"", "\"chain_id\": \"" + AbciApplication.chainName(made) + "\""));
        }
        return made;
    }

    /** Makes a validator's account and chain. */
    private static Genesis.Founder founder(Place place, SecureRandom random) throws IOException {
        PrivateKey key = PrivateKey.generate(random);
        KeyFile.write(place.account(), key);
        byte[] secret = new byte[Hash.SIZE_BYTES];
        random.nextBytes(secret);
        LinkChain chain = LinkChain.make(place.chain(), key.address(), LinkChain.LENGTH, Hash.ofBytes(secret));
        return new Genesis.Founder(key.address(), CometBft.consensusKey(place.dir), 10, chain.tip());
    }

    static void configure(Place place, String peers) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("proxy_app", quoted(place.application()));
        values.put("rpc.laddr", quoted("tcp://127.0.0.1:" + place.rpcPort()));
        values.put("rpc.pprof_laddr", quoted(""));
        values.put("p2p.laddr", quoted("tcp://127.0.0.1:" + place.port));
        values.put("p2p.persistent_peers", quoted(peers));
        values.put("p2p.addr_book_strict", "false");
        values.put("p2p.allow_duplicate_ip", "true");
        values.put("consensus.timeout_commit", quoted("900ms"));
        CometBft.configure(place.dir.resolve("config/config.toml"), values);
    }

    /** The first validator's port, of the network in a folder. */
    public static int port(Path dir) throws IOException {
        String address = CometBft.configured(dir.resolve("node0/config/config.toml"), "p2p.laddr");
        String digits = address.replaceFirst(".*:([0-9]{1,5})\"", "$1");
        if (digits.equals(address)) {
            throw new IOException(dir + " names no port: " + address);
        }
        return Integer.parseInt(digits);
    }

    /** How many validators are in a folder. */
    public static int count(Path dir) {
        int count = 0;
        while (Files.exists(dir.resolve("node" + count))) {
            count++;
        }
        return count;
    }

    /** A port that validators need and something else has; of the first of ten for each. */
    public static OptionalInt busyPort(int port, int validators) {
        for (int i = 0; i < validators; i++) {
            for (int p = port + PORTS * i; p < port + PORTS * i + 3; p++) {
                try (ServerSocket free = new ServerSocket()) {
                    free.setReuseAddress(true);
                    free.bind(new InetSocketAddress("127.0.0.1", p));
                } catch (IOException e) {
                    return OptionalInt.of(p);
                }
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Starts the validators that are in a folder.
     *
     * @param application the command that serves the ledger in a folder at an address
     * @param say is told when a program ends and is started again
     */
    public static LocalNetwork start(
            CometBft comet,
            Path dir,
            int port,
            BiFunction<Path, String, List<String>> application,
            Consumer<String> say) {
        LocalNetwork network = new LocalNetwork();
        int count = count(dir);
        for (int i = 0; i < count; i++) {
            Place place = place(dir, i, port);
            Validator validator = new Validator(
                    "node" + i, comet, place, application.apply(place.ledger(), place.application()), say);
            network.validators.add(validator);
            validator.start();
        }
        return network;
    }

    /** Where programs reach the validators: CometBFT's RPC. */
    public List<String> urls() {
        return validators.stream()
                .map(v -> "http://127.0.0.1:" + v.place().rpcPort())
                .toList();
    }

    /** The genesis of the network in a folder. */
    public static Genesis genesis(Path dir) throws IOException {
        try {
            return Genesis.parse(Files.readAllBytes(dir.resolve("node0/ledger/genesis")));
        } catch (MalformedException e) {
            throw new IOException(dir + " holds a malformed genesis", e);
        }
    }

    /** The validators, in the order of their folders. */
    List<Validator> validators() {
        return validators;
    }

    /** Stops everything. */
    @Override
    public void close() {
        validators.forEach(Validator::ask);
        validators.forEach(Validator::close);
    }

    private static Place place(Path dir, int index, int port) {
        return new Place(dir.resolve("node" + index), port + PORTS * index);
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
