package assay.node.consensus;

import assay.core.base.MalformedException;
import assay.core.codec.ProtoReader;
import assay.core.codec.ProtoWriter;
import assay.ledger.store.ReplicatedLedger;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Serves a ledger to a CometBFT of the same machine: four connections, a thread for each, answers in the order
 * of the requests, and written out when CometBFT asks to flush.
 *
 * <p>When the ledger cannot go on (its disk fails, or CometBFT and it disagree on the height), CometBFT is
 * told, everything is closed, and {@link #ended} says why. Whoever started it starts both again.
 */
public final class AbciServer implements AutoCloseable {
    private static final int MESSAGE_MAX = 100 << 20;
    private static final int FLUSH = 2;

    private final ReplicatedLedger ledger;
    private final AbciApplication application;
    private final ServerSocketChannel server;
    private final @Nullable Path socket;
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    private AbciServer(
            ReplicatedLedger ledger, Optional<LinkChain> chain, ServerSocketChannel server, @Nullable Path socket) {
        this.ledger = ledger;
        this.application = new AbciApplication(ledger, chain);
        this.server = server;
        this.socket = socket;
    }

    /**
     * Serves at {@code tcp://HOST:PORT} or {@code unix://FILE}.
     *
     * @param chain this validator's links, if it is one
     */
    public static AbciServer start(ReplicatedLedger ledger, Optional<LinkChain> chain, String address)
            throws IOException, MalformedException {
        Path socket = address.startsWith("unix://") ? Path.of(address.substring(7)) : null;
        ServerSocketChannel server =
                socket == null ? ServerSocketChannel.open() : ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        if (socket != null) {
            Files.deleteIfExists(socket);
        }
        server.bind(socket == null ? tcp(address) : UnixDomainSocketAddress.of(socket));
        AbciServer out = new AbciServer(ledger, chain, server, socket);
        Thread.ofPlatform().daemon().name("abci").start(out::accept);
        return out;
    }

    /** The port, for an address with port 0. */
    public int port() throws IOException {
        return server.getLocalAddress() instanceof InetSocketAddress at ? at.getPort() : 0;
    }

    /** Completes with the reason when it can serve no longer; with nothing to say when it was closed. */
    public CompletableFuture<String> ended() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        end("");
        ledger.close();
    }

    private static SocketAddress tcp(String address) throws MalformedException {
        String rest = address.startsWith("tcp://") ? address.substring(6) : address;
        int colon = rest.lastIndexOf(':');
        if (colon < 1 || !rest.substring(colon + 1).matches("[0-9]{1,5}") || rest.contains("/")) {
            throw new MalformedException("an address is tcp://HOST:PORT or unix://FILE, got " + address, -1);
        }
        int port = Integer.parseInt(rest.substring(colon + 1));
        if (port > 65_535) {
            throw new MalformedException("no port: " + port, -1);
        }
        return new InetSocketAddress(rest.substring(0, colon), port);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = server.accept();
                connections.add(connection);
                Thread.ofPlatform().daemon().name("abci-connection").start(() -> serve(connection));
            }
        } catch (IOException e) {
            end("no connection can be accepted: " + e.getMessage());
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(connection), 1 << 16);
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(connection), 1 << 16);
            byte[] message = read(in);
            while (message.length > 0) {
                ProtoReader request = ProtoReader.parse(message);
                out.write(answer(request).delimited());
                if (request.lastField() == FLUSH || ended.isDone()) {
                    out.flush();
                }
                message = read(in);
            }
        } catch (IOException | MalformedException gone) {
            // CometBFT went away, or is not one: it connects again if it wants to.
        } finally {
            connections.remove(connection);
        }
    }

    private ProtoWriter answer(ProtoReader request) {
        try {
            return application.answer(request);
        } catch (IOException | MalformedException | RuntimeException | Error e) {
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            ended.complete(why);
            return AbciApplication.exception(why);
        }
    }

    /** The next message; empty at the end. */
    private static byte[] read(InputStream in) throws IOException, MalformedException {
        long length = 0;
        int shift = 0;
        int b;
        do {
            b = in.read();
            if (b < 0) {
                return new byte[0];
            }
            length |= (long) (b & 0x7f) << shift;
            shift += 7;
            if (shift > 28 && length > MESSAGE_MAX) {
                throw new MalformedException("a message of " + length + " bytes", -1);
            }
        } while ((b & 0x80) != 0 && shift < 35);
        if (length < 1 || length > MESSAGE_MAX) {
            throw new MalformedException("a message has 1 to " + MESSAGE_MAX + " bytes, got " + length, -1);
        }
        byte[] message = in.readNBytes((int) length);
        if (message.length < length) {
            throw new IOException("the connection ended inside a message");
        }
        return message;
    }

    private void end(String why) {
        ended.complete(why);
        try {
            server.close();
            for (SocketChannel connection : connections) {
                connection.close();
            }
            if (socket != null) {
                Files.deleteIfExists(socket);
            }
        } catch (IOException alreadyGone) {
            // Nothing depends on it.
        }
    }
}
