package assay.core.log;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.merkle.Merkle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * That a receipt is a leaf of a log: its place, the path to the root, and the checkpoint that holds
 * the root.
 *
 * @param index of the leaf
 * @param weight cumulative weight in the leaf
 * @param path from the leaf to the root, deepest first
 * @param checkpoint a signed note
 */
public record LogProof(long index, long weight, List<Hash> path, Note checkpoint) {
    private static final int PATH_MAX = 62;

    /** Checks ranges. */
    public LogProof {
        path = List.copyOf(path);
        if (index < 0 || index >= Merkle.MAX_SIZE || weight < 0 || path.size() > PATH_MAX) {
            throw new IllegalArgumentException("a log proof of leaf " + index + " with " + path.size() + " steps");
        }
    }

    /** Whether the path leads from this receipt to the checkpoint's root, whoever signed it. */
    public boolean holds(Hash receipt, Checkpoint of) {
        boolean weightFits = index == of.size() - 1 ? weight == of.weight() : weight <= of.weight();
        return weightFits && Merkle.checkInclusion(path, index, new Leaf(receipt, weight).hash(), of.size(), of.root());
    }

    /** As JSON. */
    public Json json() {
        return Json.object()
                .put("index", index)
                .put("weight", weight)
                .put("path", Json.of(path.stream().map(h -> Json.of(h.hex())).toList()))
                .put("checkpoint", new String(checkpoint.encode(), StandardCharsets.UTF_8))
                .build();
    }

    /** The proof that this object is. */
    public static LogProof parse(Field proof) throws MalformedException {
        proof.only("index", "weight", "path", "checkpoint");
        List<Hash> path = new ArrayList<>();
        for (Field step : proof.at("path").items(PATH_MAX)) {
            path.add(step.hash());
        }
        return new LogProof(
                proof.at("index").integer(0, Merkle.MAX_SIZE - 1),
                proof.at("weight").integer(0, Long.MAX_VALUE),
                path,
                Note.parse(proof.at("checkpoint").string().getBytes(StandardCharsets.UTF_8)));
    }
}
