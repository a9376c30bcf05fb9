package assay.ledger.store;

import assay.core.base.Hash;
import assay.ledger.Outcome;
import assay.ledger.Texts;
import assay.ledger.ToldWork;
import assay.ledger.World;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * A process that publishes a model and posts what of its text is not there yet, chunk by chunk; it says how many chunks
 * were acknowledged, and waits to be killed.
 */
final class TextPoster {
    static final World WORLD = new World(World.charging(World.sampled(2, 1), 10), "author");

    private TextPoster() {}

    /** A snapshot after nearly every chunk, and all of them kept. */
    static EmbeddedLedger open(Path dir) throws IOException {
        return EmbeddedLedger.open(dir, WORLD.genesis, InstantSource.system(), new Archive.Keeping(20_000, 50));
    }

    static Transaction.PublishModel publication() {
        return ToldWork.publication(WORLD, "smol", ToldWork.PROGRAM.root());
    }

    public static void main(String[] args) throws Exception {
        // Unbuffered, so that what the parent reads was really acknowledged before the kill.
        try (EmbeddedLedger ledger = open(Path.of(args[0]));
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            Sender author = new Sender(ledger, new Signer(World.key("author"), ledger.chainId()));
            if (ledger.state().modelId("smol").isEmpty()) {
                send(author, publication());
            }
            Hash model = ledger.state().modelId("smol").orElseThrow();
            for (Transaction.PostText post : Texts.missing(ledger.state(), model, ToldWork.PROGRAM)) {
                send(author, post);
                out.write((ledger.state().texts().count() + "\n").getBytes(StandardCharsets.US_ASCII));
            }
            out.write("done\n".getBytes(StandardCharsets.US_ASCII));
            Thread.currentThread().join();
        }
    }

    private static void send(Sender author, Transaction body) {
        Outcome outcome = author.send(body).join();
        if (!(outcome instanceof Outcome.Applied)) {
            throw new AssertionError("refused: " + outcome);
        }
    }
}
