package assay.node.consensus;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One validator's two programs, started again together whenever one of them ends: CometBFT ends by itself when
 * its application does, and what the application has on the disk is brought up to date by CometBFT.
 */
final class Validator implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 120_000;
    private static final long PAUSE_MILLIS = 1_000;

    /** Ctrl-C reaches all programs at once, and this one may be told last that it is the end. */
    private static final long HEARSAY_MILLIS = 500;

    private final String name;
    private final CometBft comet;
    private final LocalNetwork.Place place;
    private final List<String> application;
    private final Consumer<String> say;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable Process ledgerProcess;
    private volatile @Nullable Process cometProcess;

    Validator(String name, CometBft comet, LocalNetwork.Place place, List<String> application, Consumer<String> say) {
        this.name = name;
        this.comet = comet;
        this.place = place;
        this.application = application;
        this.say = say;
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    LocalNetwork.Place place() {
        return place;
    }

    /** The application's process, while there is one. */
    @Nullable
    Process ledgerProcess() {
        return ledgerProcess;
    }

    /** CometBFT's process, while there is one. */
    @Nullable
    Process cometProcess() {
        return cometProcess;
    }

    /** Asks both programs to stop, and starts them no more. */
    void ask() {
        stopping = true;
        stop(cometProcess, false);
    }

    @Override
    public void close() {
        ask();
        thread.interrupt();
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!stopping) {
                once();
                if (!stopping) {
                    say.accept(name + ": starting again");
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            stopping = true;
        } catch (IOException e) {
            say.accept(name + " cannot be started: " + e.getMessage());
        } finally {
            stop(cometProcess, true);
            stop(ledgerProcess, true);
        }
        if (stopping) {
            say.accept(name + ": stopped");
        }
    }

    /** Starts both and waits until one ends; then ends the other. */
    private void once() throws IOException, InterruptedException {
        Process ledger = new ProcessBuilder(application)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log("ledger").toFile()))
                .start();
        ledgerProcess = ledger;
        if (awaitPort(ledger)) {
            Process node = comet.start(place.dir(), log("cometbft"));
            cometProcess = node;
            CompletableFuture.anyOf(ledger.onExit(), node.onExit()).join();
            String ended = ledger.isAlive() ? "CometBFT" : "the ledger";
            Path last = log(ledger.isAlive() ? "cometbft" : "ledger");
            if (!stopping) {
                Thread.sleep(HEARSAY_MILLIS);
            }
            if (!stopping) {
                say.accept(name + ": " + ended + " ended; its last words are in " + last);
            }
            stop(node, true);
        }
        stop(ledger, true);
    }

    private boolean awaitPort(Process ledger) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (ledger.isAlive() && System.nanoTime() < until && !stopping) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", place.port() + 2), 1_000);
                return true;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        return false;
    }

    private Path log(String program) {
        return place.dir().resolve(program + ".log");
    }

    /** Politely at first; {@code wait} for the end. */
    private static void stop(@Nullable Process process, boolean wait) {
        if (process == null) {
            return;
        }
        process.destroy();
        if (wait) {
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
