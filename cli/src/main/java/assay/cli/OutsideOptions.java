package assay.cli;

import assay.core.base.MalformedException;
import assay.ledger.crypto.Address;
import assay.node.Home;
import assay.node.pay.OutsideTerms;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Another network on which a node is paid; kept in the home until it is changed. */
final class OutsideOptions {
    @Option(
            names = "--facilitator",
            paramLabel = "URL",
            description = "Be paid through this x402 facilitator too; none to stop that. Kept in the home.")
    private @Nullable String facilitator;

    @Option(names = "--pay-network", paramLabel = "ID", description = "With --facilitator: eip155: and a chain id.")
    private @Nullable String network;

    @Option(
            names = "--pay-asset",
            paramLabel = "ADDRESS",
            description = "With --facilitator: a token of six decimals with EIP-3009.")
    private @Nullable String asset;

    @Option(
            names = "--pay-asset-name",
            paramLabel = "NAME",
            defaultValue = "USDC",
            description = "Its EIP-712 name (default: ${DEFAULT-VALUE}).")
    private String name = "USDC";

    @Option(
            names = "--pay-asset-version",
            paramLabel = "VERSION",
            defaultValue = "2",
            description = "Its EIP-712 version (default: ${DEFAULT-VALUE}).")
    private String version = "2";

    /** Writes down what was said, if anything was. */
    void keep(Home home) throws IOException, Mistake {
        if (facilitator == null) {
            return;
        }
        if (facilitator.equals("none")) {
            Files.deleteIfExists(home.payments());
            return;
        }
        if (network == null || asset == null) {
            throw new Mistake(
                    "--facilitator needs a network and an asset",
                    "--facilitator URL --pay-network eip155:84532 --pay-asset 0x…",
                    Exit.USAGE);
        }
        try {
            new OutsideTerms(URI.create(facilitator), network, Address.parse(asset), name, version)
                    .write(home.payments());
        } catch (MalformedException | IllegalArgumentException e) {
            throw new Mistake("not a network to be paid on: " + e.getMessage(), "assay up --help", Exit.USAGE);
        }
    }
}
