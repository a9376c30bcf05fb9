package assay.cli;

import assay.node.http.Exchange;
import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Stands between a proxy and a real node and changes what the node answers to a paid request. */
final class LyingNode implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI real;
    private final UnaryOperator<String> lie;
    private final WebServer web;

    LyingNode(URI real, UnaryOperator<String> lie) throws IOException {
        this.real = real;
        this.lie = lie;
        Router router = new Router();
        router.on("POST", "/v1/chat/completions", this::chat).on("GET", "/{rest*}", this::get);
        web = WebServer.start(WebOptions.loopback(0), router);
    }

    URI uri() {
        return web.uri();
    }

    private void chat(Exchange exchange) throws IOException, InterruptedException, assay.node.http.ApiError {
        HttpRequest.Builder request = HttpRequest.newBuilder(real.resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(exchange.jsonBody()));
        exchange.header("PAYMENT-SIGNATURE").ifPresent(p -> request.header("PAYMENT-SIGNATURE", p));
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        answer.headers().firstValue("PAYMENT-REQUIRED").ifPresent(v -> exchange.setHeader("PAYMENT-REQUIRED", v));
        String body = answer.statusCode() == 200 ? lie.apply(answer.body()) : answer.body();
        String type = answer.headers().firstValue("Content-Type").orElseThrow();
        try (OutputStream out = exchange.stream(answer.statusCode(), type)) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void get(Exchange exchange) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(real.resolve(exchange.path()));
        exchange.header("PAYMENT-SIGNATURE").ifPresent(p -> request.header("PAYMENT-SIGNATURE", p));
        HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        exchange.send(
                answer.statusCode(), answer.headers().firstValue("Content-Type").orElseThrow(), answer.body());
    }

    @Override
    public void close() {
        web.close();
        http.close();
    }
}
