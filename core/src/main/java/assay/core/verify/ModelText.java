package assay.core.verify;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.kernel.Sampling;
import assay.core.program.Program;
import assay.core.receipt.Receipt;
import assay.core.text.Answer;
import assay.core.text.ChatRequest;
import assay.core.text.MarkedText;
import assay.core.text.Tokenizer;
import assay.core.text.UnicodeTables;
import assay.core.text.Vocabulary;
import assay.core.text.template.ChatTemplate;
import assay.core.text.template.Limits;
import assay.core.text.template.TemplateException;
import java.util.ArrayList;
import java.util.List;

/** The textual half of a program: its template, tokenizer and stop rules. Immutable, safe for many threads. */
public final class ModelText implements TextRules {
    private final Program program;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;

    private ModelText(Program program, Tokenizer tokenizer, ChatTemplate template) {
        this.program = program;
        this.tokenizer = tokenizer;
        this.template = template;
    }

    /**
     * The rules of this program.
     *
     * @throws MalformedException if the program has no tokenizer or template, or one that is not understood
     */
    public static ModelText of(Program program) throws MalformedException {
        if (program.tokenizer().length == 0 || program.template().isEmpty()) {
            throw new MalformedException("the model has no tokenizer or no chat template: it cannot chat", -1);
        }
        return new ModelText(
                program, Tokenizer.of(Vocabulary.parse(program.tokenizer())), ChatTemplate.parse(program.template()));
    }

    /** The tokenizer. */
    public Tokenizer tokenizerOf() {
        return tokenizer;
    }

    @Override
    public Hash tokenizer() {
        return program.tokenizerDigest();
    }

    @Override
    public Hash template() {
        return program.templateDigest();
    }

    @Override
    public Hash unicode() {
        return UnicodeTables.digest();
    }

    @Override
    public int[] promptIds(ChatRequest request, String date) throws MalformedException {
        try {
            return tokenizer.encode(render(request, date));
        } catch (TemplateException e) {
            throw new MalformedException("messages: the chat template refuses them: " + e.getMessage(), -1);
        }
    }

    private MarkedText render(ChatRequest request, String date) throws TemplateException {
        List<Json> messages = new ArrayList<>();
        for (ChatRequest.Message m : request.messages()) {
            Json.Members message = Json.object().put("role", m.role()).put("content", m.content());
            if (!m.name().isEmpty()) {
                message.put("name", m.name());
            }
            messages.add(message.build());
        }
        Vocabulary.Roles roles = tokenizer.vocabulary().roles();
        Json.Obj context = Json.object()
                .put("messages", Json.of(messages))
                .put("add_generation_prompt", true)
                .put("bos_token", roles.bos() < 0 ? "" : tokenizer.vocabulary().token(roles.bos()))
                .put("eos_token", roles.eos() < 0 ? "" : tokenizer.vocabulary().token(roles.eos()))
                .put(ChatTemplate.DATE_KEY, date)
                .build();
        return template.render(context, Limits.DEFAULT);
    }

    @Override
    public Reading read(int[] ids, Sampling sampling) {
        Answer.Whole whole = Answer.of(tokenizer, ids, sampling);
        Receipt.Finish finish =
                switch (whole.finish()) {
                    case STOP -> Receipt.Finish.STOP;
                    case LENGTH -> Receipt.Finish.LENGTH;
                    case ABORTED -> Receipt.Finish.ABORTED;
                };
        return new Reading(whole.text(), finish, whole.idsUsed());
    }
}
