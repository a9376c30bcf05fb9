package assay.node.host;

import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.state.Offer;
import assay.ledger.store.LiveLedger;
import assay.node.http.ApiError;
import assay.node.http.ByteRange;
import assay.node.http.Exchange;
import assay.node.http.Router;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Serves a model's file: {@code GET /assay/models/DIGEST/NAME}, with ranges of bytes.
 *
 * <p>An operator that sells the model says with each request what it got so far ({@link Received}), which the host takes
 * to the ledger; it gets the next part when it acknowledged the last. Everybody else, and whose sales have nothing left
 * for hosts, is served for nothing, as many bytes a day as the host likes.
 */
public final class HostApi {
    /** The name, up to the binary logarithm of a part's bytes, under which the roots of the parts are asked for. */
    static final String ROOTS = "roots-";

    private final LiveLedger ledger;
    private final Address host;
    private final HostedFile hosted;
    private final Served served;
    private final long freeBytesPerDay;
    private long freeSince = System.nanoTime();
    private long freeBytes;

    HostApi(LiveLedger ledger, Address host, HostedFile hosted, Served served, long freeBytesPerDay) {
        this.ledger = ledger;
        this.host = host;
        this.hosted = hosted;
        this.served = served;
        this.freeBytesPerDay = freeBytesPerDay;
    }

    /** Adds the routes. */
    public void route(Router router) {
        router.on("GET", "/assay/models/{digest}/{name}", this::send);
        router.on("POST", "/assay/models/{digest}/received", this::received);
    }

    private void send(Exchange exchange) throws ApiError, IOException {
        if (exchange.param("name").startsWith(ROOTS)) {
            roots(exchange);
            return;
        }
        Optional<Received> word = word(exchange);
        long bytes = length(exchange);
        boolean isPaid = word.isPresent() && isCovered(word.get(), bytes);
        if (isPaid && !served.send(word.get().operator(), bytes)) {
            throw ApiError.forbidden("Say with " + Received.HEADER + " what arrived before you ask for more.");
        }
        if (!isPaid && !isFree(bytes)) {
            throw ApiError.busy("What this host serves for nothing in a day is used up.", 3600);
        }
        exchange.sendFile("application/octet-stream", hosted.file());
    }

    /**
     * Which parts the file has, so that who downloads it from several hosts knows whose part is wrong. Who can pay for
     * parts gets this with them; for others it counts as what they are given.
     */
    private void roots(Exchange exchange) throws ApiError, IOException {
        Optional<Received> word = word(exchange);
        String log = exchange.param("name").substring(ROOTS.length());
        if (!log.matches("1[6-9]|2[0-9]")) {
            throw ApiError.notFound("model_not_found", "No parts of that size: 2^16 to 2^29 bytes.");
        }
        Writer out = new Writer();
        hosted.roots(1L << Integer.parseInt(log)).forEach(out::hash);
        byte[] bytes = out.toBytes();
        boolean isCustomer = word.isPresent() && isCovered(word.get(), bytes.length);
        if (!isCustomer && !isFree(bytes.length)) {
            throw ApiError.busy("What this host serves for nothing in a day is used up.", 3600);
        }
        exchange.send(200, "application/octet-stream", bytes);
    }

    /** An operator's last word, after the last part. */
    private void received(Exchange exchange) throws ApiError, IOException {
        if (word(exchange).isEmpty()) {
            throw ApiError.missing(Received.HEADER);
        }
        exchange.sendJson(200, new byte[] {'{', '}'});
    }

    private Optional<Received> word(Exchange exchange) throws ApiError, IOException {
        if (!exchange.param("digest").equals(hosted.digest().hex())) {
            throw ApiError.notFound("model_not_found", "No file of that digest here.");
        }
        Optional<String> header = exchange.header(Received.HEADER);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        try {
            Received word = Received.parse(header.get());
            if (!word.isSigned(ledger.chainId(), host, hosted.model())) {
                throw ApiError.unauthorized(Received.HEADER + " is not signed for this host and model.");
            }
            if (ledger.state().offer(word.operator(), hosted.model()).isEmpty()) {
                return Optional.empty(); // it sells nothing, so its word pays nothing: not worth a file
            }
            served.keep(word);
            return Optional.of(word);
        } catch (MalformedException e) {
            throw ApiError.invalidValue(Received.HEADER, e.getMessage() + ".");
        }
    }

    private long length(Exchange exchange) throws IOException {
        long whole = hosted.sizeBytes();
        ByteRange range =
                exchange.header("Range").map(h -> ByteRange.parse(h, whole)).orElse(new ByteRange.Whole());
        return switch (range) {
            case ByteRange.Whole w -> exchange.method().equals("HEAD") ? 0 : whole;
            case ByteRange.Part part -> part.sizeBytes();
            case ByteRange.Unsatisfiable u -> 0;
        };
    }

    /** Whether the hosts' share of the operator's sales pays for what it was sent and these bytes. */
    private boolean isCovered(Received word, long bytes) {
        Amount share = ledger.state()
                .offer(word.operator(), hosted.model())
                .map(Offer::forHosts)
                .orElse(Amount.ZERO);
        long owed = word.bytes() - Claims.paid(ledger.state(), hosted.model(), host, word.operator()) + bytes;
        BigInteger price = BigInteger.valueOf(owed)
                .multiply(BigInteger.valueOf(
                        ledger.state().params().hosting().perGigabyte().micro()));
        BigInteger there = BigInteger.valueOf(share.micro()).multiply(BigInteger.valueOf(1_000_000_000));
        return price.signum() > 0 && price.compareTo(there) <= 0;
    }

    private synchronized boolean isFree(long bytes) {
        long day = 86_400_000_000_000L;
        if (System.nanoTime() - freeSince >= day) {
            freeSince = System.nanoTime();
            freeBytes = 0;
        }
        if (freeBytes + bytes > freeBytesPerDay) {
            return false;
        }
        freeBytes += bytes;
        return true;
    }
}
