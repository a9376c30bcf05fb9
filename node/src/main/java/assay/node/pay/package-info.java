/** Being paid: by vouchers of the local wallet, and by x402 in the ledger's money or on other networks. */
@NullMarked
package assay.node.pay;

import org.jspecify.annotations.NullMarked;
