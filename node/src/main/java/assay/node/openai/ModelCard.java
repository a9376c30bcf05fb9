package assay.node.openai;

import assay.core.base.Hash;

/**
 * A model that can be asked.
 *
 * @param id the name in requests and answers
 * @param createdSeconds Unix time of publication
 * @param ownedBy its publisher
 * @param programRoot of the exact program
 * @param contextTokens the longest prompt and answer together
 */
public record ModelCard(String id, long createdSeconds, String ownedBy, Hash programRoot, int contextTokens) {
    /** The program root's first 16 hex digits: answers of one fingerprint have the same bits. */
    public String fingerprint() {
        return "fp_" + programRoot.hex().substring(0, 16);
    }
}
