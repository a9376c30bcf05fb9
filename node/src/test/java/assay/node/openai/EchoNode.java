package assay.node.openai;

import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import assay.node.metrics.Metrics;
import java.io.IOException;

/** The echo service on a port (first argument), to try clients and loads by hand. */
final class EchoNode {
    private EchoNode() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Router router = new Router();
        OpenAi.route(router, new FakeChatService(), new Metrics(), OpenAiOptions.of(null));
        try (WebServer server = WebServer.start(WebOptions.loopback(Integer.parseInt(args[0])), router)) {
            System.out.println(server.uri());
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
