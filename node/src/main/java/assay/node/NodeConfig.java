package assay.node;

import assay.core.base.Hash;
import assay.engine.infer.EngineOptions;
import java.nio.file.Path;

/**
 * How an embedded network is set up.
 *
 * @param home folder of keys, ledger and receipts
 * @param modelName what requests call the model
 * @param modelFile a GGUF file
 * @param fileDigest its SHA-256
 * @param licence as the file states it
 * @param derivedFolder where compiled programs may be kept
 * @param port on loopback, 0 for any that is free
 * @param engine threads, context and queue
 */
public record NodeConfig(
        Path home,
        String modelName,
        Path modelFile,
        Hash fileDigest,
        String licence,
        Path derivedFolder,
        int port,
        EngineOptions engine) {}
