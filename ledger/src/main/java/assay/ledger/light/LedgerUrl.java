package assay.ledger.light;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a network's ledger is, and which one it is: {@code http://HOST:PORT,http://HOST:PORT#GENESIS}, or with a newer
 * block that is believed, {@code …#GENESIS@HEIGHT:HASH}.
 *
 * @param endpoints CometBFT's RPC, at least one; none is believed
 * @param genesis digest of the genesis
 * @param pin a block to begin with
 */
public record LedgerUrl(List<URI> endpoints, Hash genesis, Optional<LightClient.Root.Pinned> pin) {
    private static final int ENDPOINTS_MAX = 16;

    /** Copies the list. */
    public LedgerUrl {
        endpoints = List.copyOf(endpoints);
    }

    /** The URL in this text. */
    public static LedgerUrl parse(String text) throws MalformedException {
        int hash = text.indexOf('#');
        if (hash < 1) {
            throw new MalformedException(
                    "a ledger is named by its genesis too: http://HOST:PORT#GENESIS, as assay net prints it", -1);
        }
        List<URI> endpoints = new ArrayList<>();
        for (String one : text.substring(0, hash).split(",", -1)) {
            if (!one.matches("https?://[A-Za-z0-9.:\\[\\]-]+/?") || endpoints.size() == ENDPOINTS_MAX) {
                throw new MalformedException("an endpoint is http://HOST:PORT, got " + one, -1);
            }
            endpoints.add(URI.create(one.endsWith("/") ? one.substring(0, one.length() - 1) : one));
        }
        String pin = text.substring(hash + 1);
        int at = pin.indexOf('@');
        if (at < 0) {
            return new LedgerUrl(endpoints, Hash.ofHex(pin), Optional.empty());
        }
        return new LedgerUrl(endpoints, Hash.ofHex(pin.substring(0, at)), Optional.of(pinned(pin.substring(at + 1))));
    }

    /** HEIGHT:HASH. */
    static LightClient.Root.Pinned pinned(String text) throws MalformedException {
        int colon = text.indexOf(':');
        if (colon < 1 || !text.substring(0, colon).matches("[1-9][0-9]{0,17}")) {
            throw new MalformedException("a pinned block is HEIGHT:HASH, got " + text, -1);
        }
        return new LightClient.Root.Pinned(
                Long.parseLong(text.substring(0, colon)), Hash.ofHex(text.substring(colon + 1)));
    }
}
