package assay.ledger.state;

import assay.core.base.Hash;

/**
 * The model that a name stands for; its key in the map is the name's SHA-256.
 *
 * @param model the model's id
 */
public record ModelName(Hash model) implements Entry {}
