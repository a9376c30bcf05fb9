package assay.core.attest;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/** ECDSA (FIPS 186-5) over NIST curves by the JDK; signatures are r ‖ s, big-endian, each as long as the field. */
enum Ecdsa {
    /** P-256 with SHA-256. */
    P256(32, "secp256r1", "SHA256withECDSAinP1363Format"),
    /** P-384 with SHA-384: COSE's ES384. */
    P384(48, "secp384r1", "SHA384withECDSAinP1363Format");

    private final int fieldBytes;
    private final String curve;
    private final String algorithm;

    Ecdsa(int fieldBytes, String curve, String algorithm) {
        this.fieldBytes = fieldBytes;
        this.curve = curve;
        this.algorithm = algorithm;
    }

    /** Whether this key of this curve signed these bytes. Never throws. */
    boolean verify(PublicKey key, byte[] message, byte[] signature) {
        if (!(key instanceof ECPublicKey ec)
                || ec.getParams().getCurve().getField().getFieldSize() != 8 * fieldBytes
                || signature.length != 2 * fieldBytes) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Whether the key whose point is x ‖ y signed these bytes; false if that is no point. */
    boolean verify(byte[] point, byte[] message, byte[] signature) {
        if (point.length != 2 * fieldBytes) {
            return false;
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(curve));
            ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
            BigInteger x = new BigInteger(1, Arrays.copyOf(point, fieldBytes));
            BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, fieldBytes, 2 * fieldBytes));
            if (!isOn(spec, x, y)) {
                return false;
            }
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), spec));
            return verify(key, message, signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean isOn(ECParameterSpec spec, BigInteger x, BigInteger y) {
        BigInteger p = ((java.security.spec.ECFieldFp) spec.getCurve().getField()).getP();
        BigInteger right = x.pow(3)
                .add(spec.getCurve().getA().multiply(x))
                .add(spec.getCurve().getB());
        return x.compareTo(p) < 0
                && y.compareTo(p) < 0
                && y.multiply(y).subtract(right).mod(p).signum() == 0;
    }
}
