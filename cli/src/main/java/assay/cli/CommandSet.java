package assay.cli;

import java.util.List;

/**
 * Commands that a module above this one adds to {@code assay}; found through {@link
 * java.util.ServiceLoader}, so that no arrow points upwards.
 */
public interface CommandSet {
    /** The commands, as objects with picocli's annotations. */
    List<Object> commands(Assay assay);
}
