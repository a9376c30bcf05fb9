package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.ledger.Event;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.state.Key;
import assay.ledger.store.LiveLedger;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps what was delivered until nothing changes about its receipt any more: a node that delivers no second time must
 * not keep an auditor from revealing, or from moving in a dispute, after a restart either.
 *
 * <p>A file for each, readable by its owner alone: statement and transcript, each after its length.
 */
public final class KeptCases implements Auditor.Source {
    private final Auditor.Source source;
    private final Path folder;

    /**
     * @param source asked once for each
     * @param folder of the files; those of receipts that are final are deleted
     */
    public KeptCases(Auditor.Source source, Path folder, LiveLedger ledger) throws IOException {
        this.source = source;
        this.folder = folder;
        OwnerOnly.createFolder(folder);
        ledger.onBlock(block -> block.events().forEach(this::hear));
        Set<String> open = new TreeSet<>();
        ledger.state()
                .audits()
                .forEach(Key.ANY, (key, audit) -> open.add(Key.digestOf(key).hex()));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!open.contains(String.valueOf(file.getFileName()))) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public Optional<Auditor.Case> find(Hash receipt) throws IOException, MalformedException {
        Path file = folder.resolve(receipt.hex());
        if (Files.exists(file)) {
            Reader in = new Reader(Files.readAllBytes(file));
            byte[] statement = in.blob(Delivery.SIZE_MAX_BYTES);
            byte[] transcript = in.blob(Delivery.SIZE_MAX_BYTES);
            in.end();
            return Optional.of(new Auditor.Case(Statement.parse(statement), Transcript.parse(transcript)));
        }
        Optional<Auditor.Case> found = source.find(receipt);
        if (found.isPresent()) {
            keep(file, found.get());
        }
        return found;
    }

    private synchronized void keep(Path file, Auditor.Case found) throws IOException {
        if (!Files.exists(file)) {
            OwnerOnly.writeNew(
                    file,
                    new Writer()
                            .blob(Statement.encode(found.receipt()))
                            .blob(found.transcript().encode())
                            .toBytes());
        }
    }

    private void hear(Event event) {
        if (event instanceof Event.ReceiptFinal end) {
            try {
                Files.deleteIfExists(folder.resolve(end.receipt().hex()));
            } catch (IOException e) {
                return; // at the next start
            }
        }
    }
}
