package assay.bench.crash;

import assay.engine.infer.Model;
import assay.node.Node;
import java.nio.file.Path;

/** The process that is killed: a node, and one line that says where it answers. */
final class Child {
    static final String READY = "ready ";

    private Child() {}

    public static void main(String[] args) throws Exception {
        Subject subject = Subject.tiny(Path.of(args[0]));
        Node node = subject.start(Model.load(subject.file()));
        System.out.println(READY + node.uri() + " " + node.apiKey());
        System.out.flush();
        // Ends with the parent, which holds the other side of standard input.
        while (System.in.read() >= 0) {}
        node.close();
    }
}
