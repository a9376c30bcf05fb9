package assay.core.text.template;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.text.MarkedText;
import java.util.List;
import java.util.Set;

/**
 * A chat template: a Jinja program, as it stands in a model file, that makes a prompt of a
 * conversation.
 *
 * <p>It gives the text that jinja2 3.1 gives in the environment of Hugging Face transformers
 * (ImmutableSandboxedEnvironment, trim_blocks, lstrip_blocks, loop controls, tojson, raise_exception,
 * strftime_now, generation), or a {@link TemplateException}, never another text;
 * docs/protocol/template.md lists what is refused. Rendering is a function of the source, the context
 * and the limits alone: it asks no clock, no locale and no Unicode table of the JDK. Immutable, safe
 * for use by several threads.
 */
public final class ChatTemplate {
    /** Longest source, in chars. */
    public static final int SOURCE_CHARS_MAX = 256 * 1024;

    /**
     * Member of the context that strftime_now reads, and that is no variable: the day of the request,
     * {@code 2026-01-31}, or day and time, {@code 2026-01-31T23:59:59}.
     */
    public static final String DATE_KEY = "strftime_now";

    /** Members of the context whose text is trusted as the template's own is. */
    public static final Set<String> TRUSTED_DEFAULT = Set.of("bos_token", "eos_token");

    private final List<Stmt> body;

    private ChatTemplate(List<Stmt> body) {
        this.body = body;
    }

    /**
     * Reads a template.
     *
     * @throws MalformedException if it is too long, nested too deep, not in the language, or uses a tag
     *     that is refused; the message names the line
     */
    public static ChatTemplate parse(String source) throws MalformedException {
        if (source.length() > SOURCE_CHARS_MAX) {
            throw new MalformedException(
                    "the template has " + source.length() + " chars, more than " + SOURCE_CHARS_MAX, -1);
        }
        int lone = Characters.loneSurrogate(source);
        if (lone >= 0) {
            throw new MalformedException("the template holds half of a surrogate pair", lone);
        }
        return new ChatTemplate(Parser.parse(Lexer.tokens(source)));
    }

    /**
     * Renders with the members of {@code context} as variables, of which bos_token and eos_token are
     * trusted.
     *
     * @throws TemplateException if the template raises an error, misuses a value, needs what is
     *     refused, or exceeds a limit
     */
    public MarkedText render(Json.Obj context, Limits limits) throws TemplateException {
        return render(context, TRUSTED_DEFAULT, limits);
    }

    /**
     * Renders with a choice of the variables that are trusted. They must come from the model file,
     * never from a request.
     *
     * @param trusted names of members of {@code context} that are texts
     */
    public MarkedText render(Json.Obj context, Set<String> trusted, Limits limits) throws TemplateException {
        Runtime runtime = Runtime.of(limits);
        try {
            Scope scope = Globals.scope(context, trusted, runtime);
            Str.Builder out = new Interpreter(runtime).run(body, scope);
            return new MarkedText(out.toString(), out.marks());
        } catch (Fault fault) {
            throw new TemplateException(
                    String.valueOf(fault.getMessage()), runtime.meter().line(), fault.isRaised(), fault.isLimit());
        }
    }
}
