package assay.engine.store;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The user's own folders for this program: {@code data} is what must not be lost (wallets, receipts,
 * ledger), {@code cache} is what can be fetched or computed again (models, packed programs).
 *
 * <p>{@code ASSAY_HOME} puts both under one folder; otherwise the custom of the system holds: the
 * XDG Base Directory Specification 0.8 on Linux, {@code ~/Library} on macOS, {@code %LOCALAPPDATA%}
 * on Windows. {@code XDG_*} variables win on every system where they are set and absolute.
 */
public record Folders(Path data, Path cache) {

    /** The folders that this environment asks for; nothing is created. */
    public static Folders of(Environment env) {
        Optional<String> home = env.get("ASSAY_HOME");
        if (home.isPresent()) {
            Path root = env.expand(home.get()).toAbsolutePath().normalize();
            return new Folders(root, root.resolve("cache"));
        }
        return switch (env.os()) {
            case LINUX ->
                new Folders(
                        xdg(env, "XDG_DATA_HOME", env.home().resolve(".local/share")),
                        xdg(env, "XDG_CACHE_HOME", env.home().resolve(".cache")));
            case MAC ->
                new Folders(
                        xdg(env, "XDG_DATA_HOME", env.home().resolve("Library/Application Support")),
                        xdg(env, "XDG_CACHE_HOME", env.home().resolve("Library/Caches")));
            case WINDOWS -> windows(env);
        };
    }

    private static Folders windows(Environment env) {
        Path local = env.get("LOCALAPPDATA").map(Path::of).orElse(env.home().resolve("AppData/Local"));
        Path data = xdg(env, "XDG_DATA_HOME", local);
        Path cache = env.get("XDG_CACHE_HOME").isPresent()
                ? xdg(env, "XDG_CACHE_HOME", local)
                : local.resolve("assay/cache");
        return new Folders(data, cache);
    }

    private static Path xdg(Environment env, String variable, Path otherwise) {
        return env.get(variable)
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElse(otherwise)
                .resolve("assay");
    }
}
