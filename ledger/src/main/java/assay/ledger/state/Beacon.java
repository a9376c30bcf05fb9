package assay.ledger.state;

import assay.core.base.Hash;

/**
 * The random value that the validators made together in the last block; its key in the map is one zero byte.
 *
 * @param value the value
 */
public record Beacon(Hash value) implements Entry {}
