package assay.core.text;

import assay.core.base.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The canonical bytes of a {@link Vocabulary}: little-endian u32 and length-prefixed UTF-8 throughout.
 *
 * <pre>
 * "assay-vocabulary-1"  model  pre  bos eos unk eot eom (0xFFFFFFFF: none)  flags (1 bos, 2 eos, 4 space)
 * count { text  type }  scores: count or 0 { float32 bits }  count { left id  right id }
 * </pre>
 *
 * <p>There is one encoding for one vocabulary: what parses encodes to the same bytes.
 */
final class VocabularyFormat {
    private static final String MAGIC = "assay-vocabulary-1";
    private static final int SIZE_MAX = 1 << 27;

    private VocabularyFormat() {}

    static byte[] encode(Vocabulary v) {
        Out out = new Out();
        out.text(MAGIC);
        out.text(v.model().label());
        out.text(v.pretokenizer().label());
        Vocabulary.Roles r = v.roles();
        for (int id : new int[] {r.bos(), r.eos(), r.unk(), r.eot(), r.eom()}) {
            out.word(id);
        }
        Vocabulary.Affixes a = v.affixes();
        out.word((a.addBos() ? 1 : 0) | (a.addEos() ? 2 : 0) | (a.addSpacePrefix() ? 4 : 0));
        out.word(v.size());
        for (int id = 0; id < v.size(); id++) {
            out.text(v.token(id));
            out.word(v.type(id).number());
        }
        int scores = v.model() == Vocabulary.Model.SENTENCE_PIECE ? v.size() : 0;
        out.word(scores);
        for (int id = 0; id < scores; id++) {
            out.word(v.scoreBits(id));
        }
        out.word(v.mergeCount());
        for (int rank = 0; rank < v.mergeCount(); rank++) {
            out.word(v.mergeLeft(rank));
            out.word(v.mergeRight(rank));
        }
        return out.toByteArray();
    }

    static Vocabulary parse(byte[] bytes) throws MalformedException {
        In in = new In(bytes);
        if (bytes.length > SIZE_MAX || !in.text().equals(MAGIC)) {
            throw new MalformedException("not a vocabulary: expected " + MAGIC, 0);
        }
        String model = in.text();
        String pre = in.text();
        boolean pieces = model.equals(Vocabulary.Model.SENTENCE_PIECE.label());
        if (pieces && !pre.isEmpty()) {
            throw new MalformedException("a llama vocabulary has no pre-tokenizer, got " + pre, -1);
        }
        Vocabulary.Roles roles = new Vocabulary.Roles(in.word(), in.word(), in.word(), in.word(), in.word());
        int flags = in.count(pieces ? 7 : 3, 0);
        int size = in.count(Vocabulary.TOKENS_MAX, 8);
        List<String> tokens = new ArrayList<>(size);
        int[] types = new int[size];
        for (int id = 0; id < size; id++) {
            tokens.add(in.text());
            types[id] = in.word();
        }
        int[] scores = new int[in.count(pieces ? size : 0, 4)];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = in.word();
        }
        int mergeCount = in.count(pieces ? 0 : Vocabulary.MERGES_MAX, 8);
        int[] pairs = new int[2 * mergeCount];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = in.id(size);
        }
        in.end();
        return Vocabulary.ofPairs(
                model,
                pre,
                tokens,
                types,
                scores,
                pairs,
                roles,
                new Vocabulary.Affixes((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0));
    }

    private static final class Out {
        private ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

        void word(int value) {
            room(4).putInt(value);
        }

        void text(String s) {
            byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
            word(utf8.length);
            room(utf8.length).put(utf8);
        }

        byte[] toByteArray() {
            return Arrays.copyOf(bytes.array(), bytes.position());
        }

        private ByteBuffer room(int count) {
            if (bytes.remaining() < count) {
                int at = bytes.position();
                byte[] more = Arrays.copyOf(bytes.array(), 2 * (at + count));
                bytes = ByteBuffer.wrap(more).order(ByteOrder.LITTLE_ENDIAN).position(at);
            }
            return bytes;
        }
    }

    private static final class In {
        private final ByteBuffer bytes;

        In(byte[] source) {
            bytes = ByteBuffer.wrap(source).order(ByteOrder.LITTLE_ENDIAN);
        }

        int word() throws MalformedException {
            if (bytes.remaining() < 4) {
                throw new MalformedException("a vocabulary ends early", bytes.position());
            }
            return bytes.getInt();
        }

        /** A count of items of at least itemBytes each, checked against what is left before any is kept. */
        int count(int max, int itemBytes) throws MalformedException {
            int at = bytes.position();
            int count = word();
            if (count < 0 || count > max || (long) count * itemBytes > bytes.remaining()) {
                throw new MalformedException("a count in a vocabulary is out of range: " + count, at);
            }
            return count;
        }

        int id(int size) throws MalformedException {
            int at = bytes.position();
            int id = word();
            if (id < 0 || id >= size) {
                throw new MalformedException("a merge names id " + id + " of " + size, at);
            }
            return id;
        }

        String text() throws MalformedException {
            int length = count(4 * Vocabulary.TOKEN_CHARS_MAX, 1);
            int at = bytes.position();
            bytes.position(at + length);
            String text = new String(bytes.array(), at, length, StandardCharsets.UTF_8);
            if (text.indexOf(CodePoints.REPLACEMENT) >= 0 && !isExact(text, at, length)) {
                throw new MalformedException("a text in a vocabulary is not UTF-8", at);
            }
            return text;
        }

        /** Whether U+FFFD was in the bytes, and not made of bytes that are no UTF-8. */
        private boolean isExact(String text, int at, int length) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return Arrays.equals(utf8, 0, utf8.length, bytes.array(), at, at + length);
        }

        void end() throws MalformedException {
            if (bytes.hasRemaining()) {
                throw new MalformedException("a vocabulary has bytes behind its end", bytes.position());
            }
        }
    }
}
