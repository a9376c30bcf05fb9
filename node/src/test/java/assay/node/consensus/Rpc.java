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
    private static final int TRIES = 300;
    private static final long PAUSE_MILLIS = 200;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** The {@code result} of a call; one that goes unanswered is repeated for a while, since programs are being killed. */
    Field get(String call) throws IOException, InterruptedException, assay.core.base.MalformedException {
        for (int i = 1; ; i++) {
            try {
                return once(call);
            } catch (IOException e) {
                if (i == TRIES) {
                    throw e;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private Field once(String call) throws IOException, InterruptedException, assay.core.base.MalformedException {
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
            return height(once("status"));
        } catch (IOException | assay.core.base.MalformedException notYet) {
            return -1;
        }
    }

    /** The last block's height, as soon as somebody answers. */
    long heightSoon() throws IOException, InterruptedException, assay.core.base.MalformedException {
        return height(get("status"));
    }

    private static long height(Field status) throws assay.core.base.MalformedException {
        return Long.parseLong(status.at("sync_info").at("latest_block_height").string());
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
            return once("broadcast_tx_sync?tx=0x" + HexFormat.of().formatHex(transaction))
                            .at("code")
                            .integer(0, 1 << 30)
                    == 0;
        } catch (IOException | assay.core.base.MalformedException notNow) {
            return String.valueOf(notNow.getMessage()).contains("already exists");
        }
    }
}
