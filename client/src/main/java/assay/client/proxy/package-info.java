/** A local endpoint for clients that know nothing of payment or receipts: pays within limits, checks each receipt. */
@NullMarked
package assay.client.proxy;

import org.jspecify.annotations.NullMarked;
