package assay.node;

import assay.core.base.Hash;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;

/**
 * A receipt with what belongs to it, honest or not.
 *
 * @param traces the root that the node will open
 * @param traceSalt what blinds it
 */
record Forged(Receipt receipt, Transcript transcript, Hash traces, Hash traceSalt) {}
