package assay.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * Gives the process its own standard error back.
 *
 * <p>Java prints a warning about the incubating Vector API while it starts, and has no switch against
 * it. The launcher therefore starts Java with a filter as standard error and the real one under
 * another number, which takes its place here, before anything of ours is printed. If that cannot be
 * done the filter stays: all that is lost is that bars do not move.
 */
final class StandardError {
    private StandardError() {}

    /** Does nothing unless the launcher set {@code assay.stderr} to the number of the real one. */
    @SuppressWarnings("restricted") // dup2 is called as POSIX declares it; there is no other way to it
    static void restore() {
        String number = System.getProperty("assay.stderr", "");
        if (!number.matches("[3-9]")) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("dup2").ifPresent(dup2 -> {
            var type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            try {
                int result = (int) linker.downcallHandle(dup2, type).invokeExact(Integer.parseInt(number), 2);
                if (result != 2) {
                    System.setProperty("assay.terminals", "");
                }
            } catch (Throwable e) { // what a method handle declares; the filter stays
                System.setProperty("assay.terminals", "");
            }
        });
    }
}
