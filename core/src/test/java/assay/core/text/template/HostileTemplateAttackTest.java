package assay.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Templates that want to run for ever or fill the memory end in a clear error, in a heap of 64 MB. */
class HostileTemplateAttackTest {
    private static final Map<String, String> HOSTILE = hostile();

    private static Map<String, String> hostile() {
        String grow = "{% set ns = namespace(x='ab') %}{% for i in range(99) %}";
        Map<String, String> t = new LinkedHashMap<>();
        t.put("a huge range", "{% for i in range(10 ** 9) %}x{% endfor %}");
        t.put("loops in loops", "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}");
        t.put("a long text", "{{ 'a' * 10 ** 9 }}");
        t.put("doubled texts", grow + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}");
        t.put("added texts", grow + "{% set ns.x = ns.x + ns.x %}{% endfor %}");
        t.put("replaced texts", grow + "{% set ns.x = ns.x | replace('', 'bbbbbb') %}{% endfor %}");
        t.put("joined texts", grow + "{% set ns.x = ns.x.join(ns.x | list) %}{% endfor %}");
        t.put("formatted texts", grow + "{% set ns.x = '%s%s' % (ns.x, ns.x) %}{% endfor %}");
        t.put("brace formats", grow + "{% set ns.x = '{0}{0}'.format(ns.x) %}{% endfor %}");
        t.put("captured texts", grow + "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}");
        t.put("escaped texts", grow + "{% set ns.x = (ns.x ~ ns.x ~ '&') | e | string ~ '' %}{{ ns.x }}{% endfor %}");
        t.put("JSON in JSON", grow + "{% set ns.x = (ns.x ~ '\"') | tojson %}{% endfor %}");
        t.put("repr in repr", grow + "{% set ns.x = '%r' % (ns.x ~ '\\x01') %}{% endfor %}");
        t.put(
                "doubled lists",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}");
        t.put(
                "shared lists, printed",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}");
        t.put(
                "shared lists, as JSON",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}");
        t.put(
                "shared lists, compared",
                "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}");
        t.put(
                "shared tuples as keys",
                "{% set ns = namespace(x=(1,)) %}{% for i in range(99) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}");
        t.put(
                "deep lists",
                "{% set ns = namespace(x=[1]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}");
        t.put(
                "deep lists, sorted",
                "{% set ns = namespace(x=[1]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ [ns.x, ns.x] | sort }}");
        t.put(
                "deep generators",
                "{% set ns = namespace(x=['a']) %}{% for i in range(9999) %}{% set ns.x = ns.x | map('upper') %}{% endfor %}{{ ns.x | list }}");
        t.put(
                "deep selections",
                "{% set ns = namespace(x=['a']) %}{% for i in range(9999) %}{% set ns.x = ns.x | select %}{% endfor %}{{ ns.x | list }}");
        t.put("a namespace in itself", "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}");
        t.put("endless recursion", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}");
        t.put(
                "mutual recursion",
                "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ g() }}");
        t.put(
                "exponential recursion",
                "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(30) }}");
        t.put("a caller that calls", "{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}");
        t.put("much output", "{% for i in range(99999) %}" + "x".repeat(1000) + "{% endfor %}");
        t.put("a wide number", "{{ '%999999999d' % 1 }}");
        t.put("a precise number", "{{ '%.60000f' % 1 }}");
        t.put("wide text", "{{ 'a'.center(10 ** 9) }}");
        t.put("many zeros", "{{ 'a'.zfill(10 ** 9) }}");
        t.put("a deep indent", "{{ 'a\nb' | indent(10 ** 9) }}");
        t.put("a deep JSON indent", "{{ [[[1]]] | tojson(indent=10 ** 9) }}");
        t.put("wide JSON", "{% set x = range(9999) | list %}{{ x | tojson(indent=9999) }}");
        t.put("filled batches", "{{ [1] | batch(10 ** 9, 'x') | list }}");
        t.put("many slices", "{{ [1] | slice(10 ** 9) | list }}");
        t.put("many lists", "{% for i in range(9999) %}{% set x = range(99999) | list %}{% endfor %}");
        t.put(
                "many sums",
                "{% set x = range(99999) %}{% for i in x %}{% for j in x %}{{ x | sum }}{% endfor %}{% endfor %}");
        t.put(
                "many sorts",
                "{% set x = range(99999) | list %}{% for i in range(99999) %}{% set y = x | sort(reverse=true) %}{% endfor %}");
        t.put(
                "many searches",
                "{% set x = 'a' * 1000000 %}{% for i in range(99999) %}{{ x.find('a' * 1000 ~ 'b') }}{% endfor %}");
        t.put(
                "many memberships",
                "{% set x = 'a' * 1000000 %}{% for i in range(99999) %}{% if 'b' in x %}{% endif %}{% endfor %}");
        t.put(
                "many comparisons",
                "{% set x = 'a' * 1000000 %}{% set y = 'a' * 1000000 %}{% for i in range(99999) %}{{ x == y }}{% endfor %}");
        t.put(
                "many long keys",
                "{% set d = {'a' * 1000000: 1} %}{% set y = 'a' * 1000000 %}{% for i in range(99999) %}{{ y in d }}{% endfor %}");
        t.put(
                "many tests of spaces",
                "{% set x = ' ' * 1000000 %}{% for i in range(99999) %}{{ x.isspace() }}{{ x | int }}{% endfor %}");
        t.put("many pieces", "{{ ('a,' * 1000000).split(',') | length }}");
        t.put("many words", "{{ ('a ' * 1000000).split() | length }}");
        t.put("many characters", "{{ ('a' * 4000000) | list | length }}");
        t.put("a long number", "{{ ('1_' * 1000000 ~ '1') | int }}{{ ('1_' * 1000000 ~ '1') | float }}");
        t.put("a long path", "{{ [1] | map(attribute='a.' * 1000000) | list }}");
        t.put(
                "many arguments",
                "{% macro f() %}{{ varargs | length }}{% endmacro %}{% for i in range(99999) %}{{ f(*range(99999)) }}{% endfor %}");
        t.put("deep brackets", "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}");
        t.put("deep lists in the source", "{{ " + "[".repeat(100_000) + " }}");
        t.put("many signs", "{{ " + "-".repeat(200_000) + "1 }}");
        t.put("many nots", "{{ " + "not ".repeat(60_000) + "1 }}");
        t.put("deep ifs", "{% if 1 %}".repeat(20_000));
        t.put("deep conditionals", "{{ " + "1 if 0 else ".repeat(20_000) + "1 }}");
        t.put("a long sum", "{{ 1" + " + 1".repeat(60_000) + " }}");
        t.put("a long chain", "{{ x" + ".x".repeat(100_000) + " }}");
        t.put("a long pipe", "{{ 'a'" + " | trim".repeat(30_000) + " }}");
        t.put("long white space", "{%" + " ".repeat(200_000));
        t.put("many open tags", "{%".repeat(100_000));
        t.put("many open raws", "{% raw %}" + "{% ".repeat(80_000));
        t.put("too long", " ".repeat(ChatTemplate.SOURCE_CHARS_MAX + 1));
        return t;
    }

    /** Renders one by one and prints what came of it. */
    public static void main(String[] args) {
        HOSTILE.forEach((name, template) -> System.out.println(name + ": " + outcome(template)));
    }

    private static String outcome(String template) {
        try {
            ChatTemplate.parse(template).render(new Json.Obj(new LinkedHashMap<>()), Limits.DEFAULT);
            return "rendered";
        } catch (MalformedException | TemplateException e) {
            return "refused, " + e.getMessage();
        } catch (RuntimeException | Error e) {
            return "CRASHED, " + e;
        }
    }

    @Test
    void eachEndsInAClearErrorWithin64Megabytes() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-Xss1m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostileTemplateAttackTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, child.exitValue(), out);
        List<String> lines = out.lines().filter(l -> !l.isBlank()).toList();
        assertEquals(HOSTILE.size(), lines.size(), out);
        for (String line : lines) {
            assertFalse(line.contains(": CRASHED"), line);
            assertTrue(line.contains(": refused, ") && line.length() < 300, line);
        }
    }

    @Test
    void aSmallStackIsEnoughForTheDeepestTemplate() throws Exception {
        String[] found = new String[1];
        Thread thread = new Thread(
                null,
                () -> found[0] = outcome(
                        "{% macro f(n) %}{% if n %}{% for x in [1] %}{% set y %}{{ [[f(n - 1)]] | map('trim') | list }}{% endset %}{{ y }}{% endfor %}{% endif %}{% endmacro %}{{ f(99) }}"),
                "small stack",
                512 * 1024);
        thread.start();
        thread.join();
        assertTrue(found[0].startsWith("refused, the template nests deeper"), found[0]);
    }
}
