package assay.client.light;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import java.net.URI;

/**
 * An operator that offers a model, as the ledger has it; all of it proven.
 *
 * @param operator its account
 * @param nodeKey Ed25519 key that signs its receipts
 * @param endpoint where it answers
 * @param modelId the model's id
 * @param model the model's name
 * @param promptPerMillion micro-units for a million prompt tokens
 * @param completionPerMillion micro-units for a million tokens of answers
 * @param bonded what a fault can cost it
 * @param faults proven ones
 */
public record Provider(
        Address operator,
        Hash nodeKey,
        URI endpoint,
        Hash modelId,
        String model,
        Amount promptPerMillion,
        Amount completionPerMillion,
        Amount bonded,
        int faults) {}
