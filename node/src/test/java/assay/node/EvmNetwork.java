package assay.node;

import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real EVM (anvil) with a stock facilitator, both in processes of their own ({@code clients/evm.mjs}). */
final class EvmNetwork implements AutoCloseable {
    private final Process process;
    private final Field said;

    EvmNetwork(Path dir) throws Exception {
        Path log = dir.resolve("evm.log");
        Path own = Files.createDirectories(dir.resolve("evm"));
        process = Scripts.startNode(
                own,
                "node/src/test/clients/evm.mjs",
                Map.of(),
                Scripts.file("node/src/test/contracts/Payments.sol")
                        .toAbsolutePath()
                        .toString());
        said = await(own.resolve("script.log"), log);
    }

    private Field await(Path output, Path log) throws Exception {
        long end = System.nanoTime() + 300_000_000_000L;
        while (System.nanoTime() < end) {
            String text = Files.exists(output) ? Files.readString(output) : "";
            int line = text.indexOf('\n');
            if (line > 0 && text.startsWith("{")) {
                return Field.root(JsonText.parse(text.substring(0, line).getBytes(StandardCharsets.UTF_8), 4, 1 << 16));
            }
            if (!process.isAlive()) {
                throw new AssertionError("the EVM did not start: " + text);
            }
            Thread.sleep(50);
        }
        process.destroyForcibly();
        throw new AssertionError("the EVM did not start in time: " + log);
    }

    /** What {@code payments.json} says of this network. */
    String paymentsJson() throws Exception {
        return "{\"facilitator\":\"" + said.at("facilitator").string() + "\",\"network\":\""
                + said.at("network").string() + "\",\"asset\":\""
                + said.at("asset").string()
                + "\",\"name\":\"USDC\",\"version\":\"2\"}";
    }

    /** The secret of an account with 100 units of the token, which lets Permit2 take them. */
    String secret() throws Exception {
        return said.at("secret").string();
    }

    /** That account's key. */
    PrivateKey key() throws Exception {
        return PrivateKey.ofBytes(HexFormat.of().parseHex(secret().substring(2)));
    }

    /** The token. */
    Address asset() throws Exception {
        return Address.parse(said.at("asset").string());
    }

    /** What an account holds of the token. */
    long balance(Address of) throws Exception {
        String data = "0x70a08231000000000000000000000000" + HexFormat.of().formatHex(of.bytes());
        String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[{\"to\":\"" + asset()
                + "\",\"data\":\"" + data + "\"},\"latest\"]}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(said.at("rpc").string()))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        byte[] answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray())
                .body();
        String result =
                Field.root(JsonText.parse(answer, 8, 1 << 16)).at("result").string();
        return new BigInteger(result.substring(2), 16).longValueExact();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close(); // its children end with it
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroy();
        }
    }
}
