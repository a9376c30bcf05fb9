package assay.node.consensus;

import assay.ledger.store.ReplicatedLedger;
import java.nio.file.Path;

/** A process that serves the ledger in a folder at an address, with a snapshot after every 20 kB of log. */
final class AbciProcess {
    private AbciProcess() {}

    public static void main(String[] args) throws Exception {
        try (AbciServer server = AbciServer.start(ReplicatedLedger.open(Path.of(args[0]), 1, 20_000), args[1])) {
            System.err.println("ended: " + server.ended().join());
        }
        System.exit(1);
    }
}
