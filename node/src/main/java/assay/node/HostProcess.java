package assay.node;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Host;
import assay.ledger.state.Model;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.node.host.HostedFile;
import assay.node.host.Hosting;
import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** A host of a network: keeps one model's file, serves it, and shows the chunks that are asked for. */
public final class HostProcess implements AutoCloseable {
    private static final String FOLDER = "hosted";
    private static final long PAUSE_MILLIS = 500;

    private final Parts parts;
    private final Sender sender;
    private final WebServer web;

    private HostProcess(Parts parts, Sender sender, WebServer web) {
        this.parts = parts;
        this.sender = sender;
        this.web = web;
    }

    /**
     * What a host is told.
     *
     * @param modelName as the ledger has it
     * @param file the model's file
     * @param port on loopback, 0 for any that is free
     * @param endpoint where others reach it; empty for that port
     * @param freeBytesPerDay what is served to those who do not pay
     */
    public record Settings(String modelName, Path file, int port, Optional<URI> endpoint, long freeBytesPerDay) {}

    /**
     * Joins a network: waits until the model is published and for money, offers, and begins. It ends with the ledger,
     * which it closes, also if it cannot begin.
     *
     * @param say is told what the network waits for
     */
    public static HostProcess join(Home home, Settings settings, LiveLedger ledger, Consumer<String> say)
            throws IOException, InterruptedException {
        Parts parts = new Parts();
        parts.add(ledger::close);
        boolean isStarted = false;
        try {
            Sender sender = new Sender(ledger, new Signer(home.account("host"), ledger.chainId()));
            Hash model = published(ledger, settings.modelName(), say);
            HostedFile file = HostedFile.open(model, known(ledger, model), settings.file());
            Address me = sender.signer().address();
            Amount stake = twice(ledger.state().params().hosting().bondMin());
            if (ledger.state().host(model, me).filter(Host::isActive).isEmpty()) {
                Bootstrap.awaitMoney(ledger, me, stake.plus(Amount.ofUnits(1)), say);
            }
            Router router = new Router();
            Hosting hosting = new Hosting(ledger, sender, file, home.dir().resolve(FOLDER), settings.freeBytesPerDay());
            parts.add(hosting::close);
            hosting.api().route(router);
            WebServer web = WebServer.start(WebOptions.loopback(settings.port()), router);
            parts.add(web::close);
            String endpoint = settings.endpoint().orElse(web.uri()).toString().replaceFirst("/+$", "");
            hosting.begin(endpoint, stake);
            isStarted = true;
            return new HostProcess(parts, sender, web);
        } finally {
            if (!isStarted) {
                ledger.stopWaiting();
                parts.close();
            }
        }
    }

    private static Amount twice(Amount least) {
        return Amount.ofMicro(Math.max(1, 2 * least.micro()));
    }

    private static Hash published(LiveLedger ledger, String name, Consumer<String> say) throws InterruptedException {
        Optional<Hash> model = ledger.state().modelId(name);
        if (model.isEmpty()) {
            say.accept("waiting for a node that publishes " + name);
        }
        while (model.isEmpty()) {
            Thread.sleep(PAUSE_MILLIS);
            model = ledger.state().modelId(name);
        }
        return model.get();
    }

    private static Model known(LiveLedger ledger, Hash model) {
        return ledger.state().model(model).orElseThrow();
    }

    /** The host's account. */
    public Address account() {
        return sender.signer().address();
    }

    /** Where it listens on this machine. */
    public URI uri() {
        return web.uri();
    }

    @Override
    public void close() throws IOException {
        parts.close();
    }
}
