package assay.core.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class JsonTest {
    @Test
    void anObjectStaysAsItIsWhateverIsPutLater() {
        Json.Members members = Json.object().put("a", 1);
        Json.Obj first = members.build();
        Json.Obj same = members.build();
        assertThrows(IllegalArgumentException.class, () -> members.put("a", 2));
        Json.Obj second = members.put("b", 2).build();
        assertEquals("{\"a\":1}", JsonText.write(first));
        assertEquals("{\"a\":1}", JsonText.write(same));
        assertEquals("{\"a\":1,\"b\":2}", JsonText.write(second));
    }
}
