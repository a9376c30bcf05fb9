package assay.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code assay completion}: a script with which bash and zsh complete this command. */
@Command(
        name = "completion",
        header = "Print a completion script for bash and zsh.",
        footerHeading = "%nExamples:%n",
        footer = {"  source <(./assay completion)", "  ./assay completion >> ~/.bash_completion"})
final class Completion implements Callable<Integer> {
    private final Assay assay;

    @Spec
    private @Nullable CommandSpec spec;

    Completion(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() {
        if (spec != null) {
            assay.screen().out().print(AutoComplete.bash("assay", spec.root().commandLine()));
        }
        return Exit.OK;
    }
}
