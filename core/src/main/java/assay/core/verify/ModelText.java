package assay.core.verify;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.core.program.Program;
import assay.core.receipt.Receipt;
import assay.core.text.Answer;
import assay.core.text.ChatPrompt;
import assay.core.text.ChatRequest;
import assay.core.text.Tokenizer;
import assay.core.text.UnicodeTables;
import assay.core.text.Vocabulary;
import assay.core.text.template.ChatTemplate;
import assay.core.text.template.TemplateException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The textual half of a program: its template, tokenizer and stop rules. A program's file holds no
 * weights, so whoever has it can check text. Immutable, safe for many threads.
 */
public final class ModelText implements TextRules {
    /** The most UTF-16 chars of all answers' tokens that a referee reads. */
    public static final int ANSWER_CHARS_MAX = 1 << 17;

    /** The most ids, prompt and answer of all choices, whose roots a referee computes. */
    public static final int IDS_MAX = 1 << 18;

    private final Hash tokenizerDigest;
    private final Hash templateDigest;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;

    private ModelText(Hash tokenizerDigest, Hash templateDigest, Tokenizer tokenizer, ChatTemplate template) {
        this.tokenizerDigest = tokenizerDigest;
        this.templateDigest = templateDigest;
        this.tokenizer = tokenizer;
        this.template = template;
    }

    /**
     * The rules of this program.
     *
     * @throws MalformedException if the program has no tokenizer or template, or one that is not understood
     */
    public static ModelText of(Program program) throws MalformedException {
        byte[] tokenizer = program.tokenizer();
        return of(
                program,
                tokenizer.length == 0 ? Optional.empty() : Optional.of(Tokenizer.of(Vocabulary.parse(tokenizer))));
    }

    /**
     * The same, for who has read the tokenizer already.
     *
     * @param tokenizer the program's, if it has one
     */
    public static ModelText of(Program program, Optional<Tokenizer> tokenizer) throws MalformedException {
        if (tokenizer.isEmpty() || program.template().isEmpty()) {
            throw new MalformedException("the model has no tokenizer or no chat template: it cannot chat", -1);
        }
        return new ModelText(
                program.tokenizerDigest(),
                program.templateDigest(),
                tokenizer.get(),
                ChatTemplate.parse(program.template()));
    }

    /**
     * The rules of a program of which only these two sections are at hand.
     *
     * @param tokenizer section {@code tokenizer}
     * @param template section {@code template}
     * @throws MalformedException as in {@link #of(Program)}
     */
    public static ModelText of(byte[] tokenizer, byte[] template) throws MalformedException {
        if (tokenizer.length == 0 || template.length == 0) {
            throw new MalformedException("the model has no tokenizer or no chat template: it cannot chat", -1);
        }
        return of(
                Vocabulary.parse(tokenizer),
                new String(template, StandardCharsets.UTF_8),
                Hash.tagged("assay/tokenizer/1", tokenizer),
                Hash.tagged("assay/template/1", template));
    }

    static ModelText of(Vocabulary vocabulary, String template, Hash tokenizerDigest, Hash templateDigest)
            throws MalformedException {
        return new ModelText(tokenizerDigest, templateDigest, Tokenizer.of(vocabulary), ChatTemplate.parse(template));
    }

    /** The tokenizer. */
    public Tokenizer tokenizerOf() {
        return tokenizer;
    }

    @Override
    public Hash tokenizer() {
        return tokenizerDigest;
    }

    @Override
    public Hash template() {
        return templateDigest;
    }

    @Override
    public Hash unicode() {
        return UnicodeTables.digest();
    }

    @Override
    public int[] promptIds(ChatRequest request, String date) throws MalformedException {
        try {
            return ChatPrompt.ids(request, template, tokenizer, date);
        } catch (TemplateException e) {
            throw refusal(e);
        }
    }

    @Override
    public Prompt refereed(ChatRequest request, String date, List<int[]> answers) throws MalformedException {
        long chars = 0;
        long ids = 0;
        for (int[] answer : answers) {
            ids += answer.length;
            for (int id : answer) {
                chars += id < tokenizer.vocabulary().size()
                        ? tokenizer.vocabulary().token(id).length()
                        : 0;
            }
        }
        if (chars > ANSWER_CHARS_MAX) {
            return Prompt.tooMuch("tokens of at most " + ANSWER_CHARS_MAX + " chars, got " + chars);
        }
        try {
            Optional<int[]> prompt = ChatPrompt.refereed(request, template, tokenizer, date);
            if (prompt.isEmpty()) {
                return Prompt.tooMuch("a prompt that takes a referee less to make and to tokenise");
            }
            ids += (long) prompt.get().length * answers.size();
            return ids > IDS_MAX
                    ? Prompt.tooMuch("at most " + IDS_MAX + " ids of prompt and answers, got " + ids)
                    : new Prompt(prompt.get(), Optional.empty());
        } catch (TemplateException e) {
            throw refusal(e);
        }
    }

    private static MalformedException refusal(TemplateException e) {
        return new MalformedException("messages: the chat template refuses them: " + e.getMessage(), -1);
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
