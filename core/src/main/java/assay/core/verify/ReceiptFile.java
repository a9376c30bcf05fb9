package assay.core.verify;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.log.LogProof;
import assay.core.receipt.Envelope;
import assay.core.receipt.Statement;
import java.util.Arrays;
import java.util.List;

/**
 * A receipt that can be checked anywhere: the signed statement, and its place in the node's log.
 *
 * <p>JSON: {@code {"format":"assay/receipt-file/1","envelope":{...},"log":{...}}}, {@code log} absent
 * until the receipt is under a checkpoint.
 *
 * @param envelope the signed statement
 * @param proofs none, or one
 */
public record ReceiptFile(Envelope envelope, List<LogProof> proofs) {
    /** Name and version of the file format. */
    public static final String FORMAT = "assay/receipt-file/1";

    /** The longest file. */
    public static final int SIZE_MAX_BYTES = 64 * 1024;

    /** Copies the list. */
    public ReceiptFile {
        proofs = List.copyOf(proofs);
        if (proofs.size() > 1) {
            throw new IllegalArgumentException("at most one log proof, got " + proofs.size());
        }
    }

    /** A receipt that is not in a log yet. */
    public static ReceiptFile unlogged(Envelope envelope) {
        return new ReceiptFile(envelope, List.of());
    }

    /** A receipt under a checkpoint. */
    public static ReceiptFile logged(Envelope envelope, LogProof proof) {
        return new ReceiptFile(envelope, List.of(proof));
    }

    /** The file as JSON. */
    public Json.Obj json() {
        Json.Members members = Json.object().put("format", FORMAT).put("envelope", envelope.json());
        proofs.forEach(proof -> members.put("log", proof.json()));
        return members.build();
    }

    /** The file: compact JSON and a line feed. */
    public byte[] encode() {
        byte[] json = JsonText.writeBytes(json());
        byte[] file = Arrays.copyOf(json, json.length + 1);
        file[json.length] = '\n';
        return file;
    }

    /** The file that these bytes hold; its white space is free, its members are not. */
    public static ReceiptFile parse(byte[] file) throws MalformedException {
        Field root = Field.root(JsonText.parse(file, 16, SIZE_MAX_BYTES));
        root.only("format", "envelope", "log");
        if (!root.at("format").string().equals(FORMAT)) {
            throw root.at("format").fault("expected " + FORMAT);
        }
        Envelope envelope = Envelope.parse(root.at("envelope"), Statement.SIZE_MAX_BYTES);
        return root.object().members().containsKey("log")
                ? logged(envelope, LogProof.parse(root.at("log")))
                : unlogged(envelope);
    }
}
