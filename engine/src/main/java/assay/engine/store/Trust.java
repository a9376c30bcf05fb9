package assay.engine.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed: those that Java believes, and those in the user's own file. */
final class Trust {
    private Trust() {}

    /** The file that the user's other tools trust: pip's, requests', curl's, OpenSSL's, in this order. */
    static Optional<Path> bundle(Environment env, Optional<Path> pips) {
        return pips.or(() -> env.first("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
                .map(env::expand));
    }

    /** A TLS context that believes Java's authorities and those in this PEM file. */
    static SSLContext context(Path pem) throws IOException {
        if (!Files.isRegularFile(pem)) {
            throw new PullException(
                    "the certificate file " + pem + " does not exist",
                    "check PIP_CERT, REQUESTS_CA_BUNDLE, SSL_CERT_FILE and pip's cert setting");
        }
        try (InputStream in = Files.newInputStream(pem)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (X509Certificate own : javas()) {
                store.setCertificateEntry("java-" + count++, own);
            }
            for (Certificate extra : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("file-" + count++, extra);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(store), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new PullException("the certificates in " + pem + " cannot be read: " + e.getMessage(), "");
        }
    }

    private static X509Certificate[] javas() throws GeneralSecurityException {
        for (TrustManager manager : managers(null)) {
            if (manager instanceof X509TrustManager x509) {
                return x509.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
