package assay.node.host;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Host;
import assay.ledger.state.Key;
import assay.ledger.state.Model;
import assay.ledger.state.State;
import assay.ledger.tx.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An operator fetches a model's file from the hosts that the ledger lists, part by part, and acknowledges each part:
 * that is what they are paid for. An interrupted download goes on where it stopped, at any host; a file with another
 * digest than the published one is thrown away.
 */
public final class HostedDownload {
    /** Bytes of one request. */
    private static final int PART_BYTES = 8 << 20;

    private final State state;
    private final Hash model;
    private final Model published;
    private final Signer operator;
    private final Path target;
    private final int partBytes;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /**
     * @param model id of a published model
     * @param operator who acknowledges what arrives
     * @param target the file to be; beside it lie its part and how much each host sent
     */
    public HostedDownload(State state, Hash model, Signer operator, Path target) {
        this(state, model, operator, target, PART_BYTES);
    }

    HostedDownload(State state, Hash model, Signer operator, Path target, int partBytes) {
        this.partBytes = partBytes;
        this.state = state;
        this.model = model;
        this.published =
                state.model(model).orElseThrow(() -> new IllegalArgumentException("no model " + model + " here"));
        this.operator = operator;
        this.target = target;
    }

    /** A host of the model. */
    private record Place(Address host, String endpoint) {}

    /**
     * The whole file, its digest checked.
     *
     * @throws IOException if no host gave it
     */
    public Path run() throws IOException, InterruptedException {
        IOException last = new IOException("nobody hosts " + published.words().name());
        for (Place place : places()) {
            try {
                fetch(place);
                Hash digest = digest(part());
                if (digest.equals(published.words().fileDigest())) {
                    Files.move(part(), target);
                    return target;
                }
                Files.delete(part());
                last = new IOException(place.endpoint() + " gave another file: " + digest);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private List<Place> places() {
        List<Place> out = new ArrayList<>();
        state.hosts().forEach(Key.of(model), (key, host) -> {
            if (host.isActive()) {
                out.add(place(key, host));
            }
        });
        return out;
    }

    private static Place place(byte[] key, Host host) {
        return new Place(Key.auditorOf(key), host.endpoint());
    }

    private void fetch(Place place) throws IOException, InterruptedException {
        long whole = published.words().fileBytes();
        for (long have = have(); have < whole; have = have()) {
            long before = have;
            part(place, have, Math.min(whole, have + partBytes) - 1);
            if (have() == before) {
                throw new IOException(place.endpoint() + " sends nothing");
            }
        }
        HttpRequest last = request(place, "/received")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        http.send(last, HttpResponse.BodyHandlers.discarding());
    }

    /** One part; what arrives is kept and counted, also if the connection breaks. */
    private void part(Place place, long from, long to) throws IOException, InterruptedException {
        HttpRequest request = request(place, "/model.gguf")
                .header("Range", "bytes=" + from + "-" + to)
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            if (response.statusCode() != 206) {
                throw new IOException(place.endpoint() + " answers " + response.statusCode());
            }
            long got = 0;
            byte[] piece = new byte[1 << 16];
            try (var out = Files.newOutputStream(part(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                for (int n = in.read(piece); n >= 0 && got + n <= to - from + 1; n = in.read(piece)) {
                    out.write(piece, 0, n);
                    got += n;
                }
            } finally {
                count(place, got);
            }
        }
    }

    private HttpRequest.Builder request(Place place, String what) throws IOException {
        Received word = Received.sign(operator, place.host(), model, counted(place));
        try {
            return HttpRequest.newBuilder(URI.create(place.endpoint() + "/assay/models/"
                            + published.words().fileDigest().hex() + what))
                    .timeout(Duration.ofMinutes(5))
                    .header(Received.HEADER, word.header());
        } catch (IllegalArgumentException e) {
            throw new IOException("a host has no address that can be asked: " + place.endpoint(), e);
        }
    }

    private long have() throws IOException {
        return Files.exists(part()) ? Files.size(part()) : 0;
    }

    private Path part() {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    /** All that this host ever sent: by the note beside the file, or by the ledger. */
    private long counted(Place place) throws IOException {
        Path note = note(place);
        long noted = Files.exists(note) ? Long.parseLong(Files.readString(note, StandardCharsets.UTF_8)) : 0;
        return Math.max(noted, Claims.paid(state, model, place.host(), operator.address()));
    }

    private void count(Place place, long more) throws IOException {
        Files.writeString(note(place), Long.toString(counted(place) + more), StandardCharsets.UTF_8);
    }

    private Path note(Place place) {
        return target.resolveSibling(target.getFileName() + "." + place.host() + ".received");
    }

    private static Hash digest(Path file) throws IOException {
        var digest = Hash.newSha256();
        byte[] piece = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                digest.update(piece, 0, n);
            }
        }
        return Hash.ofBytes(digest.digest());
    }
}
