/** The ledger behind CometBFT: ABCI 2.0 over a socket, and networks of several machines. */
@NullMarked
package assay.node.consensus;

import org.jspecify.annotations.NullMarked;
