package assay.engine.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * One file fetched over HTTP, resumed where an earlier try stopped (RFC 9110, sections 13 and 14).
 *
 * <p>The bytes gather in {@code PART}; beside it lies what they belong to: address, validator and
 * full size. A continued file is asked for with If-Range, so that a changed file comes whole; where
 * the digest is known beforehand that is not needed, and a digest that does not fit after a resume
 * costs one fresh start.
 */
final class Download {
    private static final int TRIES = 5;
    private static final int BUFFER_BYTES = 1 << 18;

    private final Network network;
    private final Wanted wanted;
    private final Path part;
    private final Path notes;
    private final Progress progress;
    private final Pace pace;

    /**
     * What is to be fetched.
     *
     * @param what for a person
     * @param digest what the bytes must hash to, if known
     * @param sizeBytesMax more than this is refused
     */
    record Wanted(String what, URI uri, Map<String, String> headers, Optional<Hash> digest, long sizeBytesMax) {}

    /** How patient we are; tests are less so. */
    record Pace(long stallMillis, long firstPauseMillis) {
        static final Pace USUAL = new Pace(60_000, 250);
    }

    /** What arrived in {@code PART}. */
    record Fetched(Hash digest, long sizeBytes) {}

    /** What the bytes in {@code PART} belong to. */
    private record Notes(String uri, String validator, long totalBytes) {
        static final Notes NONE = new Notes("", "", -1);
    }

    /** The bytes so far are of no use. */
    private static final class StartAgain extends IOException {
        private static final long serialVersionUID = 1;

        StartAgain(String why) {
            super(why);
        }
    }

    Download(Network network, Wanted wanted, Path part, Progress progress, Pace pace) {
        this.network = network;
        this.wanted = wanted;
        this.part = part;
        this.notes = part.resolveSibling(part.getFileName() + ".json");
        this.progress = progress;
        this.pace = pace;
    }

    /** Fetches until {@code PART} is whole and its digest fits; removes it if the digest is wrong. */
    Fetched run() throws IOException {
        int freshStarts = 0;
        int failures = 0;
        while (true) {
            long before = Files.exists(part) ? Files.size(part) : 0;
            try {
                return attempt();
            } catch (PullException e) {
                throw e;
            } catch (StartAgain e) {
                discard();
                if (++freshStarts > 2) {
                    throw new PullException(
                            "downloading " + wanted.what + " failed: " + e.getMessage(), "try again later");
                }
            } catch (IOException e) {
                long after = Files.exists(part) ? Files.size(part) : 0;
                failures = after > before ? 1 : failures + 1;
                if (failures >= TRIES || Thread.currentThread().isInterrupted()) {
                    throw new PullException(
                            "downloading " + wanted.what + " failed: " + reason(e),
                            after > 0
                                    ? "run the same command again: it goes on from " + Sizes.text(after)
                                    : "check the network and the proxy settings, then try again");
                }
                pause(pace.firstPauseMillis << (failures - 1));
            }
        }
    }

    /** Forgets what was fetched so far. */
    void discard() throws IOException {
        Files.deleteIfExists(part);
        Files.deleteIfExists(notes);
    }

    private Fetched attempt() throws IOException {
        Files.createDirectories(Durable.parent(part));
        Notes known = readNotes();
        boolean resumable =
                wanted.digest.isPresent() || known.uri.equals(wanted.uri.toString()) && !known.validator.isEmpty();
        long have = Files.exists(part) ? Files.size(part) : 0;
        if (have == 0 || !resumable) {
            discard();
            have = 0;
        }
        if (have > 0 && have == known.totalBytes && wanted.digest.isPresent()) {
            return checked(digestOf(have), have, wanted.digest, have);
        }
        Map<String, String> headers = new TreeMap<>(wanted.headers);
        headers.put("Accept-Encoding", "identity");
        if (have > 0) {
            headers.put("Range", "bytes=" + have + "-");
            if (wanted.digest.isEmpty()) {
                headers.put("If-Range", known.validator);
            }
        }
        try (Network.Reply reply = network.get(wanted.uri, headers)) {
            return receive(reply, have);
        }
    }

    private Fetched receive(Network.Reply reply, long have) throws IOException {
        switch (reply.status()) {
            case 200 -> {
                long total = length(reply).orElse(-1);
                return store(reply, 0, total);
            }
            case 206 -> {
                ContentRange range =
                        ContentRange.parse(reply.header("content-range").orElse(""));
                if (range.first() != have || range.total() < have) {
                    throw new StartAgain("the server continued at the wrong place");
                }
                return store(reply, have, range.total());
            }
            case 416 -> throw new StartAgain("the server has fewer bytes than we");
            case 408, 429, 500, 502, 503, 504 ->
                throw new IOException(reply.uri().getHost() + " answered " + reply.status());
            case 401, 403 ->
                throw new PullException(
                        reply.uri().getHost() + " refuses access to " + wanted.what + " (status " + reply.status()
                                + ")",
                        "a gated model on the hub needs HF_TOKEN; a private index needs a login in its address");
            case 404, 410 ->
                throw new PullException(
                        wanted.what + " is not there: " + Network.withoutLogin(reply.uri()), "check the name");
            default ->
                throw new PullException(
                        reply.uri().getHost() + " answered " + reply.status() + " for " + wanted.what, "");
        }
    }

    /** Appends the body to the first {@code have} bytes of {@code PART}. */
    private Fetched store(Network.Reply reply, long have, long total) throws IOException {
        Optional<Hash> expected = wanted.digest.or(() -> linkedDigest(reply));
        if (total > wanted.sizeBytesMax) {
            throw new PullException(
                    wanted.what + " is " + Sizes.text(total) + ", at most " + Sizes.text(wanted.sizeBytesMax)
                            + " expected",
                    "");
        }
        Durable.needSpace(Durable.parent(part), Math.max(0, total - have));
        MessageDigest digest = have == 0 ? Hash.newSha256() : digestOf(have);
        writeNotes(new Notes(wanted.uri.toString(), validator(reply), total));
        progress.start("downloading " + wanted.what, total, have);
        try {
            long size = copy(reply.body(), have, total, digest);
            return checked(digest, size, expected, have);
        } finally {
            progress.finish();
        }
    }

    private long copy(InputStream body, long have, long total, MessageDigest digest) throws IOException {
        long limit = total < 0 ? wanted.sizeBytesMax : total;
        byte[] buffer = new byte[BUFFER_BYTES];
        long size = have;
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                StallWatch watch = new StallWatch(body, pace.stallMillis)) {
            out.truncate(have);
            out.position(have);
            for (int n; (n = body.read(buffer)) >= 0; ) {
                if (n > limit - size) {
                    throw new StartAgain("more bytes came than the " + limit + " announced");
                }
                writeFully(out, ByteBuffer.wrap(buffer, 0, n));
                digest.update(buffer, 0, n);
                size += n;
                watch.moved();
                progress.at(size);
            }
        }
        if (total >= 0 && size != total) {
            throw new IOException("the connection ended at " + Sizes.text(size) + " of " + Sizes.text(total));
        }
        return size;
    }

    private Fetched checked(MessageDigest digest, long size, Optional<Hash> expected, long resumedFrom)
            throws IOException {
        Hash got = Hash.ofBytes(digest.digest());
        if (expected.isPresent() && !expected.get().equals(got)) {
            if (resumedFrom > 0) {
                throw new StartAgain("the parts do not fit together");
            }
            discard();
            throw new PullException(
                    wanted.what + " has the wrong digest: expected " + expected.get() + ", got " + got,
                    "the file was damaged or replaced on the way; it was removed here");
        }
        Files.deleteIfExists(notes);
        return new Fetched(got, size);
    }

    private MessageDigest digestOf(long bytes) throws IOException {
        MessageDigest digest = Hash.newSha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        long left = bytes;
        try (InputStream in = Files.newInputStream(part)) {
            while (left > 0) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw new StartAgain("the file shrank while it was read");
                }
                digest.update(buffer, 0, n);
                left -= n;
            }
        }
        return digest;
    }

    /** The digest that a hub states for a file in its large-file store. */
    private static Optional<Hash> linkedDigest(Network.Reply reply) {
        return reply.headerOnTheWay("x-linked-etag").flatMap(tag -> {
            try {
                return Optional.of(Hash.ofHex(tag.replace("\"", "")));
            } catch (MalformedException e) {
                return Optional.empty(); // a small file's tag is a git object id, not a SHA-256
            }
        });
    }

    private static String validator(Network.Reply reply) {
        return reply.header("etag")
                .filter(tag -> !tag.startsWith("W/"))
                .or(() -> reply.header("last-modified"))
                .orElse("");
    }

    private static OptionalLong length(Network.Reply reply) {
        String text = reply.header("content-length").orElse("");
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private Notes readNotes() throws IOException {
        if (!Files.exists(notes) || Files.size(notes) > 1 << 16) {
            return Notes.NONE;
        }
        try {
            if (JsonText.parse(Files.readAllBytes(notes), 4, 1 << 16) instanceof Json.Obj(var m)
                    && m.get("uri") instanceof Json.Str(var uri)
                    && m.get("validator") instanceof Json.Str(var validator)
                    && m.get("totalBytes") instanceof Json.Num(var total)
                    && total.matches("-1|\\d{1,18}")) {
                return new Notes(uri, validator, Long.parseLong(total));
            }
        } catch (MalformedException e) {
            return Notes.NONE; // half-written notes: the bytes beside them are fetched again
        }
        return Notes.NONE;
    }

    private void writeNotes(Notes now) throws IOException {
        LinkedHashMap<String, Json> members = new LinkedHashMap<>();
        members.put("uri", new Json.Str(now.uri));
        members.put("validator", new Json.Str(now.validator));
        members.put("totalBytes", new Json.Num(Long.toString(now.totalBytes)));
        Files.write(notes, JsonText.writeBytes(new Json.Obj(members)));
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? "the connection broke" : e.getMessage();
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** {@code Content-Range: bytes FIRST-LAST/TOTAL}; all -1 if it is anything else. */
    private record ContentRange(long first, long total) {
        static ContentRange parse(String header) {
            var m = java.util.regex.Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})")
                    .matcher(header);
            return m.matches()
                    ? new ContentRange(Long.parseLong(m.group(1)), Long.parseLong(m.group(3)))
                    : new ContentRange(-1, -1);
        }
    }
}
