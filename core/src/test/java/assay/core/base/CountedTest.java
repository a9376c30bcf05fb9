package assay.core.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CountedTest {
    @Test
    void oneThingIsNotMany() {
        assertEquals("0 verdicts", Counted.of(0, "verdict"));
        assertEquals("1 verdict", Counted.of(1, "verdict"));
        assertEquals("2 verdicts", Counted.of(2, "verdict"));
        assertEquals("-1 verdicts", Counted.of(-1, "verdict"));
    }
}
