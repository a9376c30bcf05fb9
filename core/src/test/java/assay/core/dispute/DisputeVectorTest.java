package assay.core.dispute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * vectors/dispute: whole disputes, move by move, one for each kind of operation with each side right. {@code
 * -Ddispute.vectors=write} writes them anew.
 */
class DisputeVectorTest {
    private static final Path FILE = Path.of("..", "vectors", "dispute", "moves.json.gz");
    private static final int SIZE_MAX = 64 << 20;
    private static final HexFormat HEX = HexFormat.of();

    private static String text() throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(FILE)))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Field> disputes() throws IOException, MalformedException {
        return Field.root(JsonText.parse(text().getBytes(StandardCharsets.UTF_8), 8, SIZE_MAX))
                .at("disputes")
                .items(1000);
    }

    @TestFactory
    Stream<DynamicTest> everyMoveMeansWhatTheVectorSays() throws IOException, MalformedException {
        return disputes().stream().map(d -> DynamicTest.dynamicTest(id(d), () -> replay(d)));
    }

    private static String id(Field dispute) {
        try {
            return dispute.at("id").string();
        } catch (MalformedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static void replay(Field dispute) throws MalformedException {
        Terms terms = new Terms(
                dispute.at("program").hash(),
                dispute.at("receipt").hash(),
                dispute.at("root").hash());
        byte[] at = new At.Start().encode();
        for (Field step : dispute.at("steps").items(64)) {
            At from = At.parse(at);
            Ruling ruling;
            if (step.find("node").isPresent()) {
                byte[] move = HEX.parseHex(step.at("node").string(2 * Referee.MOVE_MAX_BYTES));
                ruling = Play.REFEREE.show(terms, from, move);
                byte[] longer = java.util.Arrays.copyOf(move, move.length + 1);
                assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(terms, from, longer), "a byte more");
            } else {
                ruling = Play.REFEREE.choose(from, step.at("part").int32(0, At.PARTS_MAX));
            }
            if (step.find("next").isPresent()) {
                Ruling.Next next = assertInstanceOf(Ruling.Next.class, ruling);
                at = next.at().encode();
                assertEquals(step.at("next").hash(), Hash.sha256(at));
                assertArrayEquals(at, At.parse(at).encode());
            } else {
                Ruling.Settled end = assertInstanceOf(Ruling.Settled.class, ruling);
                assertEquals(step.at("node_is_right").bool(), end.nodeIsRight());
                assertEquals(step.at("why").string(), end.why());
            }
        }
    }

    @Test
    void everyKindOfOperationHasAVector() throws IOException, MalformedException {
        Set<String> kinds = new TreeSet<>();
        for (Field d : disputes()) {
            kinds.add(d.at("kind").string());
        }
        for (Class<?> kind : Op.class.getPermittedSubclasses()) {
            assertTrue(kinds.contains(kind.getSimpleName()), () -> "no vector for " + kind.getSimpleName());
        }
    }

    @Test
    void theyAreWrittenAnewIfAsked() throws IOException, MalformedException {
        if (!"write".equals(System.getProperty("dispute.vectors"))) {
            assertTrue(Files.exists(FILE), FILE + " is there");
            return;
        }
        List<String> all = new ArrayList<>();
        for (int m = 0; m < 2; m++) {
            String sampling = m == 0 ? ",\"temperature\":0" : ",\"temperature\":1.5,\"top_p\":0.8,\"top_k\":60";
            TinyWork work = new TinyWork(TinyModel.of(m), sampling, new int[] {17, 3, 99, 42}, 2);
            for (int tree : new int[] {0, 1, work.shape.layers() + 1}) {
                for (int t : new int[] {1, 3}) {
                    Plan plan = Head.of(work).plan(tree, t);
                    for (int op = 0; op < plan.size(); op++) {
                        write(all, m + "-" + tree + "-" + t + "-" + op, work, tree, t, op);
                    }
                }
            }
        }
        Files.createDirectories(FILE.getParent());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(("{\"comment\":\"docs/protocol/dispute.md; see README.md\",\"disputes\":[\n"
                            + String.join(",\n", all) + "\n]}\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        Files.write(FILE, bytes.toByteArray());
    }

    /** Both ways down to an operation: the honest node proves it; one that lies in it does not. */
    private static void write(List<String> all, String id, TinyWork honest, int tree, int t, int op)
            throws MalformedException {
        String kind = Head.of(honest).plan(tree, t).op(op).getClass().getSimpleName();
        all.add(played(id, kind, honest, tree, t, op));
        TinyWork liar;
        try {
            liar = honest.with(new TinyWork.Fault(tree, t, op, 1, 1));
        } catch (MalformedException e) {
            return; // what follows from it is not defined
        }
        all.add(played(id + "-lie", kind, liar, tree, t, op));
    }

    /** A challenger that goes straight to the operation's first or second element. */
    private static String played(String id, String kind, TinyWork node, int tree, int t, int op)
            throws MalformedException {
        List<String> steps = new ArrayList<>();
        Defender defender = new Defender(node);
        At at = new At.Start();
        while (true) {
            String move;
            Ruling ruling;
            if (at.isNodesTurn()) {
                byte[] bytes = defender.move(at);
                ruling = Play.REFEREE.show(node.terms(), at, bytes);
                move = "\"node\":\"" + HEX.formatHex(bytes) + "\"";
            } else {
                int part = part(at, tree, t, op);
                ruling = Play.REFEREE.choose(at, part);
                move = "\"part\":" + part;
            }
            switch (ruling) {
                case Ruling.Next(At next) -> {
                    at = next;
                    steps.add("{" + move + ",\"next\":\""
                            + Hash.sha256(at.encode()).hex() + "\"}");
                }
                case Ruling.Settled(boolean right, String why) -> {
                    steps.add("{" + move + ",\"node_is_right\":" + right + ",\"why\":\"" + why + "\"}");
                    Terms terms = node.terms();
                    return "{\"id\":\"" + id + "\",\"kind\":\"" + kind + "\",\"program\":\""
                            + terms.program().hex() + "\",\"receipt\":\""
                            + terms.receipt().hex()
                            + "\",\"root\":\"" + terms.root().hex() + "\",\"steps\":[" + String.join(",", steps)
                            + "]}";
                }
                default -> throw new AssertionError(id + ": " + ruling);
            }
        }
    }

    private static int part(At at, int tree, int t, int op) {
        return switch (at) {
            case At.Opened a -> 1 + tree;
            case At.Pieces a -> t;
            case At.Shown a -> op;
            default -> Math.min(1, at.partCount() - 1);
        };
    }
}
