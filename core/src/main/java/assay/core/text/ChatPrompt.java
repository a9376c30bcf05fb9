package assay.core.text;

import assay.core.codec.Json;
import assay.core.text.template.ChatTemplate;
import assay.core.text.template.Limits;
import assay.core.text.template.TemplateException;
import java.util.ArrayList;
import java.util.List;

/**
 * From a chat request to the token ids that the model sees: template, then tokenizer.
 *
 * <p>The template's context is {@code messages} (each with role, content and, if given, name),
 * {@code add_generation_prompt} (true), {@code bos_token} and {@code eos_token} (absent if the
 * vocabulary has none) and the date. Nothing is put in front of what the template writes: a template
 * that wants bos writes it.
 */
public final class ChatPrompt {
    private ChatPrompt() {}

    /**
     * The ids.
     *
     * @param date today as the template sees it, {@code 2026-11-30}
     * @throws TemplateException if the template refuses the request, or takes more than {@link
     *     Limits#DEFAULT}
     */
    public static int[] ids(ChatRequest request, ChatTemplate template, Tokenizer tokenizer, String date)
            throws TemplateException {
        return tokenizer.encode(template.render(context(request, tokenizer.vocabulary(), date), Limits.DEFAULT));
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
