package assay.node;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A whole node with a tiny model in a folder of its own, and an account of a stranger with some money. */
public final class PayNode implements AutoCloseable {
    private static final EngineOptions ENGINE = new EngineOptions(1, 256, 16, 64, 32, 32, 16L << 20);

    /** What a stranger starts with. */
    public static final Amount FUNDS = Amount.ofUnits(10);

    private final Path dir;
    private final NodeConfig config;
    private final Model model;
    private Node node;

    /** Starts it. */
    public PayNode(Path dir, int port) throws IOException, MalformedException, InterruptedException {
        this.dir = dir;
        Path file = Models.TINY.write(dir.resolve("tiny.gguf"));
        model = Model.load(file);
        config = new NodeConfig(
                dir.resolve("home"), "tiny", file, Hash.sha256(new byte[1]), "CC0-1.0", dir, port, ENGINE);
        node = Node.start(config, model);
    }

    /** The node. */
    public Node node() {
        return node;
    }

    /** The ledger. */
    public LiveLedger ledger() {
        return node.ledger();
    }

    /** The operator's account. */
    public Address operator() throws IOException {
        return home().account("operator").address();
    }

    /** Its folder. */
    public Home home() {
        return new Home(config.home());
    }

    /** Where a test may put files. */
    public Path dir() {
        return dir;
    }

    /** Stops it and starts it again on the same folder. */
    public void restart() throws IOException, MalformedException, InterruptedException {
        node.close();
        node = Node.start(config, model);
    }

    /** A fresh account with money. */
    public Stranger stranger() throws IOException, MalformedException {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        secret[0] = 1;
        PrivateKey key = PrivateKey.ofBytes(secret);
        Sender faucet = new Sender(ledger(), new Signer(home().account("faucet"), ledger().chainId()));
        if (!(faucet.send(new Transaction.Transfer(key.address(), FUNDS)).join() instanceof Outcome.Applied)) {
            throw new AssertionError("the faucet is dry");
        }
        return new Stranger(key, "0x" + HexFormat.of().formatHex(secret));
    }

    /** An account that the node knows nothing of. */
    public record Stranger(PrivateKey key, String secret) {
        /** Its address. */
        public Address address() {
            return key.address();
        }
    }

    @Override
    public void close() throws IOException {
        node.close();
    }

    /** Runs one for scripts that are tried by hand: prints its address and a funded key. */
    public static void main(String[] arguments) throws Exception {
        PayNode node = new PayNode(Path.of(arguments[0]), 0);
        System.out.println("NODE=" + node.node().uri() + " PRIVATE_KEY="
                + node.stranger().secret() + " KEY=" + node.home().apiKey());
        Thread.currentThread().join();
    }
}
