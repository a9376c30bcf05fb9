package assay.core.attest;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * X.509 chains up to a pinned root, by the JDK (RFC 5280, PKIX). Revocation needs the network and is not looked at,
 * which every verdict says.
 */
final class Certificates {
    /** The longest certificate, bytes. */
    static final int SIZE_MAX_BYTES = 8 * 1024;

    /** The longest chain, root included. */
    static final int CHAIN_MAX = 8;

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private Certificates() {}

    /** The certificate in exactly these bytes. */
    static X509Certificate parse(byte[] der) throws MalformedException {
        if (der.length > SIZE_MAX_BYTES) {
            throw new MalformedException("a certificate has at most " + SIZE_MAX_BYTES + " bytes", -1);
        }
        try {
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (!java.util.Arrays.equals(certificate.getEncoded(), der)) {
                throw new MalformedException("bytes after a certificate", -1);
            }
            return certificate;
        } catch (CertificateException | IllegalArgumentException e) {
            throw new MalformedException("no certificate: " + e.getMessage(), -1);
        }
    }

    /** The certificates in PEM, in order; nothing but white space between them, zero bytes at the end. */
    static List<X509Certificate> parsePem(String pem) throws MalformedException {
        List<X509Certificate> out = new ArrayList<>();
        String rest = pem.replace("\0", "").strip();
        while (!rest.isEmpty()) {
            int end = rest.indexOf(END);
            if (!rest.startsWith(BEGIN) || end < 0 || out.size() == CHAIN_MAX) {
                throw new MalformedException("certificates in PEM expected, at most " + CHAIN_MAX, -1);
            }
            try {
                out.add(parse(Base64.getMimeDecoder().decode(rest.substring(BEGIN.length(), end))));
            } catch (IllegalArgumentException e) {
                throw new MalformedException("base64 expected in PEM", -1);
            }
            rest = rest.substring(end + END.length()).strip();
        }
        return out;
    }

    /**
     * Why the first certificate is not vouched for; empty if it is.
     *
     * @param chain leaf first, root last
     * @param roots SHA-256 of the root certificates that are believed
     * @param atMillis the time at which all of them have to be valid
     */
    static Optional<String> fault(List<X509Certificate> chain, SortedSet<Hash> roots, long atMillis) {
        if (chain.size() < 2 || chain.size() > CHAIN_MAX) {
            return Optional.of("a chain of 2 to " + CHAIN_MAX + " certificates expected, got " + chain.size());
        }
        X509Certificate root = chain.getLast();
        try {
            Hash digest = Hash.sha256(root.getEncoded());
            if (!roots.contains(digest)) {
                return Optional.of("the chain ends at another root: " + digest.hex());
            }
            root.checkValidity(new Date(atMillis));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(new Date(atMillis));
            CertPathValidator.getInstance("PKIX")
                    .validate(
                            CertificateFactory.getInstance("X.509")
                                    .generateCertPath(chain.subList(0, chain.size() - 1)),
                            parameters);
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.of("its certificates do not hold: " + e.getMessage());
        }
    }

    /** The value of an extension without its outer OCTET STRING, empty if it is not there or not short. */
    static Optional<byte[]> extension(X509Certificate certificate, String oid) {
        byte[] outer = certificate.getExtensionValue(oid);
        if (outer == null || outer.length < 2 || outer[0] != 4 || (outer[1] & 0xff) != outer.length - 2) {
            return Optional.empty();
        }
        return Optional.of(java.util.Arrays.copyOfRange(outer, 2, outer.length));
    }

    /** SHA-256 of a certificate that was parsed. */
    static Hash digest(X509Certificate certificate) {
        try {
            return Hash.sha256(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new AssertionError("a certificate that was read has bytes", e);
        }
    }
}
