package assay.node.consensus;

import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HexFormat;

/** CometBFT's RPC, as far as the tests ask it. */
record Rpc(String url) {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** The {@code result} of a call. */
    Field get(String call) throws IOException, InterruptedException, assay.core.base.MalformedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/" + call))
                .timeout(Duration.ofSeconds(60))
                .build();
        byte[] body =
                CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
        Field root = Field.root(JsonText.parse(body, 64, 1 << 24));
        if (root.find("result").isEmpty()) {
            throw new IOException(new String(body, java.nio.charset.StandardCharsets.UTF_8));
        }
        return root.at("result");
    }

    /** The last block's height, or -1 while nobody answers. */
    long height() throws InterruptedException {
        try {
            return Long.parseLong(
                    get("status").at("sync_info").at("latest_block_height").string());
        } catch (IOException | assay.core.base.MalformedException notYet) {
            return -1;
        }
    }

    /** The application hash after block {@code height}, which the next block's header has. */
    String rootAfter(long height) throws Exception {
        return get("block?height=" + (height + 1))
                .at("block")
                .at("header")
                .at("app_hash")
                .string();
    }

    /** Sends a transaction; true when it waits for a block. */
    boolean send(byte[] transaction) throws InterruptedException {
        try {
            return get("broadcast_tx_sync?tx=0x" + HexFormat.of().formatHex(transaction))
                            .at("code")
                            .integer(0, 1 << 30)
                    == 0;
        } catch (IOException | assay.core.base.MalformedException notNow) {
            return false;
        }
    }
}
