package assay.cli;

import assay.engine.store.Environment;

/** The program. */
public final class Main {
    private Main() {}

    /** Runs one command; the launcher script starts this. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        StandardError.restore();
        Environment environment = Environment.ofProcess();
        return Assay.run(Screen.ofProcess(environment.variables()), environment, arguments);
    }
}
