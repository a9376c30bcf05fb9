package assay.core.base;

/** Always-on assertions: a failure means that this program is wrong, and it stops. */
public final class Checks {
    private Checks() {}

    /** Throws {@link AssertionError} unless {@code holds}. */
    public static void that(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
