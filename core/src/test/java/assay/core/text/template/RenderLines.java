package assay.core.text.template;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Renders templates from standard input, one JSON object {@code {"template", "context"}} a line, and
 * prints {@code {"text"}}, {@code {"raises"}} or {@code {"fails"}} for each; vectors/template/fuzz.py
 * compares that with jinja2.
 */
final class RenderLines {
    private RenderLines() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(JsonText.write(answer(line)));
        }
        out.flush();
    }

    private static Json answer(String line) {
        try {
            byte[] json = line.getBytes(StandardCharsets.UTF_8);
            Json.Obj input = (Json.Obj) JsonText.parse(json, 64, json.length);
            String source = TemplateVectors.text(input, "template");
            Json.Obj context = TemplateVectors.object(input, "context");
            return field(
                    "text",
                    ChatTemplate.parse(source).render(context, Limits.DEFAULT).text());
        } catch (MalformedException e) {
            return field("fails", "parse: " + e.getMessage());
        } catch (TemplateException e) {
            return field(e.raisedByTemplate() ? "raises" : "fails", String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            return field("crash", e + " " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : ""));
        }
    }

    private static Json field(String name, String value) {
        return Json.object().put(name, value).build();
    }
}
