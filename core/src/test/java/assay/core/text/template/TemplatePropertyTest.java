package assay.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.text.MarkedText;
import assay.core.text.template.TemplateVectors.Case;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TemplatePropertyTest {
    private static final Limits SMALL = new Limits(100_000, 1 << 18, 4 << 20, 200);

    private static final String MARKS = "{}[]()|.,:'\"-%#~*/\\ 0aé";

    /** Damaged templates are malformed, refused or rendered, and nothing else. */
    @Test
    void damagedTemplatesNeverCrash() throws Exception {
        SplittableRandom random = new SplittableRandom(20260205);
        List<Case> cases = TemplateVectors.cases("families.json").stream()
                .filter(c -> c.id().matches(".*, (two calls|tools and system|hostile|odd characters)"))
                .toList();
        int rendered = 0;
        for (int i = 0; i < 4000; i++) {
            Case c = cases.get(random.nextInt(cases.size()));
            String damaged = damage(c.template(), random);
            try {
                ChatTemplate.parse(damaged).render(c.context(), SMALL);
                rendered++;
            } catch (MalformedException | TemplateException e) {
                assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed 20260205, step " + i + ": " + damaged, e);
            }
        }
        assertTrue(rendered > 400, "rendered " + rendered);
    }

    private static String damage(String template, SplittableRandom random) {
        StringBuilder s = new StringBuilder(template);
        for (int n = random.nextInt(1, 4); n > 0; n--) {
            int at = random.nextInt(s.length());
            int to = Math.min(s.length(), at + random.nextInt(1, 12));
            switch (random.nextInt(4)) {
                case 0 -> s.delete(at, to);
                case 1 -> s.insert(at, s.substring(at, to));
                case 2 -> s.insert(at, MARKS.charAt(random.nextInt(MARKS.length())));
                default -> {
                    int from = random.nextInt(s.length());
                    s.insert(at, s.substring(from, Math.min(s.length(), from + 20)));
                }
            }
        }
        return s.toString();
    }

    /** Smaller limits refuse or give the same text; they never give another. */
    @Test
    void limitsOnlyEverRefuse() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        for (Case c : TemplateVectors.cases("families.json")) {
            if (!c.expects("text")) {
                continue;
            }
            Limits limits = new Limits(
                    random.nextInt(1, 20_000),
                    random.nextInt(1, 10_000),
                    random.nextInt(1, 400_000),
                    random.nextInt(1, 60));
            try {
                MarkedText out = ChatTemplate.parse(c.template()).render(c.context(), limits);
                assertEquals(c.expected("text"), out.text(), c.id());
            } catch (TemplateException e) {
                refused++;
            }
        }
        assertTrue(refused > 50, "refused " + refused);
    }
}
