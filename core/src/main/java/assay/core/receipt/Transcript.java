package assay.core.receipt;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What a receipt is about, in clear: held by payer and node, and shown to a drawn auditor. Its parts
 * hash to the digests of the receipt.
 *
 * <p>A file of compact JSON; docs/protocol/receipt.md, "Transcript". It never holds the trace's salt.
 *
 * @param salt 32 random bytes that blind the receipt's digests
 * @param body the exact bytes of the request's body
 * @param promptIds token ids of the prompt
 * @param choices what was answered, in order
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its encoding
public record Transcript(Hash salt, byte[] body, int[] promptIds, List<Choice> choices) {
    /** Name and version of the file format. */
    public static final String FORMAT = "assay/transcript/1";

    /** The longest request body. */
    public static final int BODY_MAX_BYTES = 4 << 20;

    /** The longest transcript file. */
    public static final int SIZE_MAX_BYTES = 256 << 20;

    private static final int IDS_MAX = 1 << 24;

    /** Copies. */
    public Transcript {
        body = body.clone();
        promptIds = promptIds.clone();
        choices = List.copyOf(choices);
    }

    @Override
    public byte[] body() {
        return body.clone();
    }

    @Override
    public int[] promptIds() {
        return promptIds.clone();
    }

    /**
     * One choice as it was answered.
     *
     * @param text the content sent
     * @param ids token ids picked, in order, the one that ended the answer included
     * @param finish why it ended
     * @param logprobs one for each id, or none if they were not asked for
     */
    public record Choice(String text, List<Integer> ids, Receipt.Finish finish, List<Logprobs> logprobs) {
        /** Copies the lists. */
        public Choice {
            ids = List.copyOf(ids);
            logprobs = List.copyOf(logprobs);
        }

        /** What {@link Digests#answer} hashes as content. */
        public Json content() {
            Json.Members members = Json.object().put("content", text);
            if (!logprobs.isEmpty()) {
                members.put("logprobs", logprobsJson());
            }
            return members.build();
        }

        /** The ids as an array. */
        public int[] idArray() {
            return ids.stream().mapToInt(Integer::intValue).toArray();
        }

        private Json logprobsJson() {
            List<Json> rows = new ArrayList<>();
            for (Logprobs row : logprobs) {
                List<Json> numbers = new ArrayList<>();
                numbers.add(Json.of(row.picked()));
                row.top().forEach(t -> numbers.add(Json.of(List.of(Json.of(t.id()), Json.of(t.value())))));
                rows.add(Json.of(numbers));
            }
            return Json.of(rows);
        }
    }

    /**
     * Natural log probabilities at one position, in units of 2^-16, at temperature 1.
     *
     * @param picked of the id picked
     * @param top the likeliest ids, descending
     */
    public record Logprobs(long picked, List<Likely> top) {
        /** Copies the list. */
        public Logprobs {
            top = List.copyOf(top);
        }
    }

    /**
     * An id and its log probability, in units of 2^-16.
     *
     * @param id token id
     * @param value zero or below
     */
    public record Likely(int id, long value) {}

    /** The digest of the answer, as the receipt's subject holds it. */
    public Hash answer() {
        return Digests.answer(salt, choices);
    }

    /** The same without prompt ids: they follow from the request, so they are neither delivered nor disputed with it. */
    public Transcript withoutPrompt() {
        return withPrompt(new int[0]);
    }

    /** Length of its file without prompt ids, as the receipt has it. */
    public int bareBytes() {
        return bareBytes(encode().length);
    }

    /** The same for a file whose length is known. */
    public int bareBytes(int fileBytes) {
        int prompt = Math.max(0, promptIds.length - 1); // commas
        for (int id : promptIds) {
            prompt += Integer.toString(id).length();
        }
        return fileBytes - prompt;
    }

    /** The same with these prompt ids. */
    public Transcript withPrompt(int[] ids) {
        return new Transcript(salt, body, ids, choices);
    }

    /** The file. */
    public byte[] encode() {
        List<Json> out = new ArrayList<>();
        for (Choice c : choices) {
            Json.Members members = Json.object()
                    .put("content", c.text())
                    .put("ids", Json.of(c.ids().stream().map(Json::of).toList()))
                    .put("finish", Statement.word(c.finish()));
            if (!c.logprobs().isEmpty()) {
                members.put("logprobs", c.logprobsJson());
            }
            out.add(members.build());
        }
        List<Json> prompt = new ArrayList<>();
        for (int id : promptIds) {
            prompt.add(Json.of(id));
        }
        return JsonText.writeBytes(Json.object()
                .put("format", FORMAT)
                .put("salt", salt.hex())
                .put("body", Base64.getEncoder().encodeToString(body))
                .put("prompt", Json.of(prompt))
                .put("choices", Json.of(out))
                .build());
    }

    /** The transcript that this file holds. */
    public static Transcript parse(byte[] file) throws MalformedException {
        Field root = Field.root(JsonText.parse(file, 8, SIZE_MAX_BYTES));
        root.only("format", "salt", "body", "prompt", "choices");
        if (!root.at("format").string().equals(FORMAT)) {
            throw root.at("format").fault("expected " + FORMAT);
        }
        List<Choice> choices = new ArrayList<>();
        for (Field c : root.at("choices").items(Receipt.CHOICES_MAX)) {
            c.only("content", "ids", "finish", "logprobs");
            List<Logprobs> logprobs = new ArrayList<>();
            if (c.find("logprobs").isPresent()) {
                for (Field row : c.at("logprobs").items(IDS_MAX)) {
                    logprobs.add(logprobs(row));
                }
            }
            choices.add(new Choice(
                    c.at("content").string(),
                    ids(c.at("ids")),
                    Statement.word(c.at("finish"), Receipt.Finish.class),
                    logprobs));
        }
        return new Transcript(
                root.at("salt").hash(),
                root.at("body").base64(BODY_MAX_BYTES),
                ids(root.at("prompt")).stream().mapToInt(Integer::intValue).toArray(),
                choices);
    }

    private static List<Integer> ids(Field list) throws MalformedException {
        List<Integer> ids = new ArrayList<>();
        for (Field id : list.items(IDS_MAX)) {
            ids.add(id.int32(0, Integer.MAX_VALUE));
        }
        return ids;
    }

    private static Logprobs logprobs(Field row) throws MalformedException {
        List<Field> items = row.items(21);
        if (items.isEmpty()) {
            throw row.fault("a log probability expected");
        }
        List<Likely> top = new ArrayList<>();
        for (Field pair : items.subList(1, items.size())) {
            List<Field> both = pair.items(2);
            if (both.size() != 2) {
                throw pair.fault("id and log probability expected");
            }
            top.add(new Likely(
                    both.get(0).int32(0, Integer.MAX_VALUE), both.get(1).integer(Long.MIN_VALUE, 0)));
        }
        return new Logprobs(items.getFirst().integer(Long.MIN_VALUE, 0), top);
    }
}
