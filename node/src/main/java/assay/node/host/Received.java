package assay.node.host;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Signature;
import assay.ledger.tx.Acknowledgment;
import assay.ledger.tx.Signer;
import assay.ledger.tx.TypedData;
import java.util.HexFormat;

/**
 * What an operator says with a request: how much of a model it ever got from this host. As a header: {@code
 * Assay-Received: ADDRESS BYTES SIGNATURE}.
 *
 * @param operator who says it
 * @param bytes all of them together
 * @param signature over {@link Acknowledgment}
 */
record Received(Address operator, long bytes, Signature signature) {
    static final String HEADER = "Assay-Received";

    /** Signs how much it got. */
    static Received sign(Signer operator, Address host, Hash model, long bytes) {
        return new Received(operator.address(), bytes, operator.sign(new Acknowledgment(host, model, bytes)));
    }

    /** Reads the header. */
    static Received parse(String header) throws MalformedException {
        String[] words = header.split(" ", -1);
        boolean isOne = words.length == 3
                && words[1].matches("0|[1-9][0-9]{0,17}")
                && words[2].length() == 2 * Signature.SIZE_BYTES
                && words[2].chars().allMatch(HexFormat::isHexDigit);
        if (!isOne) {
            throw new MalformedException(HEADER + " is an address, a count and a signature in hex", -1);
        }
        return new Received(
                Address.parse(words[0]),
                Long.parseLong(words[1]),
                Signature.ofBytes(HexFormat.of().parseHex(words[2])));
    }

    /** Whether its operator signed it for this host and model. */
    boolean isSigned(long chainId, Address host, Hash model) {
        Hash digest = TypedData.digest(chainId, new Acknowledgment(host, model, bytes));
        return Secp256k1.recover(digest, signature).equals(new Secp256k1.Recovery.Signer(operator));
    }

    /** The header's value. */
    String header() {
        return operator + " " + bytes + " " + signature.hex();
    }
}
