package assay.node.consensus;

import assay.ledger.state.Genesis;
import assay.ledger.store.ReplicatedLedger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

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
    }

    /** Whether a network's folders were made here. */
    public static boolean exists(Path dir) {
        return Files.exists(dir.resolve("node0/config/genesis.json"));
    }

    /** Writes the folders of a new network with this genesis. */
    public static void make(CometBft comet, Path dir, Genesis genesis, int count, int port)
            throws IOException, InterruptedException {
        comet.makeFolders(dir, count);
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Place place = place(dir, i, port);
            peers.add(comet.nodeId(place.dir) + "@127.0.0.1:" + place.port);
        }
        for (int i = 0; i < count; i++) {
            Place place = place(dir, i, port);
            ReplicatedLedger.begin(place.ledger(), genesis);
            configure(place, String.join(",", peers));
            Path file = place.dir.resolve("config/genesis.json");
            String json = Files.readString(file, StandardCharsets.UTF_8);
            Files.writeString(
                    file,
                    json.replaceFirst(
                            "\"chain_id\": \"[^\"]*\"",
                            "\"chain_id\": \"" + AbciApplication.chainName(genesis) + "\""));
        }
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
        for (int i = 0; Files.exists(place(dir, i, port).dir()); i++) {
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
