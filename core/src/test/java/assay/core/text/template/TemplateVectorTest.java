package assay.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.text.template.TemplateVectors.Case;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case gives jinja2's text or its raised message; where jinja2 fails, so does this; refusals refuse. */
class TemplateVectorTest {
    @TestFactory
    Stream<DynamicTest> smallTemplates() throws IOException, MalformedException {
        return tests("cases.json");
    }

    @TestFactory
    Stream<DynamicTest> templatesOfModelFamilies() throws IOException, MalformedException {
        return tests("families.json");
    }

    private static Stream<DynamicTest> tests(String file) throws IOException, MalformedException {
        return TemplateVectors.cases(file).stream().map(c -> DynamicTest.dynamicTest(c.id(), () -> check(c)));
    }

    private static String render(Case c) throws MalformedException, TemplateException {
        return ChatTemplate.parse(c.template())
                .render(c.context(), Limits.DEFAULT)
                .text();
    }

    private static void check(Case c) throws MalformedException, TemplateException {
        if (c.expects("text")) {
            assertEquals(c.expected("text"), render(c));
        } else if (c.expects("raises")) {
            TemplateException e = assertThrows(TemplateException.class, () -> render(c));
            assertTrue(e.raisedByTemplate());
            assertEquals(c.expected("raises"), e.getMessage());
        } else {
            Exception e = assertThrows(Exception.class, () -> render(c));
            assertTrue(e instanceof MalformedException || e instanceof TemplateException, e::toString);
        }
    }
}
