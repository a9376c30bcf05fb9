package assay.node.host;

import assay.core.base.Hash;
import assay.core.merkle.Chunks;
import assay.core.merkle.Merkle;
import assay.engine.store.Progress;
import assay.engine.store.StallWatch;
import assay.ledger.crypto.Address;
import assay.ledger.light.Reach;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fetches a model's file from the hosts that the ledger lists, part by part. Each part is held against the root that was
 * published, so a host that sends other bytes, or none, loses its turn and nothing else: the next goes on with that part. An
 * interrupted download goes on where it stopped.
 *
 * <p>An operator that sells the model acknowledges each good part: that is what hosts are paid for.
 */
public final class HostedDownload {
    /**
     * How a file is asked for.
     *
     * @param partBytes of one part: a power of two, so that it is a subtree of the file's
     * @param stallMillis in which {@link #LEAST_BYTES} must come, or what is left of the part
     */
    record Pace(int partBytes, long stallMillis) {
        static final Pace STANDARD = new Pace(8 << 20, 60_000);
    }

    /** A host that sends less in a minute loses its turn. */
    private static final int LEAST_BYTES = 1 << 18;

    private static final int ROOTS_MAX_BYTES = 1 << 20;

    /** How often a host may send a part that is wrong, since the part may have begun with another's bytes. */
    private static final int WRONG_MAX = 2;

    /** A host of the model. */
    public record Place(Address host, String endpoint) {}

    /**
     * Who pays hosts by acknowledging what arrives.
     *
     * @param operator sells the model: hosts are paid from its sales
     * @param paid bytes for which each host was paid on its word already, as the ledger has it; a host that is missing: none
     */
    public record Payer(Signer operator, Map<Address, Long> paid) {
        /** Copies the map. */
        public Payer {
            paid = Map.copyOf(paid);
        }
    }

    /**
     * What came of one host.
     *
     * @param goodBytes of whole parts that arrived in this run, all as published
     * @param fault why it was not asked for more; empty if it gave all that was left
     */
    public record Part(Place place, long goodBytes, String fault) {}

    private final Hash model;
    private final Transaction.PublishModel published;
    private final List<Place> places;
    private final Optional<Payer> payer;
    private final Path target;
    private final Reach reach;
    private final int partBytes;
    private final long stallMillis;
    private final List<Part> parts = new ArrayList<>();
    private long good;
    private Progress progress = Progress.silent();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /**
     * A download from these hosts.
     *
     * @param model id of a published model
     * @param published what was published of it
     * @param payer who acknowledges what arrives; empty for a download for nothing, as far as the hosts like
     * @param target the file to be; beside it lie its part and how much each host sent
     * @param reach where hosts may be
     */
    public HostedDownload(
            Hash model,
            Transaction.PublishModel published,
            List<Place> places,
            Optional<Payer> payer,
            Path target,
            Reach reach) {
        this(model, published, places, payer, target, reach, Pace.STANDARD);
    }

    HostedDownload(
            Hash model,
            Transaction.PublishModel published,
            List<Place> places,
            Optional<Payer> payer,
            Path target,
            Reach reach,
            Pace pace) {
        this.model = model;
        this.published = published;
        this.places = List.copyOf(places);
        this.payer = payer;
        this.target = target;
        this.reach = reach;
        this.partBytes = pace.partBytes();
        this.stallMillis = pace.stallMillis();
    }

    /**
     * The whole file, its digest checked.
     *
     * @param progress hears how far it is, and from whom nothing more is asked
     * @throws IOException if no host gave it, or what was published is not of one file
     */
    public Path run(Progress progress) throws IOException, InterruptedException {
        this.progress = progress;
        progress.start("downloading " + published.name(), published.fileBytes(), have());
        try {
            Path whole = inTurn();
            progress.at(published.fileBytes());
            return whole;
        } finally {
            progress.finish();
        }
    }

    private Path inTurn() throws IOException, InterruptedException {
        IOException last = new IOException("nobody hosts " + published.name());
        List<Hash> roots = List.of();
        for (Place place : places) {
            try {
                if (roots.isEmpty()) {
                    roots = roots(place);
                    keepGood(roots);
                }
                fetch(place, roots);
                end(place, "");
            } catch (IOException e) {
                last = e;
                end(place, String.valueOf(e.getMessage()));
                continue;
            }
            return whole(); // if it is not the file, no host is at fault, and no other has it
        }
        throw last;
    }

    /** What each host gave that was asked, in this order. */
    public List<Part> parts() {
        return List.copyOf(parts);
    }

    private void end(Place place, String fault) {
        parts.add(new Part(place, good, fault));
        good = 0;
    }

    /** The file, if it is the published one. */
    private Path whole() throws IOException {
        Hash digest;
        try (InputStream in = Files.newInputStream(part())) {
            digest = digest(in);
        }
        if (!digest.equals(published.fileDigest())) {
            Files.delete(part());
            throw new IOException("the published root of " + published.name() + " is not its file's: " + digest);
        }
        return Files.move(part(), target);
    }

    /** The parts' roots, which make the published one: so it does not matter who says them. */
    private List<Hash> roots(Place place) throws IOException, InterruptedException {
        HttpRequest request = request(place, "/" + HostApi.ROOTS + Integer.numberOfTrailingZeros(partBytes))
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        copy(place, response.body(), body, ROOTS_MAX_BYTES, 0);
        byte[] bytes = body.toByteArray();
        List<Hash> roots = new ArrayList<>();
        if (response.statusCode() == 200 && bytes.length % Hash.SIZE_BYTES == 0) {
            for (int at = 0; at < bytes.length; at += Hash.SIZE_BYTES) {
                roots.add(Hash.ofBytes(Arrays.copyOfRange(bytes, at, at + Hash.SIZE_BYTES)));
            }
        }
        boolean isWhole = roots.size() == (published.fileBytes() + partBytes - 1) / partBytes;
        if (!isWhole || !Merkle.root(roots).equals(published.fileRoot())) {
            throw new IOException(place.endpoint() + " does not say of which parts " + published.name() + " is");
        }
        return roots;
    }

    /** Of an earlier download, what is before the first wrong part. */
    private void keepGood(List<Hash> roots) throws IOException {
        if (have() > published.fileBytes()) {
            keep(0);
        }
        for (int i = 0; (long) (i + 1) * partBytes <= have(); i++) {
            if (!isGood(i, roots)) {
                keep((long) i * partBytes);
            }
        }
    }

    private boolean isGood(int index, List<Hash> roots) throws IOException {
        try (InputStream in = Files.newInputStream(part())) {
            in.skipNBytes((long) index * partBytes);
            byte[] bytes = in.readNBytes(partBytes);
            return Chunks.tree(new ByteArrayInputStream(bytes)).root().equals(roots.get(index));
        }
    }

    private void keep(long bytes) throws IOException {
        try (FileChannel file = FileChannel.open(part(), StandardOpenOption.WRITE)) {
            file.truncate(bytes);
        }
    }

    /** All that is missing, from this host; what is there is good when it fails. */
    private void fetch(Place place, List<Hash> roots) throws IOException, InterruptedException {
        long whole = published.fileBytes();
        int wrong = 0;
        long arrived = 0;
        for (long have = have(); have < whole; have = have()) {
            int index = (int) (have / partBytes);
            long end = Math.min(whole, (index + 1L) * partBytes);
            long got = part(place, have, end - 1);
            if (got == 0) {
                throw new IOException(place.endpoint() + " sends nothing");
            }
            arrived += got;
            if (have + got < end) {
                continue;
            }
            if (isGood(index, roots)) {
                good += arrived;
                count(place, arrived);
            } else {
                keep((long) index * partBytes);
                if (have == (long) index * partBytes || ++wrong == WRONG_MAX) {
                    throw new IOException(place.endpoint() + " gave another file");
                }
            }
            arrived = 0;
        }
        if (payer.isPresent()) {
            HttpRequest last = request(place, "/received")
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            http.send(last, HttpResponse.BodyHandlers.discarding());
        }
    }

    /** One part or the rest of it; what arrives is kept, also if the connection breaks. */
    private long part(Place place, long from, long to) throws IOException, InterruptedException {
        HttpRequest request = request(place, "/model.gguf")
                .header("Range", "bytes=" + from + "-" + to)
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 206) {
            response.body().close();
            throw new IOException(place.endpoint() + " answers " + response.statusCode());
        }
        try (OutputStream out = Files.newOutputStream(part(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            return copy(place, response.body(), out, to - from + 1, from);
        }
    }

    /** At most so many bytes, before which the file has {@code from}; how many came. */
    private long copy(Place place, InputStream body, OutputStream out, long most, long from) throws IOException {
        long got = 0;
        try (InputStream in = body;
                StallWatch watch = new StallWatch(in, stallMillis)) {
            byte[] piece = new byte[1 << 16];
            long marked = 0;
            for (int n = read(place, in, piece, got); n >= 0 && got + n <= most; n = read(place, in, piece, got)) {
                out.write(piece, 0, n);
                got += n;
                if (got - marked >= LEAST_BYTES) {
                    watch.moved();
                    progress.at(from + got);
                    marked = got;
                }
            }
            return got;
        }
    }

    private static int read(Place place, InputStream in, byte[] piece, long got) throws IOException {
        try {
            return in.read(piece);
        } catch (IOException e) {
            throw new IOException(place.endpoint() + " broke off, or sent too slowly, after " + got + " bytes", e);
        }
    }

    private HttpRequest.Builder request(Place place, String what) throws IOException {
        HttpRequest.Builder request = reach.request(place.endpoint() + "/assay/models/"
                        + published.fileDigest().hex() + what)
                .timeout(Duration.ofMinutes(5));
        if (payer.isPresent()) {
            Received word = Received.sign(payer.get().operator(), place.host(), model, counted(place));
            request.header(Received.HEADER, word.header());
        }
        return request;
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
        return Math.max(
                noted, payer.map(p -> p.paid().getOrDefault(place.host(), 0L)).orElse(0L));
    }

    private void count(Place place, long more) throws IOException {
        if (payer.isEmpty()) {
            return;
        }
        Files.writeString(note(place), Long.toString(counted(place) + more), StandardCharsets.UTF_8);
    }

    private Path note(Place place) {
        return target.resolveSibling(target.getFileName() + "." + place.host() + ".received");
    }

    private static Hash digest(InputStream in) throws IOException {
        var digest = Hash.newSha256();
        byte[] piece = new byte[1 << 16];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            digest.update(piece, 0, n);
        }
        return Hash.ofBytes(digest.digest());
    }
}
