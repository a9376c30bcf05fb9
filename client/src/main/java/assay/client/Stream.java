package assay.client;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.receipt.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a streamed answer: server-sent events of OpenAI's chunks, the receipt named in the last. */
final class Stream {
    private static final int LINE_MAX_CHARS = 4 << 20;

    /**
     * What a stream came to.
     *
     * @param receipt the node's words about the receipt
     */
    record End(String text, String finish, Usage usage, Field receipt) {}

    private final Consumer<String> onText;
    private final StringBuilder text = new StringBuilder();
    private String finish = "";
    private Optional<Usage> usage = Optional.empty();
    private Optional<Field> receipt = Optional.empty();

    private Stream(Consumer<String> onText) {
        this.onText = onText;
    }

    /** Reads to the end, telling each piece of text as it comes. */
    static End read(InputStream in, Consumer<String> onText) throws IOException, MalformedException {
        Stream stream = new Stream(onText);
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        String line;
        while ((line = line(lines)) != null) {
            if (line.equals("data: [DONE]")) {
                return stream.end();
            }
            if (line.startsWith("data: ")) {
                stream.chunk(Wire.json(line.substring(6).getBytes(StandardCharsets.UTF_8), LINE_MAX_CHARS * 4));
            }
        }
        throw new ClientException(0, "cut_off", "the answer broke off: the node or the connection went away");
    }

    private static @Nullable String line(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0 && c != '\n') {
            if (line.length() >= LINE_MAX_CHARS) {
                throw new ClientException(0, "too_long", "the node sent a line of more than 4 million characters");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return c < 0 && line.isEmpty() ? null : line.toString();
    }

    private void chunk(Field chunk) throws IOException, MalformedException {
        if (chunk.find("error").isPresent()) {
            Field error = chunk.at("error");
            throw new ClientException(
                    0, error.at("code").string(), error.at("message").string());
        }
        for (Field choice : chunk.at("choices").items(8)) {
            Field delta = choice.at("delta");
            Optional<Field> content = delta.find("content");
            if (content.isPresent() && !content.get().string().isEmpty()) {
                text.append(content.get().string());
                onText.accept(content.get().string());
            }
            Optional<Field> reason = choice.find("finish_reason");
            if (reason.isPresent()) {
                finish = reason.get().string(32);
            }
        }
        Optional<Field> counted = chunk.find("usage").filter(u -> u.value() instanceof Json.Obj);
        if (counted.isPresent()) {
            usage = Optional.of(usage(counted.get()));
        }
        Optional<Field> named = chunk.find("assay");
        if (named.isPresent()) {
            receipt = named;
        }
    }

    private static Usage usage(Field json) throws MalformedException {
        int prompt = json.at("prompt_tokens").int32(1, Integer.MAX_VALUE);
        return new Usage(
                prompt,
                json.at("prompt_tokens_details").at("cached_tokens").int32(0, prompt),
                json.at("completion_tokens").int32(0, Integer.MAX_VALUE));
    }

    private End end() throws ClientException {
        if (usage.isEmpty() || receipt.isEmpty()) {
            throw new ClientException(0, "no_receipt", "the answer ended without a receipt");
        }
        return new End(text.toString(), finish, usage.get(), receipt.get());
    }
}
