package assay.core.dispute;

import assay.core.base.Hash;

/**
 * What is known before a dispute begins.
 *
 * @param program root of the program that the receipt's model has
 * @param receipt digest of the receipt
 * @param root digest of all choices' trace roots, as the node revealed it
 */
public record Terms(Hash program, Hash receipt, Hash root) {}
