package assay.ledger.crypto;

import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The curve by Bitcoin's libsecp256k1, where its binary for this machine is on the class path and loads. */
final class NativeCurve implements Curve {
    private final fr.acinq.secp256k1.Secp256k1 library;

    private NativeCurve(fr.acinq.secp256k1.Secp256k1 library) {
        this.library = library;
    }

    /** The library, or nothing if it cannot be loaded here: another processor, no place to unpack it. */
    @SuppressWarnings("CatchAndPrintStackTrace") // nothing is printed: the fallback does the same work
    static Optional<Curve> load() {
        try {
            NativeCurve curve = new NativeCurve(fr.acinq.secp256k1.Secp256k1.get());
            byte[] one = new byte[32];
            one[31] = 1;
            return curve.publicKey(one).length == 64 ? Optional.of(curve) : Optional.empty();
        } catch (RuntimeException | LinkageError cannotBeLoaded) {
            return Optional.empty();
        }
    }

    @Override
    public byte @Nullable [] recover(byte[] digest, byte[] rs, int odd) {
        try {
            return withoutPrefix(library.ecdsaRecover(rs, digest, odd));
        } catch (Secp256k1Exception nobodySignedIt) {
            return null;
        }
    }

    @Override
    public byte[] sign(byte[] digest, byte[] secret) {
        return library.sign(digest, secret, null);
    }

    @Override
    public byte[] publicKey(byte[] secret) {
        return withoutPrefix(library.pubkeyCreate(secret));
    }

    private static byte[] withoutPrefix(byte[] uncompressed) {
        return Arrays.copyOfRange(uncompressed, 1, 65);
    }
}
