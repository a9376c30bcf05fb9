package assay.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this program. */
public final class Version implements IVersionProvider {
    /** The release. */
    public static final String TEXT = "0.1.0";

    @Override
    public String[] getVersion() {
        return new String[] {"assay " + TEXT + " (Java " + Runtime.version() + ")"};
    }
}
