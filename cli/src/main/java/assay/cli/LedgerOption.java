package assay.cli;

import assay.core.base.MalformedException;
import assay.ledger.light.LedgerUrl;
import assay.ledger.light.LightLedger;
import assay.node.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --ledger URL}: a network's ledger, which is read by proofs. */
final class LedgerOption {
    private static final String TRUST_FILE = "light-trust";

    @Option(
            names = "--ledger",
            paramLabel = "URL",
            description = "A network's ledger: http://HOST:PORT[,http://…]#GENESIS, as assay net prints it;"
                    + " #GENESIS@HEIGHT:HASH begins with a newer block that you believe.")
    private @Nullable String url;

    /** Whether a network is meant. */
    boolean isGiven() {
        return url != null;
    }

    /** As the user gave it; empty if there is none. */
    String url() {
        return url == null ? "" : url;
    }

    /** The ledger, with what this home trusted last. */
    LightLedger open(Path home) throws IOException, InterruptedException, Mistake {
        try {
            LedgerUrl parsed = LedgerUrl.parse(Optional.ofNullable(url).orElse(""));
            return LightLedger.open(parsed, new Home(home).dir().resolve(TRUST_FILE), InstantSource.system());
        } catch (MalformedException e) {
            throw new Mistake("--ledger: " + e.getMessage(), "--ledger http://127.0.0.1:26657#…", Exit.USAGE);
        }
    }
}
