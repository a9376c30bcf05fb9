package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class UnicodeTablesTest {
    private static final String[] JDK_NAMES = {
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "", "Co",
        "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"
    };

    /** JDK 25 carries Unicode 16.0 too; a later one knows U+A7CE (Unicode 17.0) and is no oracle here. */
    @Test
    void everyCategoryIsTheJdks() {
        assumeTrue(Character.getType(0xA7CE) == Character.UNASSIGNED, "this JDK has a newer Unicode");
        assumeTrue(Character.getType(0x1C89) == Character.UPPERCASE_LETTER, "this JDK has an older Unicode");
        for (int cp = 0; cp <= Character.MAX_CODE_POINT; cp++) {
            assertEquals(JDK_NAMES[Character.getType(cp)], UnicodeTables.category(cp), Integer.toHexString(cp));
        }
    }

    /** All of Z and the seven controls of PropList.txt, and nothing else. */
    @Test
    void whiteSpaceIsSeparatorsAndSevenControls() {
        for (int cp = 0; cp <= Character.MAX_CODE_POINT; cp++) {
            boolean expected = UnicodeTables.category(cp).startsWith("Z") || cp >= 9 && cp <= 13 || cp == 0x85;
            assertEquals(expected, UnicodeTables.isWhiteSpace(cp), Integer.toHexString(cp));
        }
    }

    @Test
    void theTableIsPinned() {
        assertEquals(
                "ca7a2c6bbff66d8df1183de8a98b0fd0da960515ed57b59a3d3618ce011956d8",
                UnicodeTables.digest().hex());
        assertThrows(IllegalArgumentException.class, () -> UnicodeTables.category(0x110000));
        assertThrows(IllegalArgumentException.class, () -> UnicodeTables.category(-1));
    }
}
