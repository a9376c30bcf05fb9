package assay.core.text;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.text.template.ChatTemplate;
import assay.core.text.template.Limits;
import assay.core.text.template.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From a chat request to the token ids that the model sees: template, then tokenizer.
 *
 * <p>The template's context is {@code messages} (each with role, content and, if given, name),
 * {@code add_generation_prompt} (true), {@code bos_token} and {@code eos_token} (absent if the
 * vocabulary has none) and the date. Nothing is put in front of what the template writes: a template
 * that wants bos writes it. A name that the template does not write is refused, not ignored.
 */
public final class ChatPrompt {
    /** Stands before a number for a name, to see whether the template writes it (private use, Unicode 16.0). */
    private static final char NAME_MARK = '\ue000';

    /** The longest prompt that a referee tokenises, bytes of UTF-8. */
    public static final int REFEREE_BYTES_MAX = 1 << 17;

    /** What a referee spends on it, looks. */
    private static final long REFEREE_LOOKS = 1 << 20;

    private ChatPrompt() {}

    /**
     * The ids.
     *
     * @param date today as the template sees it, {@code 2026-11-30}
     * @throws TemplateException if the template refuses the request, or takes more than {@link
     *     Limits#DEFAULT}
     * @throws MalformedException if the template does not write a message's name; its message starts with
     *     the path of that field; or if the tokenizer refuses what it writes
     */
    public static int[] ids(ChatRequest request, ChatTemplate template, Tokenizer tokenizer, String date)
            throws TemplateException, MalformedException {
        checkNames(request, template, tokenizer.vocabulary(), date, Limits.DEFAULT);
        return ids(render(request, template, tokenizer, date), tokenizer, Effort.any());
    }

    /**
     * The same for a referee, whom strangers make work with a model that they made up.
     *
     * @return the ids, or nothing if they take more than a referee spends
     * @throws TemplateException if the template refuses the request
     * @throws MalformedException as in {@link #ids}
     */
    public static Optional<int[]> refereed(ChatRequest request, ChatTemplate template, Tokenizer tokenizer, String date)
            throws TemplateException, MalformedException {
        try {
            checkNames(request, template, tokenizer.vocabulary(), date, Limits.REFEREE);
            MarkedText prompt = template.render(context(request, tokenizer.vocabulary(), date), Limits.REFEREE);
            return utf8Bytes(prompt.text()) > REFEREE_BYTES_MAX
                    ? Optional.empty()
                    : Optional.of(ids(prompt, tokenizer, Effort.of(REFEREE_LOOKS)));
        } catch (TemplateException e) {
            if (e.isLimit()) {
                return Optional.empty();
            }
            throw e;
        } catch (Effort.SpentException e) {
            return Optional.empty();
        }
    }

    private static int[] ids(MarkedText prompt, Tokenizer tokenizer, Effort effort) throws MalformedException {
        try {
            return tokenizer.encode(prompt, effort);
        } catch (Effort.SpentException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("messages: " + e.getMessage(), -1);
        }
    }

    /** Bytes of a text without half surrogates. */
    private static long utf8Bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    /**
     * What the template writes.
     *
     * @throws TemplateException if the template refuses the request, or takes more than {@link Limits#DEFAULT}
     */
    public static MarkedText render(ChatRequest request, ChatTemplate template, Tokenizer tokenizer, String date)
            throws TemplateException {
        return template.render(context(request, tokenizer.vocabulary(), date), Limits.DEFAULT);
    }

    /**
     * Refuses a name that the template does not write: with a mark of its own in place of each name, every mark
     * is in what the template makes.
     */
    private static void checkNames(
            ChatRequest request, ChatTemplate template, Vocabulary vocabulary, String date, Limits limits)
            throws TemplateException, MalformedException {
        List<ChatRequest.Message> marked = new ArrayList<>();
        boolean named = false;
        boolean ambiguous = false;
        for (ChatRequest.Message m : request.messages()) {
            ambiguous |= m.content().indexOf(NAME_MARK) >= 0;
            named |= !m.name().isEmpty();
            marked.add(m.name().isEmpty() ? m : new ChatRequest.Message(m.role(), m.content(), mark(marked.size())));
        }
        if (!named) {
            return;
        }
        String written = template.render(context(request.with(marked), vocabulary, date), limits)
                .text();
        for (int i = 0; i < marked.size(); i++) {
            if (!request.messages().get(i).name().isEmpty() && (ambiguous || !written.contains(mark(i)))) {
                throw new MalformedException(
                        "messages[" + i + "].name: not supported: "
                                + (ambiguous
                                        ? "beside a content that holds the character U+E000"
                                        : "the model's chat template does not write names; say it in the content"),
                        -1);
            }
        }
    }

    private static String mark(int message) {
        return NAME_MARK + Integer.toString(message) + NAME_MARK;
    }

    private static Json.Obj context(ChatRequest request, Vocabulary vocabulary, String date) {
        List<Json> messages = new ArrayList<>();
        for (ChatRequest.Message m : request.messages()) {
            Json.Members members = Json.object().put("role", m.role()).put("content", m.content());
            if (!m.name().isEmpty()) {
                members.put("name", m.name());
            }
            messages.add(members.build());
        }
        Json.Members context = Json.object().put("messages", Json.of(messages)).put("add_generation_prompt", true);
        token(context, "bos_token", vocabulary, vocabulary.roles().bos());
        token(context, "eos_token", vocabulary, vocabulary.roles().eos());
        return context.put(ChatTemplate.DATE_KEY, date).build();
    }

    private static void token(Json.Members context, String name, Vocabulary vocabulary, int id) {
        if (id >= 0) {
            context.put(name, vocabulary.token(id));
        }
    }
}
