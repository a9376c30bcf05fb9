package assay.core.attest;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Certificate authorities of our own for tests: X.509 by hand (RFC 5280), keys by the JDK. */
final class TestPki {
    static final long FROM = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    static final long TO = Instant.parse("2027-01-01T00:00:00Z").toEpochMilli();

    private TestPki() {}

    /** A certificate and its key. */
    record Issued(byte[] der, KeyPair keys, String name) {}

    /** An extension: its OID and what is in it. */
    record Extension(String oid, byte[] value) {}

    static KeyPair keys(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static Issued root(String name, String curve) {
        KeyPair keys = keys(curve);
        return new Issued(certificate(name, keys, name, keys.getPublic(), true, List.of()), keys, name);
    }

    static Issued issue(Issued by, String name, String curve, boolean authority, List<Extension> more) {
        KeyPair keys = keys(curve);
        return new Issued(certificate(by.name, by.keys, name, keys.getPublic(), authority, more), keys, name);
    }

    static String algorithm(KeyPair keys) {
        return keys.getPublic().getEncoded().length > 100 ? "SHA384withECDSA" : "SHA256withECDSA";
    }

    static byte[] sign(KeyPair keys, byte[] message, String algorithm) {
        try {
            Signature s = Signature.getInstance(algorithm);
            s.initSign(keys.getPrivate());
            s.update(message);
            return s.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] certificate(
            String issuer, KeyPair by, String subject, PublicKey key, boolean authority, List<Extension> more) {
        byte[] algorithm = seq(oid(algorithm(by).startsWith("SHA384") ? "1.2.840.10045.4.3.3" : "1.2.840.10045.4.3.2"));
        List<byte[]> extensions = new ArrayList<>();
        extensions.add(seq(oid("2.5.29.19"), bool(), tlv(4, authority ? seq(bool()) : seq())));
        for (Extension e : more) {
            extensions.add(seq(oid(e.oid), tlv(4, e.value)));
        }
        byte[] tbs = seq(
                tlv(0xa0, integer(2)),
                integer(subject.hashCode() & 0xffff),
                algorithm,
                name(issuer),
                seq(time(FROM), time(TO)),
                name(subject),
                key.getEncoded(),
                tlv(0xa3, seq(extensions.toArray(byte[][]::new))));
        byte[] signature = sign(by, tbs, algorithm(by));
        byte[] bits = new byte[signature.length + 1];
        System.arraycopy(signature, 0, bits, 1, signature.length);
        return seq(tbs, algorithm, tlv(3, bits));
    }

    private static byte[] name(String cn) {
        return seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(0x0c, cn.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(long millis) {
        return tlv(
                0x17,
                DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT)
                        .withZone(ZoneOffset.UTC)
                        .format(Instant.ofEpochMilli(millis))
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] bool() {
        return new byte[] {1, 1, (byte) 0xff};
    }

    static byte[] integer(long n) {
        return tlv(2, BigInteger.valueOf(n).toByteArray());
    }

    private static byte[] oid(String text) {
        String[] arcs = text.split("\\.");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            int arc = Integer.parseInt(arcs[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arc >>> shift != 0) {
                    out.write(arc >>> shift & 0x7f | 0x80);
                }
            }
            out.write(arc & 0x7f);
        }
        return tlv(6, out.toByteArray());
    }

    private static byte[] seq(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return tlv(0x30, out.toByteArray());
    }

    private static byte[] tlv(int tag, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (value.length < 128) {
            out.write(value.length);
        } else if (value.length < 256) {
            out.write(0x81);
            out.write(value.length);
        } else {
            out.write(0x82);
            out.write(value.length >>> 8);
            out.write(value.length);
        }
        out.writeBytes(value);
        return out.toByteArray();
    }
}
