package assay.core.text.template;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {
    private static final Json.Obj NOTHING = new Json.Obj(new LinkedHashMap<>());

    private static String render(String template, String context) throws Exception {
        return ChatTemplate.parse(template)
                .render(TemplateVectors.context(context), Limits.DEFAULT)
                .text();
    }

    private static TemplateException refused(String template, String context) {
        return assertThrows(TemplateException.class, () -> render(template, context));
    }

    private static String message(Exception e) {
        return String.valueOf(e.getMessage());
    }

    @Test
    void errorsNameTheLine() {
        MalformedException parse = assertThrows(
                MalformedException.class,
                () -> ChatTemplate.parse("a\nb {{ x }}\n{% if x %}{{ y | nope }}{% endif %}{{ 1 + }}"));
        assertTrue(message(parse).startsWith("template line 3: unexpected end of print statement"), message(parse));
        TemplateException render = refused("a\n\n{{ x.y.z }}", "{\"x\": {}}");
        assertEquals(3, render.line());
        assertEquals("'dict object' has no attribute 'y' (template line 3)", render.getMessage());
        assertFalse(render.raisedByTemplate());
    }

    @Test
    void theMessageOfRaiseExceptionIsTheTemplatesOwn() {
        TemplateException e = refused("\n{{ raise_exception('roles must ' ~ x) }}", "{\"x\": \"alternate\"}");
        assertEquals("roles must alternate", e.getMessage());
        assertTrue(e.raisedByTemplate());
        assertEquals(2, e.line());
    }

    @Test
    void theDateComesFromTheContextAlone() throws Exception {
        String template = "{{ strftime_now('%d %b %Y') }}";
        assertEquals("29 Feb 2024", render(template, "{\"strftime_now\": \"2024-02-29\"}"));
        assertEquals("29 Feb 2024", render(template, "{\"strftime_now\": \"2024-02-29T23:59:59Z\"}"));
        assertTrue(message(refused(template, "{}")).contains("the request has no date"));
        assertTrue(
                message(refused(template, "{\"strftime_now\": \"2024-02-30\"}")).contains("is not like"));
        assertTrue(message(refused("{{ strftime_now('%H') }}", "{\"strftime_now\": \"2024-02-29\"}"))
                .contains("no time of day"));
        assertEquals("", render("{{ strftime_now.x if no }}{{ date }}", "{\"strftime_now\": \"2024-02-29\"}"));
    }

    @Test
    void theDefaultLocaleChangesNothing() throws Exception {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.of("tr", "TR"));
            assertEquals(
                    "ii II 1.5 01 JANUARY",
                    render(
                            "{{ 'II' | lower }} {{ 'ii' | upper }} {{ 1.5 }} {{ strftime_now('%d %B') | upper }}",
                            "{\"strftime_now\": \"2024-01-01\"}"));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void limitsAreExact() throws Exception {
        ChatTemplate template = ChatTemplate.parse("{% for i in range(10) %}{{ i }}{% endfor %}");
        assertDoesNotThrow(() -> template.render(NOTHING, new Limits(1000, 10, 100_000, 20)));
        assertThrows(TemplateException.class, () -> template.render(NOTHING, new Limits(1000, 9, 100_000, 20)));
        assertThrows(TemplateException.class, () -> template.render(NOTHING, new Limits(20, 10, 100_000, 20)));
        assertThrows(TemplateException.class, () -> template.render(NOTHING, new Limits(1000, 10, 100, 20)));
        assertThrows(TemplateException.class, () -> template.render(NOTHING, new Limits(1000, 10, 100_000, 2)));
        assertThrows(IllegalArgumentException.class, () -> new Limits(0, 1, 1, 1));
    }

    @Test
    void halfASurrogatePairIsRefused() {
        assertThrows(MalformedException.class, () -> ChatTemplate.parse("a\ud83d"));
        LinkedHashMap<String, Json> members = new LinkedHashMap<>();
        members.put("x", new Json.Str("\ude00"));
        assertThrows(
                TemplateException.class, () -> ChatTemplate.parse("a").render(new Json.Obj(members), Limits.DEFAULT));
    }

    @Test
    void numbersOfTheContextPrintAsPythonPrintsThem() throws Exception {
        String context =
                "{\"x\": [1e5, 1E400, -0, -0.0, 1.10, 123456789012345678901234567890, 0.1e-6, 5e-324, 2.5E+3]}";
        String printed = "[100000.0, Infinity, 0, -0.0, 1.1, 123456789012345678901234567890, 1e-07, 5e-324, 2500.0]";
        assertEquals(printed, render("{{ x | tojson }}", context));
        assertEquals(printed.replace("Infinity", "inf"), render("{{ x }}", context));
    }

    @Test
    void aContextMayShadowAFunction() throws Exception {
        assertEquals("7", render("{{ range }}", "{\"range\": 7}"));
    }

    @Test
    void renderingTwiceGivesTheSame() throws Exception {
        ChatTemplate template = ChatTemplate.parse("{% set ns = namespace(n=0) %}{% set ns.n = ns.n + x %}{{ ns.n }}");
        Json.Obj context = TemplateVectors.context("{\"x\": 4}");
        assertEquals("4", template.render(context, Limits.DEFAULT).text());
        assertEquals("4", template.render(context, Limits.DEFAULT).text());
    }
}
