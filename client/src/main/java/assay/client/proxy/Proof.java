package assay.client.proxy;

import assay.core.receipt.Transcript;

/**
 * What whoever paid for an answer keeps of it: with both it can be verified, replayed and disputed.
 *
 * @param receipt the receipt's file, with its place in the node's log
 * @param transcript what was asked and answered, in clear
 */
@SuppressWarnings("ArrayRecordComponent") // a file to keep, never compared
public record Proof(byte[] receipt, Transcript transcript) {}
