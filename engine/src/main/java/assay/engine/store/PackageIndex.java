package assay.engine.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds a project's wheels where pip would: in simple indexes (PEP 503, PEP 691) and link folders. */
final class PackageIndex {
    private static final int PAGE_BYTES_MAX = 32 << 20;
    private static final String ACCEPT =
            "application/vnd.pypi.simple.v1+json, " + "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";
    private static final Pattern ANCHOR = Pattern.compile("<a\\s([^>]{0,8192})>", Pattern.CASE_INSENSITIVE);
    private static final Pattern HREF =
            Pattern.compile("\\bhref\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')", Pattern.CASE_INSENSITIVE);
    private static final Pattern WHEEL =
            Pattern.compile("([A-Za-z0-9._]+)-([A-Za-z0-9.!+_]+)(?:-\\d[^-]*)?-[^-]+-[^-]+-[^-]+\\.whl");

    private final Network network;
    private final PipSettings settings;
    private final Environment env;

    /** A wheel on offer: an https address or a file of this machine. */
    record Wheel(String project, String fileName, String version, URI uri, Optional<Hash> digest) {
        /** The file, if the wheel lies on this machine. */
        Optional<Path> local() {
            return "file".equals(uri.getScheme()) ? Optional.of(Path.of(uri)) : Optional.empty();
        }
    }

    /** An address and, where the page states it, the digest of what is there. */
    private record Link(String fileName, String address, Optional<Hash> digest) {}

    PackageIndex(Network network, PipSettings settings, Environment env) {
        this.network = network;
        this.settings = settings;
        this.env = env;
    }

    /**
     * The wheel of this version (of the newest one if empty), link folders before indexes. A wheel
     * whose stated digest is not the pinned one is passed over.
     */
    Wheel find(Source.Pypi wanted, Optional<Hash> pinned) throws IOException {
        List<Wheel> all = new ArrayList<>();
        List<IOException> troubles = new ArrayList<>();
        for (String place : settings.findLinks()) {
            collect(() -> wheels(findLinks(place), wanted), all, troubles);
        }
        for (Index index : indexes()) {
            if (pinned.isPresent() && all.stream().anyMatch(w -> fits(w, wanted, pinned))) {
                break; // the digest says that it is the same wheel, wherever it lies
            }
            collect(() -> wheels(project(index.address(), wanted.project()), wanted), all, troubles);
        }
        Optional<Wheel> best =
                all.stream().filter(w -> fits(w, wanted, pinned)).max((a, b) -> Versions.compare(a.version, b.version));
        if (best.isPresent()) {
            return best.get();
        }
        if (!troubles.isEmpty()) {
            throw troubles.getLast() instanceof PullException said
                    ? said
                    : new PullException(
                            String.valueOf(troubles.getLast().getMessage()),
                            "check the network and pip's index settings (pip config list)");
        }
        throw new PullException(
                all.isEmpty()
                        ? "no index has a wheel of " + wanted.text()
                        : "the indexes have " + all.size() + " wheels of " + wanted.project()
                                + ", none is the one wanted ("
                                + wanted.version().orElse("a release") + ")",
                "asked: " + asked());
    }

    private String asked() {
        Stream<String> own = settings.pipsOwnIndex() ? Stream.of("pip's own index") : Stream.of();
        return Stream.concat(own, Stream.concat(settings.findLinks().stream(), settings.indexes().stream()))
                .map(PackageIndex::withoutLogin)
                .collect(Collectors.joining(", "));
    }

    /** An index whose address may have to be found out. */
    private interface Index {
        String address() throws IOException;
    }

    private List<Index> indexes() {
        List<Index> all = new ArrayList<>();
        if (settings.pipsOwnIndex()) {
            all.add(() -> Pip.defaultIndex(env));
        }
        settings.indexes().forEach(address -> all.add(() -> address));
        return all;
    }

    private interface Listing {
        List<Wheel> get() throws IOException;
    }

    /** One index that is down must not hide another one that has the wheel. */
    private static void collect(Listing listing, List<Wheel> into, List<IOException> troubles) {
        try {
            into.addAll(listing.get());
        } catch (IOException e) {
            troubles.add(e);
        }
    }

    private static boolean fits(Wheel wheel, Source.Pypi wanted, Optional<Hash> pinned) {
        boolean version = wanted.version().isEmpty()
                ? Versions.isRelease(wheel.version)
                : Versions.compare(wheel.version, wanted.version().get()) == 0;
        return version && (pinned.isEmpty() || wheel.digest.isEmpty() || wheel.digest.equals(pinned));
    }

    private List<Wheel> wheels(List<Link> links, Source.Pypi wanted) throws PullException {
        List<Wheel> out = new ArrayList<>();
        for (Link link : links) {
            Matcher m = WHEEL.matcher(link.fileName);
            if (m.matches() && Source.normalProject(m.group(1)).equals(wanted.project())) {
                out.add(new Wheel(wanted.project(), link.fileName, m.group(2), uri(link.address), link.digest));
            }
        }
        return out;
    }

    /** A folder or a page of links, as {@code --find-links} names it. */
    private List<Link> findLinks(String place) throws IOException {
        if (place.startsWith("http://") || place.startsWith("https://")) {
            URI page = uri(place);
            return html(new String(page(page, "text/html").bytes(), StandardCharsets.UTF_8), page);
        }
        Path path = place.startsWith("file:") ? Path.of(uri(place)) : env.expand(place);
        if (Files.isRegularFile(path)) {
            return html(Files.readString(path, StandardCharsets.UTF_8), path.toUri());
        }
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.sorted()
                    .map(f ->
                            new Link(String.valueOf(f.getFileName()), f.toUri().toString(), Optional.empty()))
                    .toList();
        }
    }

    private List<Link> project(String index, String project) throws IOException {
        URI uri = uri(index.replaceFirst("/+$", "") + "/" + project + "/");
        Page page = page(uri, ACCEPT);
        if (page.bytes.length == 0) {
            return List.of();
        }
        return page.type.contains("json")
                ? json(page.bytes, page.uri)
                : html(new String(page.bytes, StandardCharsets.UTF_8), page.uri);
    }

    private record Page(URI uri, String type, byte[] bytes) {}

    /** The page; empty if the index does not know the project. */
    private Page page(URI uri, String accept) throws IOException {
        try (Network.Reply reply = network.get(uri, Map.of("Accept", accept))) {
            if (reply.status() == 404) {
                return new Page(uri, "", new byte[0]);
            }
            if (reply.status() != 200) {
                throw new IOException("the index " + Network.withoutLogin(uri) + " answered " + reply.status());
            }
            byte[] bytes = reply.body().readNBytes(PAGE_BYTES_MAX + 1);
            if (bytes.length > PAGE_BYTES_MAX) {
                throw new IOException("the index page " + Network.withoutLogin(uri) + " is too long");
            }
            URI base = keepLogin(uri, reply.uri());
            return new Page(base, reply.header("content-type").orElse("").toLowerCase(Locale.ROOT), bytes);
        }
    }

    /** Files on the index's own host are fetched with the login of the index, as pip does. */
    private static URI keepLogin(URI asked, URI answered) {
        boolean same = asked.getRawUserInfo() != null
                && asked.getScheme().equals(answered.getScheme())
                && String.valueOf(asked.getHost()).equals(answered.getHost())
                && asked.getPort() == answered.getPort();
        return same && answered.getRawUserInfo() == null
                ? URI.create(answered.toString()
                        .replaceFirst("://", "://" + Matcher.quoteReplacement(asked.getRawUserInfo()) + "@"))
                : answered;
    }

    /** PEP 691: {@code {"files": [{"filename", "url", "hashes": {"sha256"}, "yanked"}]}}. */
    private static List<Link> json(byte[] bytes, URI base) throws IOException {
        List<Link> out = new ArrayList<>();
        try {
            if (JsonText.parse(bytes, 32, PAGE_BYTES_MAX) instanceof Json.Obj(var page)
                    && page.get("files") instanceof Json.Arr(var files)) {
                for (Json item : files) {
                    if (item instanceof Json.Obj(var file)
                            && file.get("filename") instanceof Json.Str(var name)
                            && file.get("url") instanceof Json.Str(var url)) {
                        Optional<Hash> digest = file.get("hashes") instanceof Json.Obj(var hashes)
                                        && hashes.get("sha256") instanceof Json.Str(var hex)
                                ? Optional.of(Hash.ofHex(hex.toLowerCase(Locale.ROOT)))
                                : Optional.empty();
                        out.add(new Link(name, absolute(base, url), digest));
                    }
                }
            }
        } catch (MalformedException e) {
            throw new IOException("the index page " + Network.withoutLogin(base) + " is damaged: " + e.getMessage(), e);
        }
        return out;
    }

    /** PEP 503: one anchor per file, its digest in the fragment. */
    private static List<Link> html(String page, URI base) throws IOException {
        List<Link> out = new ArrayList<>();
        Matcher anchors = ANCHOR.matcher(page);
        while (anchors.find()) {
            Matcher href = HREF.matcher(anchors.group(1));
            if (!href.find()) {
                continue;
            }
            String address = unescape(href.group(1) != null ? href.group(1) : href.group(2))
                    .strip();
            int hash = address.indexOf('#');
            String bare = hash < 0 ? address : address.substring(0, hash);
            Optional<Hash> digest = hash < 0 ? Optional.empty() : Source.digestOfFragment(address.substring(hash + 1));
            String path = bare.replaceFirst("\\?.*", "");
            String name = path.substring(path.lastIndexOf('/') + 1)
                    .replace("%2B", "+")
                    .replace("%2b", "+");
            if (name.endsWith(".whl")) {
                out.add(new Link(name, absolute(base, bare), digest));
            }
        }
        return out;
    }

    private static String unescape(String html) {
        return html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private static String absolute(URI base, String address) throws IOException {
        try {
            URI resolved = base.resolve(address.replace(" ", "%20"));
            return keepLogin(base, resolved).toString();
        } catch (IllegalArgumentException e) {
            throw new IOException("the index links to something that is not an address", e);
        }
    }

    private static URI uri(String text) throws PullException {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new PullException(
                    "'" + withoutLogin(text) + "' is not an address", "check pip's index settings (pip config list)");
        }
    }

    private static String withoutLogin(String address) {
        return address.replaceFirst("://[^/@]*@", "://");
    }
}
