package assay.node.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** What the index finds is what a list of everything finds. */
final class ReceiptIndexPropertyTest {
    private static final long SEED = 20261121;

    private record Row(String id, Hash digest, Hash authorisation) {}

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void everyReceiptIsFoundByIdDigestAndPayment() {
        ReceiptIndex index = new ReceiptIndex();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            Row row = new Row("id" + i, hash(), hash());
            rows.add(row);
            index.add(row.id, row.digest, row.authorisation, Optional.empty());
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            String seed = "seed " + SEED + ", row " + i;
            assertEquals(
                    OptionalInt.of(i), index.ofId(row.id, at -> rows.get(at).id.equals(row.id)), seed);
            assertEquals(
                    OptionalInt.of(i),
                    index.ofDigest(row.digest, at -> rows.get(at).digest.equals(row.digest)),
                    seed);
            assertEquals(
                    OptionalInt.of(i),
                    index.ofAuthorisation(
                            row.authorisation, at -> rows.get(at).authorisation.equals(row.authorisation)),
                    seed);
        }
        for (int i = 0; i < 20_000; i++) {
            String unknown = "unknown" + i;
            assertEquals(
                    OptionalInt.empty(),
                    index.ofId(unknown, at -> rows.get(at).id.equals(unknown)));
        }
    }

    @Test
    void tagsThatAreTheSameAreToldApartByWhoAsks() {
        TagTable table = new TagTable();
        for (int number = 0; number < 500; number++) {
            table.add(number % 3, number);
        }
        for (int number = 0; number < 500; number++) {
            int wanted = number;
            IntPredicate isWanted = n -> n == wanted;
            assertEquals(number, table.find(number % 3, isWanted));
            assertEquals(-1, table.find((number + 1) % 3, isWanted));
        }
        assertEquals(-1, table.find(77, n -> true));
    }

    @Test
    void whatWasToldAndWhatIsForgottenIsKeptForEachReceipt() {
        ReceiptIndex index = new ReceiptIndex();
        for (int i = 0; i < 10_000; i++) {
            index.add("id" + i, hash(), hash(), Optional.empty());
            if (i % 2 == 0) {
                index.tell(i, i);
            }
            if (i % 3 == 0) {
                assertTrue(index.erase(i));
            }
        }
        for (int i = 0; i < 10_000; i++) {
            assertEquals(i % 2 == 0 ? OptionalLong.of(i) : OptionalLong.empty(), index.told(i));
            assertEquals(i % 3 == 0, index.isErased(i));
        }
        assertFalse(index.erase(3), "it is forgotten already");
    }

    private Hash hash() {
        byte[] bytes = new byte[Hash.SIZE_BYTES];
        ByteBuffer words = ByteBuffer.wrap(bytes);
        while (words.hasRemaining()) {
            words.putLong(random.nextLong());
        }
        return Hash.ofBytes(bytes);
    }
}
