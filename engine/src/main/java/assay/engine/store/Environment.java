package assay.engine.store;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the surroundings of the process say: its environment variables, the user's home folder and
 * the kind of operating system. A value, so that tests can make their own.
 */
public record Environment(SortedMap<String, String> variables, Path home, Os os) {
    /** The three families whose customs for folders differ. */
    public enum Os {
        LINUX,
        MAC,
        WINDOWS
    }

    public Environment {
        variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    }

    /** The surroundings of this process. */
    public static Environment ofProcess() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        Os os = name.startsWith("mac") ? Os.MAC : name.startsWith("windows") ? Os.WINDOWS : Os.LINUX;
        Path account = Path.of(System.getProperty("user.home", "/"));
        return of(System.getenv(), home(System.getenv("HOME"), account, os), os);
    }

    /** What {@code HOME} says, as every shell has it; Java itself asks the account's entry. */
    private static Path home(@Nullable String variable, Path account, Os os) {
        boolean usable = os != Os.WINDOWS && variable != null && variable.startsWith("/");
        return usable ? Path.of(variable) : account;
    }

    /** These variables, in their own order. */
    public static Environment of(Map<String, String> variables, Path home, Os os) {
        return new Environment(new TreeMap<>(variables), home, os);
    }

    /** The variable's value; a variable that is set to nothing counts as not set. */
    public Optional<String> get(String name) {
        return Optional.ofNullable(variables.get(name)).filter(v -> !v.isBlank());
    }

    /** The first of these variables that is set. */
    Optional<String> first(String... names) {
        for (String name : names) {
            Optional<String> value = get(name);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    /** {@code ~} and {@code ~/x} as a shell would read them. */
    Path expand(String path) {
        if (path.equals("~")) {
            return home;
        }
        return path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
    }
}
