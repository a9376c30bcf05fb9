package assay.node.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A host that says of which parts the file is, begins to send the first, and then keeps the connection and silence. */
final class SilentHost implements AutoCloseable {
    /** Bytes of the part that it sends. */
    static final int SENT = 1000;

    private final byte[] roots;
    private final byte[] file;
    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final List<Socket> kept = new CopyOnWriteArrayList<>();

    SilentHost(byte[] roots, byte[] file) throws IOException {
        this.roots = roots;
        this.file = file;
        Thread.ofVirtual().start(this::serve);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void serve() {
        try {
            while (true) {
                Socket socket = server.accept();
                kept.add(socket);
                Thread.ofVirtual().start(() -> answer(socket));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private void answer(Socket socket) {
        try {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = socket.getOutputStream();
            for (String first = in.readLine(); first != null; first = in.readLine()) {
                for (String line = first; line != null && !line.isEmpty(); line = in.readLine()) {
                    // the rest of the headers
                }
                boolean isRoots = first.contains("/roots-");
                int length = isRoots ? roots.length : 1 << 16;
                out.write(((isRoots ? "HTTP/1.1 200 OK" : "HTTP/1.1 206 Partial Content") + "\r\nContent-Length: "
                                + length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(isRoots ? roots : file, 0, isRoots ? roots.length : SENT);
                out.flush();
            }
        } catch (IOException e) {
            return; // who asked is gone
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : kept) {
            socket.close();
        }
    }
}
