/** secp256k1, Keccak-256, Ethereum addresses and key files. */
@NullMarked
package assay.ledger.crypto;

import org.jspecify.annotations.NullMarked;
