package assay.ledger.state;

import assay.core.base.Hash;

/**
 * The random value that the validators made together in the last block in which all of them showed their links.
 *
 * @param value of it; the genesis digest before the first
 * @param stood blocks, of all, in which somebody's link was missing: nothing fell due in them
 */
public record Beacon(Hash value, long stood) implements Entry {}
