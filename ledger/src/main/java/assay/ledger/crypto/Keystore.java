package assay.ledger.crypto;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Ethereum's Web3 Secret Storage, version 3: a private key under AES-128-CTR, its key derived from a
 * password by scrypt (RFC 7914), the cipher text authenticated by Keccak-256.
 *
 * <p>Written with scrypt n = 2^17, r = 8, p = 1, which takes 128 MB for a moment; read with scrypt up to
 * 256 MB and with PBKDF2-HMAC-SHA256.
 */
public final class Keystore {
    private static final int N = 1 << 17;
    private static final int R = 8;
    private static final int P = 1;
    private static final long SCRYPT_BYTES_MAX = 1L << 28;
    private static final int DERIVED = 32;

    private Keystore() {}

    /** The key as a keystore. */
    public static Json encrypt(PrivateKey key, char[] password) {
        SecureRandom random = new SecureRandom();
        byte[] salt = new byte[32];
        byte[] iv = new byte[16];
        byte[] id = new byte[16];
        random.nextBytes(salt);
        random.nextBytes(iv);
        random.nextBytes(id);
        byte[] derived = SCrypt.generate(utf8(password), salt, N, R, P, DERIVED);
        byte[] cipherText = aesCtr(derived, iv, key.secretBytes());
        return object(
                "version", number(3),
                "id", text(uuid(id)),
                "address", text(HexFormat.of().formatHex(key.address().bytes())),
                "crypto",
                        object(
                                "cipher", text("aes-128-ctr"),
                                "cipherparams", object("iv", hexText(iv)),
                                "ciphertext", hexText(cipherText),
                                "kdf", text("scrypt"),
                                "kdfparams",
                                        object(
                                                "dklen", number(DERIVED),
                                                "n", number(N),
                                                "r", number(R),
                                                "p", number(P),
                                                "salt", hexText(salt)),
                                "mac", hexText(mac(derived, cipherText).bytes())));
    }

    /** Whether this JSON looks like a keystore. */
    public static boolean is(Json json) {
        return json instanceof Json.Obj(var members)
                && (members.containsKey("crypto") || members.containsKey("Crypto"));
    }

    /** The key in a keystore; a wrong password is a MalformedException that says so. */
    public static PrivateKey decrypt(Json keystore, char[] password) throws MalformedException {
        Field root = Field.root(keystore);
        if (root.at("version").integer(0, 100) != 3) {
            throw new MalformedException("only version 3 of Web3 Secret Storage is read", -1);
        }
        Field crypto = root.find("crypto").isPresent() ? root.at("crypto") : root.at("Crypto");
        if (!crypto.at("cipher").string(32).equals("aes-128-ctr")) {
            throw new MalformedException("only the cipher aes-128-ctr is read", -1);
        }
        byte[] cipherText = hex(crypto.at("ciphertext").string(64));
        byte[] iv = hex(crypto.at("cipherparams").at("iv").string(32));
        if (cipherText.length != 32 || iv.length != 16) {
            throw new MalformedException("a keystore holds 32 bytes of cipher text and 16 of iv", -1);
        }
        byte[] derived = derive(crypto, password);
        byte[] expected = hex(crypto.at("mac").string(64));
        if (!MessageDigest.isEqual(mac(derived, cipherText).bytes(), expected)) {
            throw new MalformedException("the password is wrong", -1);
        }
        return PrivateKey.ofBytes(aesCtr(derived, iv, cipherText));
    }

    /** The bytes of hex digits in either case. */
    static byte[] hex(String digits) throws MalformedException {
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("hex digits expected", -1);
        }
    }

    private static byte[] derive(Field crypto, char[] password) throws MalformedException {
        Field params = crypto.at("kdfparams");
        byte[] salt = hex(params.at("salt").string(256));
        if (params.at("dklen").integer(0, 1024) != DERIVED) {
            throw new MalformedException("only a derived key of 32 bytes is read", -1);
        }
        String kdf = crypto.at("kdf").string(32);
        return switch (kdf) {
            case "scrypt" -> scrypt(params, utf8(password), salt);
            case "pbkdf2" -> pbkdf2(params, utf8(password), salt);
            default -> throw new MalformedException("only the derivations scrypt and pbkdf2 are read", -1);
        };
    }

    private static byte[] scrypt(Field params, byte[] password, byte[] salt) throws MalformedException {
        long n = params.at("n").integer(2, 1 << 24);
        int r = params.at("r").int32(1, 64);
        int p = params.at("p").int32(1, 64);
        if (Long.bitCount(n) != 1 || 128 * n * r > SCRYPT_BYTES_MAX) {
            throw new MalformedException("scrypt's n is a power of two and its memory at most 256 MB", -1);
        }
        return SCrypt.generate(password, salt, (int) n, r, p, DERIVED);
    }

    private static byte[] pbkdf2(Field params, byte[] password, byte[] salt) throws MalformedException {
        if (!params.at("prf").string(32).toLowerCase(Locale.ROOT).equals("hmac-sha256")) {
            throw new MalformedException("only PBKDF2 with HMAC-SHA256 is read", -1);
        }
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
        generator.init(password, salt, params.at("c").int32(1, 10_000_000));
        return ((KeyParameter) generator.generateDerivedMacParameters(8 * DERIVED)).getKey();
    }

    private static byte[] aesCtr(byte[] derived, byte[] iv, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(derived, 0, 16, "AES"), new IvParameterSpec(iv));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has AES", e);
        }
    }

    private static Hash mac(byte[] derived, byte[] cipherText) {
        return Keccak.hash(Arrays.copyOfRange(derived, 16, 32), cipherText);
    }

    private static byte[] utf8(char[] password) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        byte[] out = new byte[bytes.remaining()];
        bytes.get(out);
        return out;
    }

    /** A random (version 4) UUID, RFC 9562. */
    private static String uuid(byte[] random) {
        random[6] = (byte) (random[6] & 0x0f | 0x40);
        random[8] = (byte) (random[8] & 0x3f | 0x80);
        String h = HexFormat.of().formatHex(random);
        return String.join(
                "-", h.substring(0, 8), h.substring(8, 12), h.substring(12, 16), h.substring(16, 20), h.substring(20));
    }

    private static Json object(Object... namesAndValues) {
        SequencedMap<String, Json> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], (Json) namesAndValues[i + 1]);
        }
        return new Json.Obj(members);
    }

    private static Json text(String value) {
        return new Json.Str(value);
    }

    private static Json hexText(byte[] bytes) {
        return new Json.Str(HexFormat.of().formatHex(bytes));
    }

    private static Json number(int value) {
        return new Json.Num(Integer.toString(value));
    }
}
