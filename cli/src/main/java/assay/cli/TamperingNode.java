package assay.cli;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.WeightType;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.Tensor;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.ledger.crypto.Address;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.state.State;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.node.Home;
import assay.node.Node;
import assay.node.NodeConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A node that lies, as a process of its own, for demonstrations and tests of being caught: one row of one matrix of its
 * weights is changed, and it says that it runs the program of the file as it was. Its ledger is its own network's, with
 * disputes, and blocks that go on by the clock.
 *
 * <p>Arguments: folder, model file, its name, threads. It prints {@code ready URL} and ends with its standard input.
 */
final class TamperingNode {
    private static final long BLOCK_MILLIS = 200;
    private static final int CONTEXT = 512;
    private static final int AUDITORS = 4;
    private static final Amount STAKE = Amount.ofUnits(200);
    private static final Amount SUPPLY = Amount.ofUnits(1_000_000_000);

    private TamperingNode() {}

    /** What is changed: a row of a matrix. */
    record Tampered(String matrix, long row) {
        @Override
        public String toString() {
            return "row " + row + " of " + matrix;
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException, MalformedException {
        Path folder = Path.of(args[0]);
        Path file = Path.of(args[1]);
        String name = args[2];
        Home home = new Home(folder.resolve("network"));
        begin(home);
        Path changed = folder.resolve("changed.gguf");
        Files.copy(file, changed, StandardCopyOption.REPLACE_EXISTING);
        Tampered what = tamper(changed);
        Model honest = Model.load(file);
        Model lying = Model.load(changed).claiming(honest.program());
        Files.delete(changed);
        EngineOptions engine =
                EngineOptions.standard().withThreads(Integer.parseInt(args[3])).withContext(CONTEXT);
        // It proves what it can: with rows of the honest file, since the changed one leads to no agreed root.
        NodeConfig config = new NodeConfig(
                home.dir(),
                name,
                file,
                Hash.sha256(Files.readAllBytes(file)),
                "",
                folder.resolve("derived"),
                0,
                engine);
        try (Node node = Node.startWithoutAuditor(config, lying)) {
            new Running(node.uri(), ProcessHandle.current().pid(), name, CONTEXT).write(home.dir());
            EmbeddedLedger ledger = (EmbeddedLedger) node.ledger();
            bondAuditors(ledger, home, name);
            System.out.println("changed " + what);
            System.out.println("ready " + node.uri());
            while (System.in.available() == 0 && isParentAlive()) {
                if (canBeBought(ledger)) {
                    ledger.advance(100).join(); // nobody buys an audit here, so the time for it passes quickly
                } else {
                    ledger.advance(1).join();
                    Thread.sleep(BLOCK_MILLIS);
                }
            }
        }
    }

    /** Whether there is a receipt that cannot be disputed yet. */
    private static boolean canBeBought(EmbeddedLedger ledger) {
        State state = ledger.state();
        boolean[] found = {false};
        state.receipts()
                .forEach(
                        Key.ANY,
                        (key, r) -> found[0] |= r.status() == Receipt.Status.PASSED
                                && state.height() < state.params().windows().boughtUntil(r.postedAt()));
        return found[0];
    }

    /** With one auditor alone everything would be drawn for it; with several a small answer hardly ever is. */
    private static void bondAuditors(EmbeddedLedger ledger, Home home, String name) throws IOException {
        Hash model = ledger.state().modelId(name).orElseThrow();
        Sender faucet = new Sender(ledger, new Signer(home.account("faucet"), ledger.chainId()));
        for (int i = 2; i <= AUDITORS; i++) {
            Sender auditor = new Sender(ledger, new Signer(home.account("auditor" + i), ledger.chainId()));
            faucet.send(new Transaction.Transfer(auditor.signer().address(), STAKE))
                    .join();
            auditor.send(new Transaction.BondAuditor(model, STAKE)).join();
        }
    }

    private static boolean isParentAlive() {
        return ProcessHandle.current().parent().filter(ProcessHandle::isAlive).isPresent();
    }

    /** A ledger on which not every receipt is drawn, and disputes are settled by recomputing. */
    private static void begin(Home home) throws IOException {
        Address faucet = home.account("faucet").address();
        int network = ByteBuffer.wrap(faucet.bytes()).getInt() & 0xfffff;
        Params p = Params.embedded();
        Params params = new Params(
                new Params.Windows(10_000_000, 20_000, 20_000, 0, 6_000, 1_000, 1_000, 100),
                p.shares(),
                new Params.Audits(false, 1, 3, 100_000, 100_000, 2, 0, 1),
                new Params.Costs(Amount.ZERO, Amount.ZERO, Amount.ZERO, 1_000),
                new Params.Disputes(1_000, 100, 100_000, 10, Amount.ofMicro(1_000)));
        Genesis alone = Genesis.embedded(network, faucet, SUPPLY);
        EmbeddedLedger.open(home.ledger(), new Genesis(alone.chainId(), params, alone.allocations()))
                .close();
    }

    /** Changes a row in the middle of the model: in each block of it, a code in the middle of the block. */
    static Tampered tamper(Path file) throws IOException, MalformedException {
        String matrix;
        long row;
        byte[] whole;
        int rowBytes;
        int block;
        try (GgufFile gguf = GgufFile.open(file)) {
            List<String> downs = gguf.tensors().stream()
                    .map(Tensor::name)
                    .filter(n -> n.endsWith(".ffn_down.weight"))
                    .sorted()
                    .toList();
            matrix = downs.get(downs.size() / 2);
            Tensor tensor = gguf.tensor(matrix).orElseThrow();
            row = tensor.rows() / 2;
            WeightType type = WeightType.ofId(tensor.type().id);
            rowBytes = (int) type.rowBytes((int) tensor.columns());
            block = type.blockBytes();
            whole = tensor.data().asSlice(row * rowBytes, rowBytes).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        }
        long at = indexOf(file, whole);
        for (int i = block / 2; i < rowBytes; i += block) {
            whole[i] ^= 0x04;
        }
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(whole), at);
        }
        return new Tampered(matrix, row);
    }

    private static long indexOf(Path file, byte[] part) throws IOException {
        byte[] all = Files.readAllBytes(file);
        for (int at = 0; at + part.length <= all.length; at++) {
            if (all[at] == part[0] && java.util.Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new IOException("the row is not in the file");
    }
}
