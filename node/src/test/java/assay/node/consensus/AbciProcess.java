package assay.node.consensus;

import assay.core.base.MalformedException;
import assay.core.codec.ProtoReader;
import assay.core.codec.ProtoWriter;
import assay.ledger.store.ReplicatedLedger;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that serves the ledger in a folder at a port, with a snapshot after every 20 kB of log, and
 * between it and CometBFT a fault: {@code none}; {@code lie}, which proposes a block that nobody may accept;
 * {@code halt}, which ends the process inside Commit, once before it is done and once before it is said.
 */
final class AbciProcess {
    private static final int PREPARED = 17;
    private static final int COMMIT = 11;
    private static final int COMMITTED = 12;

    private final Path ledger;
    private final String fault;
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger committed = new AtomicInteger();

    private AbciProcess(Path ledger, String fault) {
        this.ledger = ledger;
        this.fault = fault;
    }

    public static void main(String[] args) throws Exception {
        Path ledger = Path.of(args[0]);
        AbciProcess process = new AbciProcess(ledger, args[2]);
        try (AbciServer server = AbciServer.start(
                ReplicatedLedger.open(ledger, 1, 20_000), LinkChain.beside(ledger), "tcp://127.0.0.1:0")) {
            int port = Integer.parseInt(args[1].substring(args[1].lastIndexOf(':') + 1));
            ServerSocket front = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
            Thread.ofPlatform().daemon().start(() -> process.accept(front, server));
            System.err.println("ended: " + server.ended().join());
        }
        System.exit(1);
    }

    private void accept(ServerSocket front, AbciServer server) {
        try {
            while (true) {
                Socket comet = front.accept();
                Socket own = new Socket("127.0.0.1", server.port());
                Thread.ofPlatform().daemon().start(() -> pass(comet, own, true));
                Thread.ofPlatform().daemon().start(() -> pass(own, comet, false));
            }
        } catch (IOException e) {
            System.exit(2);
        }
    }

    private void pass(Socket from, Socket to, boolean request) {
        try (from;
                to) {
            InputStream in = new BufferedInputStream(from.getInputStream());
            OutputStream out = to.getOutputStream();
            while (true) {
                ProtoReader message = ProtoReader.parse(read(in));
                int kind = message.lastField();
                if (request && kind == COMMIT && commits.incrementAndGet() == 4) {
                    haltOnce("halted-before");
                } else if (!request && kind == COMMITTED && committed.incrementAndGet() == 6) {
                    haltOnce("halted-after");
                }
                ProtoWriter copy = new ProtoWriter();
                if (!request && kind == PREPARED && fault.equals("lie")) {
                    Files.write(ledger.resolveSibling("lied"), new byte[0]);
                    ProtoWriter lie = new ProtoWriter().one(1, "no transaction".getBytes(StandardCharsets.US_ASCII));
                    copy.message(PREPARED, lie);
                } else {
                    copy.one(kind, message.bytes(kind));
                }
                out.write(copy.delimited());
                out.flush();
            }
        } catch (IOException | MalformedException gone) {
            // One side went away: so does the other.
        }
    }

    private void haltOnce(String name) throws IOException {
        Path marker = ledger.resolveSibling(name);
        if (fault.equals("halt") && !Files.exists(marker)) {
            Files.write(marker, new byte[0]);
            Runtime.getRuntime().halt(1);
        }
    }

    private static byte[] read(InputStream in) throws IOException {
        long length = 0;
        int shift = 0;
        int b;
        do {
            b = in.read();
            if (b < 0) {
                throw new EOFException();
            }
            length |= (long) (b & 0x7f) << shift;
            shift += 7;
        } while ((b & 0x80) != 0);
        return in.readNBytes((int) length);
    }
}
