package assay.ledger.crypto;

import fr.acinq.secp256k1.Secp256k1Exception;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The curve by Bitcoin's libsecp256k1, where its binary for this machine is on the class path and loads. */
final class NativeCurve implements Curve {
    private static final String UNPACK_TO = "fr.acinq.secp256k1.tmpdir";

    private final fr.acinq.secp256k1.Secp256k1 library;

    private NativeCurve(fr.acinq.secp256k1.Secp256k1 library) {
        this.library = library;
    }

    /**
     * The library, or nothing if it cannot be loaded here: another processor, no place to unpack it.
     *
     * <p>secp256k1-kmp unpacks the binary to a folder and deletes it when the process ends, so that a killed
     * process leaves two megabytes behind. Here the folder is the process's own, and gone as soon as the
     * binary is loaded.
     */
    static Optional<Curve> load() {
        String before = System.getProperty(UNPACK_TO);
        try {
            Path dir = Files.createTempDirectory("assay-secp256k1");
            try {
                System.setProperty(UNPACK_TO, dir.toString());
                NativeCurve curve = new NativeCurve(fr.acinq.secp256k1.Secp256k1.get());
                byte[] one = new byte[32];
                one[31] = 1;
                return curve.publicKey(one).length == 64 ? Optional.of(curve) : Optional.empty();
            } finally {
                delete(dir);
            }
        } catch (IOException | RuntimeException | LinkageError cannotBeLoaded) {
            return Optional.empty();
        } finally {
            if (before == null) {
                System.clearProperty(UNPACK_TO);
            } else {
                System.setProperty(UNPACK_TO, before);
            }
        }
    }

    private static void delete(Path dir) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(dir);
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
