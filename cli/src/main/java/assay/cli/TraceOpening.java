package assay.cli;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An opened trace root.
 *
 * @param generationNanos what the node says that its answer took
 */
record TraceOpening(Hash root, Hash salt, OptionalLong generationNanos) {
    private static final int SIZE_MAX_BYTES = 4096;

    /** From the file that was named, or the one beside the receipt, if it is there. */
    static Optional<TraceOpening> find(Path receipt, Optional<Path> named)
            throws IOException, Mistake, MalformedException {
        Path path = named.orElseGet(() -> Verify.beside(receipt, ".opening"));
        if (named.isEmpty() && !Files.exists(path)) {
            return Optional.empty();
        }
        Field json = Field.root(JsonText.parse(Verify.bytes(path, SIZE_MAX_BYTES + 1), 2, SIZE_MAX_BYTES));
        Optional<Field> took = json.find("generation_nanos");
        return Optional.of(new TraceOpening(
                json.at("trace_root").hash(),
                json.at("trace_salt").hash(),
                took.isPresent() ? OptionalLong.of(took.get().integer(0, Long.MAX_VALUE)) : OptionalLong.empty()));
    }

    /** Whether it is of this receipt. */
    boolean opens(Receipt receipt) {
        return Digests.blind(root, salt).equals(receipt.trace().root());
    }

    /** What is wrong if this is the replay's root of a receipt. */
    Optional<String> differs(Receipt receipt, Hash replayed) {
        if (!opens(receipt)) {
            return Optional.of("the opening does not open the receipt's trace root");
        }
        return root.equals(replayed)
                ? Optional.empty()
                : Optional.of("the trace is another one: the node committed to " + root.hex() + ", replayed "
                        + replayed.hex());
    }
}
