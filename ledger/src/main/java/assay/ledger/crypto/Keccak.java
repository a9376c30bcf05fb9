package assay.ledger.crypto;

import assay.core.base.Hash;
import org.bouncycastle.crypto.digests.KeccakDigest;

/** Keccak-256 as Ethereum uses it: the original padding, not that of FIPS 202. */
public final class Keccak {
    private Keccak() {}

    /** Keccak-256 of the parts, one after another. */
    public static Hash hash(byte[]... parts) {
        KeccakDigest digest = new KeccakDigest(256);
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        byte[] out = new byte[Hash.SIZE_BYTES];
        digest.doFinal(out, 0);
        return Hash.ofBytes(out);
    }
}
