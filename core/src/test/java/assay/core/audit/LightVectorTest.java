package assay.core.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.trace.Leaves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The light audit against vectors that were made without it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LightVectorTest {
    private static final int MOST = 1 << 20;

    private Field cases;

    @BeforeAll
    void read() throws IOException, MalformedException {
        byte[] file = Files.readAllBytes(Path.of("../vectors/light/cases.json"));
        cases = Field.root(JsonText.parse(file, 8, 1 << 22));
    }

    @Test
    void challengesDrawTheseCells() throws MalformedException {
        for (Field draw : cases.at("draws").items(MOST)) {
            List<Grid.Run> runs = new ArrayList<>();
            for (Field run : draw.at("runs").items(8)) {
                List<Field> both = run.items(2);
                runs.add(new Grid.Run(number(both.get(0)), number(both.get(1))));
            }
            Challenge challenge =
                    new Challenge(draw.at("receipt").hash(), draw.at("seed").hash(), number(draw.at("cells")));
            List<Spot> expected = new ArrayList<>();
            for (Field spot : draw.at("spots").items(MOST)) {
                List<Field> three = spot.items(3);
                expected.add(new Spot(number(three.get(0)), number(three.get(1)), number(three.get(2))));
            }
            assertEquals(expected, List.copyOf(challenge.spots(new Grid(number(draw.at("layers")), runs))));
            assertEquals(draw.at("digest").hash(), challenge.digest());
        }
    }

    @Test
    void vectorsHaveTheseBytes() throws MalformedException {
        for (Field c : cases.at("packed").items(MOST)) {
            List<Long> values = new ArrayList<>();
            for (Field v : c.at("values").items(MOST)) {
                values.add(Long.parseLong(v.string()));
            }
            Writer out = new Writer();
            Packed.write(out, values.size(), values::get);
            byte[] bytes = HexFormat.of().parseHex(c.at("bytes").string());
            assertArrayEquals(bytes, out.toBytes());
            long[] read = new long[values.size()];
            Reader in = new Reader(bytes);
            Packed.read(in, read, 63, "a value");
            in.end();
            assertArrayEquals(values.stream().mapToLong(v -> v).toArray(), read);
        }
    }

    @Test
    void aVectorHasOneEncoding() {
        // Wider than need be; a bit in the padding; the value below the symmetric range; over the bound.
        for (String hex : List.of("0301", "02f9", "0202", "00ff", "1f00000000", "0402")) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            assertThrows(
                    MalformedException.class,
                    () -> {
                        Reader in = new Reader(bytes);
                        Packed.read(in, new long[1], 14, "a value");
                        in.end();
                    },
                    hex);
        }
    }

    @Test
    void tracesHaveTheseLeavesAndThisRoot() throws MalformedException {
        Field t = cases.at("trace");
        Leaves leaves = new Leaves();
        Hash residual = leaves.residual(ints(t.at("residual")));
        Hash keysValues = leaves.keysValues(shorts(t.at("key")), shorts(t.at("value")));
        Hash cell = leaves.cell(3, 7, residual, keysValues);
        Hash last = leaves.last(7, residual);
        Hash token = leaves.token(7, 42, residual, -1);
        assertEquals(t.at("cell").hash(), cell);
        assertEquals(t.at("last").hash(), last);
        assertEquals(t.at("token").hash(), token);
        assertEquals(t.at("root").hash(), Leaves.root(9, List.of(cell, last, token)));
    }

    @Test
    void subtreesBesideAPrefixLeadToTheRoot() throws MalformedException {
        for (Field c : cases.at("subtrees").items(MOST)) {
            int size = number(c.at("size"));
            int known = number(c.at("known"));
            List<Hash> leaves = IntStream.range(0, size)
                    .mapToObj(i -> Hash.sha256(new Writer().u32(i).toBytes()))
                    .toList();
            List<Hash> rest = new ArrayList<>();
            for (Field h : c.at("rest").items(MOST)) {
                rest.add(h.hash());
            }
            assertEquals(rest, Subtrees.rest(leaves, known));
            assertEquals(rest.size(), Subtrees.count(known, size));
            assertEquals(c.at("root").hash(), Subtrees.root(leaves.subList(0, known), rest, size));
        }
    }

    @Test
    void residuesMultiplyAndAdd() throws MalformedException {
        for (Field c : cases.at("field").items(MOST)) {
            long a = Long.parseLong(c.at("a").string());
            long b = Long.parseLong(c.at("b").string());
            assertEquals(Long.parseLong(c.at("product").string()), Field61.mul(a, b));
            assertEquals(Long.parseLong(c.at("sum").string()), Field61.add(a, b));
        }
        assertEquals(Field61.P - 5, Field61.of(-5));
    }

    private static int number(Field field) throws MalformedException {
        return field.int32(0, Integer.MAX_VALUE);
    }

    private static int[] ints(Field list) throws MalformedException {
        List<Field> items = list.items(MOST);
        int[] values = new int[items.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = items.get(i).int32(Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        return values;
    }

    private static short[] shorts(Field list) throws MalformedException {
        int[] values = ints(list);
        short[] out = new short[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (short) values[i];
        }
        return out;
    }
}
