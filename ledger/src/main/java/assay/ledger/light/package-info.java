/**
 * Following a CometBFT chain without believing any endpoint: headers, the signatures under them, the trust rules of
 * CometBFT's light client, and what hangs below a header's digests. docs/protocol/light-client.md.
 */
@NullMarked
package assay.ledger.light;

import org.jspecify.annotations.NullMarked;
