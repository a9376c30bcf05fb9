package assay.node.pay;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.OwnerOnly;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Another network on which this node is paid, one of its units for one of the ledger's.
 *
 * @param facilitator settles there
 * @param network CAIP-2, {@code eip155:} and the chain id
 * @param asset a token of six decimals with EIP-3009
 * @param name of the token's EIP-712 domain
 * @param version of the token's EIP-712 domain
 */
public record OutsideTerms(URI facilitator, String network, Address asset, String name, String version) {
    private static final int FILE_MAX_BYTES = 4096;

    /** The names that version 1 has for networks, of those that the packages know. */
    private static final Map<String, String> NAMES_V1 = Map.ofEntries(
            Map.entry("eip155:1", "ethereum"),
            Map.entry("eip155:11155111", "sepolia"),
            Map.entry("eip155:84532", "base-sepolia"),
            Map.entry("eip155:8453", "base"),
            Map.entry("eip155:43113", "avalanche-fuji"),
            Map.entry("eip155:43114", "avalanche"),
            Map.entry("eip155:137", "polygon"),
            Map.entry("eip155:80002", "polygon-amoy"),
            Map.entry("eip155:42220", "celo"));

    /** Refuses what is no EVM network. */
    public OutsideTerms {
        if (!network.matches("eip155:[1-9][0-9]{0,15}")) {
            throw new IllegalArgumentException("a network is eip155: and a chain id, got " + network);
        }
    }

    /** Writes {@code payments.json} for {@link #read}, anew if it is there. */
    public void write(Path file) throws IOException {
        Json.Obj json = Json.object()
                .put("facilitator", facilitator.toString())
                .put("network", network)
                .put("asset", asset.toString())
                .put("name", name)
                .put("version", version)
                .build();
        Files.deleteIfExists(file);
        OwnerOnly.writeNew(file, JsonText.writeBytes(json));
    }

    /** The network's chain id. */
    BigInteger chainId() {
        return new BigInteger(network.substring("eip155:".length()));
    }

    /** The network's name in version 1, if it has one. */
    Optional<String> nameV1() {
        return Optional.ofNullable(NAMES_V1.get(network));
    }

    /**
     * Reads {@code payments.json}: {@code facilitator}, {@code network}, {@code asset}, {@code name}, {@code
     * version}; empty if there is no such file.
     */
    public static Optional<OutsideTerms> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Field json = Field.root(JsonText.parse(Files.readAllBytes(file), 4, FILE_MAX_BYTES));
            json.only("facilitator", "network", "asset", "name", "version");
            return Optional.of(new OutsideTerms(
                    URI.create(json.at("facilitator").string(512)),
                    json.at("network").string(64),
                    Address.parse(json.at("asset").string(42)),
                    json.at("name").string(64),
                    json.at("version").string(16)));
        } catch (MalformedException | IllegalArgumentException e) {
            throw new IOException(file + " is not understood: " + e.getMessage(), e);
        }
    }
}
