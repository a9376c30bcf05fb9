package assay.cli;

import assay.core.audit.LightAudit;
import assay.core.base.MalformedException;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ReceiptFile;
import assay.core.verify.SeenCheckpoints;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A receipt that is to be audited, with its transcript; or why it cannot be.
 *
 * @param file of the receipt
 * @param sizeBytes of receipt and transcript
 */
record Candidate(Path file, long sizeBytes, Optional<Verdict> refused, List<LightAudit.Subject> read) {
    /**
     * Reads both and verifies the receipt.
     *
     * @param told where the transcript is, if not beside the receipt
     */
    static Candidate read(Path file, Optional<Path> told, SeenCheckpoints seen) throws IOException, Mistake {
        byte[] bytes = Verify.bytes(file, ReceiptFile.SIZE_MAX_BYTES + 1);
        Verdict alone = Verifier.verify(bytes, TrustPolicy.stranger(), seen);
        if (!(alone instanceof Verdict.Valid)) {
            return refused(file, alone);
        }
        Path transcript = transcript(file, told);
        if (!Files.exists(transcript)) {
            return refused(file, new Verdict.Undecided("the transcript: give it with --transcript FILE"));
        }
        byte[] clear = Verify.bytes(transcript, Transcript.SIZE_MAX_BYTES + 1);
        try {
            LightAudit.Subject subject = new LightAudit.Subject(
                    Statement.parse(ReceiptFile.parse(bytes).envelope().payload()), Transcript.parse(clear));
            return new Candidate(file, bytes.length + clear.length, Optional.empty(), List.of(subject));
        } catch (MalformedException e) {
            return refused(file, new Verdict.Malformed(e.offset(), "transcript: " + e.getMessage()));
        }
    }

    /** Where a receipt's transcript is. */
    static Path transcript(Path file, Optional<Path> told) {
        return told.orElseGet(() -> Verify.beside(file, ".transcript"));
    }

    private static Candidate refused(Path file, Verdict why) {
        return new Candidate(file, 0, Optional.of(why), List.of());
    }

    /** What is audited, unless it was refused. */
    LightAudit.Subject subject() {
        return read.getFirst();
    }
}
