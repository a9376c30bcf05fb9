package assay.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    /** The examples of RFC 9110, section 14.1.2, for a body of 10,000 bytes. */
    @ParameterizedTest
    @CsvSource({
        "bytes=0-499, 0, 499",
        "bytes=500-999, 500, 999",
        "bytes=-500, 9500, 9999",
        "bytes=9500-, 9500, 9999",
        "bytes=0-0, 0, 0",
        "bytes=-1, 9999, 9999",
        "bytes=0-20000, 0, 9999",
        "bytes=-20000, 0, 9999",
        "BYTES=1-2, 1, 2"
    })
    void oneRangeIsAPart(String header, long first, long last) {
        assertEquals(new ByteRange.Part(first, last), ByteRange.parse(header, 10_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=5-4",
                "bytes=1-2,4-5",
                "lines=1-2",
                "bytes=--1",
                "bytes=1",
                "bytes=99999999999999999999-",
                "bytes=+1-2",
                "bytes=0x1-2"
            })
    void whatIsNotOneRangeIsIgnored(String header) {
        assertEquals(new ByteRange.Whole(), ByteRange.parse(header, 10_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10000-", "bytes=999999-9999999", "bytes=-0"})
    void aRangePastTheEndIsUnsatisfiable(String header) {
        assertEquals(new ByteRange.Unsatisfiable(), ByteRange.parse(header, 10_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-", "bytes=-1", "bytes=0-0"})
    void nothingOfAnEmptyBodyCanBeAsked(String header) {
        assertEquals(new ByteRange.Unsatisfiable(), ByteRange.parse(header, 0));
    }
}
