package assay.engine.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where this user's pip looks for packages and how it gets there: the settings of pip 24 that matter
 * for fetching a wheel, from its configuration files and its environment variables.
 *
 * <p>Later wins, as in pip: machine-wide files, the user's file, the virtual environment's file,
 * {@code PIP_CONFIG_FILE}, then {@code PIP_*} variables; in a file, {@code [install]} over
 * {@code [global]}.
 *
 * @param pipsOwnIndex whether the index that pip uses by itself is asked first, since none is set
 * @param indexes addresses of simple indexes that are set, in the order in which they are asked
 * @param findLinks folders and pages that list wheels
 * @param certificates a file of PEM certificates to trust
 * @param proxy the proxy for everything
 * @param trustedHosts hosts that may be spoken to over plain http
 */
record PipSettings(
        boolean pipsOwnIndex,
        List<String> indexes,
        List<String> findLinks,
        Optional<Path> certificates,
        Optional<String> proxy,
        List<String> trustedHosts) {

    private static final int CONFIG_BYTES_MAX = 1 << 20;

    PipSettings {
        indexes = List.copyOf(indexes);
        findLinks = List.copyOf(findLinks);
        trustedHosts = List.copyOf(trustedHosts);
    }

    /** The settings that pip would use in this environment. */
    static PipSettings of(Environment env) throws IOException {
        SortedMap<String, String> options = new TreeMap<>();
        if (!env.get("PIP_CONFIG_FILE").equals(Optional.of(env.os() == Environment.Os.WINDOWS ? "nul" : "/dev/null"))) {
            for (Path file : configFiles(env)) {
                if (Files.isReadable(file) && Files.isRegularFile(file)) {
                    readFile(file, options);
                }
            }
        }
        env.variables().forEach((name, value) -> {
            if (name.startsWith("PIP_") && !value.isBlank()) {
                options.put(name.substring(4).toLowerCase(Locale.ROOT).replace('_', '-'), value);
            }
        });
        return ofOptions(options, env);
    }

    private static PipSettings ofOptions(SortedMap<String, String> options, Environment env) {
        List<String> indexes = new ArrayList<>();
        boolean any = !isTrue(options.getOrDefault("no-index", "0"));
        String index = options.getOrDefault("index-url", "").strip();
        if (any) {
            indexes.addAll(words(index));
            indexes.addAll(words(options.getOrDefault("extra-index-url", "")));
        }
        return new PipSettings(
                any && index.isEmpty(),
                indexes,
                words(options.getOrDefault("find-links", "")),
                Optional.ofNullable(options.get("cert")).map(String::strip).map(env::expand),
                Optional.ofNullable(options.get("proxy")).map(String::strip),
                words(options.getOrDefault("trusted-host", "")));
    }

    private static List<Path> configFiles(Environment env) {
        List<Path> files = new ArrayList<>();
        Path home = env.home();
        switch (env.os()) {
            case LINUX -> {
                String dirs = env.get("XDG_CONFIG_DIRS").orElse("/etc/xdg");
                for (String dir : dirs.split(":", -1)) {
                    if (!dir.isBlank()) {
                        files.add(Path.of(dir, "pip", "pip.conf"));
                    }
                }
                files.add(Path.of("/etc/pip.conf"));
                files.add(home.resolve(".pip/pip.conf"));
                files.add(env.get("XDG_CONFIG_HOME")
                        .map(Path::of)
                        .orElse(home.resolve(".config"))
                        .resolve("pip/pip.conf"));
            }
            case MAC -> {
                files.add(Path.of("/Library/Application Support/pip/pip.conf"));
                files.add(home.resolve(".pip/pip.conf"));
                files.add(home.resolve(".config/pip/pip.conf"));
                files.add(home.resolve("Library/Application Support/pip/pip.conf"));
            }
            case WINDOWS -> {
                files.add(Path.of(env.get("PROGRAMDATA").orElse("C:\\ProgramData"), "pip", "pip.ini"));
                files.add(home.resolve("pip/pip.ini"));
                env.get("APPDATA").ifPresent(dir -> files.add(Path.of(dir, "pip", "pip.ini")));
            }
        }
        String name = env.os() == Environment.Os.WINDOWS ? "pip.ini" : "pip.conf";
        env.get("VIRTUAL_ENV").ifPresent(dir -> files.add(Path.of(dir, name)));
        env.get("PIP_CONFIG_FILE").ifPresent(file -> files.add(env.expand(file)));
        return files;
    }

    /** An INI file as Python's configparser reads it: {@code key = value}, indented lines continue. */
    private static void readFile(Path file, SortedMap<String, String> options) throws IOException {
        if (Files.size(file) > CONFIG_BYTES_MAX) {
            throw new PullException(
                    "pip's settings in " + file + " are larger than " + CONFIG_BYTES_MAX + " bytes", "");
        }
        SortedMap<String, String> global = new TreeMap<>();
        SortedMap<String, String> install = new TreeMap<>();
        SortedMap<String, String> section = new TreeMap<>();
        String key = "";
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        for (String line : text.split("\\R", -1)) {
            String bare = line.strip();
            if (bare.isEmpty() || bare.startsWith("#") || bare.startsWith(";")) {
                continue;
            }
            if (bare.startsWith("[") && bare.endsWith("]")) {
                String name = bare.substring(1, bare.length() - 1);
                section = name.equals("global") ? global : name.equals("install") ? install : new TreeMap<>();
                key = "";
            } else if (Character.isWhitespace(line.charAt(0)) && !key.isEmpty()) {
                section.merge(key, bare, (a, b) -> a + "\n" + b);
            } else {
                int at = firstOf(bare, '=', ':');
                key = at < 0
                        ? ""
                        : bare.substring(0, at).strip().toLowerCase(Locale.ROOT).replace('_', '-');
                if (!key.isEmpty()) {
                    section.put(key, bare.substring(at + 1).strip());
                }
            }
        }
        options.putAll(global);
        options.putAll(install);
    }

    private static int firstOf(String text, char a, char b) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == a || text.charAt(i) == b) {
                return i;
            }
        }
        return -1;
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
    }

    private static boolean isTrue(String value) {
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "1", "true", "yes", "on", "y", "t" -> true;
            default -> false;
        };
    }
}
