package assay.node.audit;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Signature;
import java.util.Optional;

/**
 * How a drawn auditor asks a node for its delivery: its account signs H("assay/delivery/1" ‖ chain (8) ‖ operator ‖
 * receipt ‖ its fresh key), and the node seals for that key ({@link assay.ledger.delivery.SealedDelivery}).
 */
final class Delivery {
    /** The longest delivery, bytes. */
    static final int SIZE_MAX_BYTES = 32 << 20;

    private Delivery() {}

    /** What the auditor signs. */
    static Hash asked(long chainId, Address operator, Hash receipt, Hash key) {
        return Hash.tagged(
                "assay/delivery/1",
                new Writer()
                        .i64(chainId)
                        .bytes(operator.bytes())
                        .hash(receipt)
                        .hash(key)
                        .toBytes());
    }

    /** The account that signed a request; empty if none did. */
    static Optional<Address> signer(Hash asked, Signature signature) {
        return Secp256k1.recover(asked, signature) instanceof Secp256k1.Recovery.Signer(Address who)
                ? Optional.of(who)
                : Optional.empty();
    }
}
