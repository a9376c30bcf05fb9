package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.program.Program;
import assay.core.program.ProgramHeader;
import assay.core.program.SectionChunks;
import assay.core.text.UnicodeTables;
import assay.core.verify.TextRules;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.Model;
import assay.ledger.state.State;
import assay.ledger.state.StateMap;
import assay.ledger.state.TextChunk;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction.PostText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tokenizers and templates of models on the ledger, with which it judges what is disputed about the text of answers.
 * They come in chunks, from anybody who has something to do with the model, at the latest when they are needed, and
 * stay: the next dispute finds them. Models with the same tokenizer share it, as a chunk's key is its section's root and size.
 */
public final class Texts {
    /** The sections, in the order of {@link PostText#section}. */
    private static final List<String> SECTIONS = List.of("tokenizer", "template");

    private Texts() {}

    static Outcome post(Draft d, Address from, PostText t) {
        Optional<Model> model = d.models.get(Key.of(t.model()));
        if (model.isEmpty()) {
            return refused(Reason.MODEL_UNKNOWN);
        }
        boolean takesPart = from.equals(model.get().publisher())
                || d.auditors.has(Key.auditor(t.model(), from))
                || d.offers.has(Key.of(from, t.model()));
        if (!takesPart) {
            return refused(Reason.BOND_TOO_SMALL);
        }
        ProgramHeader.Section section;
        try {
            Reader in = new Reader(t.header().toArray());
            ProgramHeader header = ProgramHeader.read(in);
            in.end();
            if (missing(d.texts, header).isEmpty()) {
                return refused(Reason.TEXT_TOO_LONG);
            }
            if (!header.root().equals(model.get().words().programRoot()) || t.section() >= SECTIONS.size()) {
                return refused(Reason.TEXT_WRONG);
            }
            section = header.section(SECTIONS.get(t.section()));
        } catch (MalformedException e) {
            return refused(Reason.TEXT_WRONG);
        }
        if (!SectionChunks.isOf(section, t.chunk(), t.bytes().toArray(), t.path())) {
            return refused(Reason.TEXT_WRONG);
        }
        byte[] key = Key.text(section, t.chunk());
        if (d.texts.has(key)) {
            return refused(Reason.TEXT_KNOWN);
        }

        d.texts = d.texts.put(key, new TextChunk(from, t.bytes()));
        d.tell(new Event.TextPosted(t.model(), from, t.section(), t.chunk()));
        return d.applied();
    }

    /** How many chunks of a program's text are not on the ledger; empty if it is longer than the ledger keeps. */
    static OptionalInt missing(StateMap<TextChunk> texts, ProgramHeader header) {
        int missing = 0;
        long size = 0;
        for (String name : SECTIONS) {
            try {
                ProgramHeader.Section section = header.section(name);
                size += section.size();
                if (size > TextChunk.TEXT_MAX_BYTES) {
                    return OptionalInt.empty();
                }
                for (int i = 0; i < SectionChunks.count(section.size()); i++) {
                    missing += texts.has(Key.text(section, i)) ? 0 : 1;
                }
            } catch (MalformedException e) {
                return OptionalInt.of(0); // a program without text: nothing can be answered by it
            }
        }
        return OptionalInt.of(missing);
    }

    /**
     * A program's text rules, if all of it is here and made for these Unicode tables.
     *
     * @throws MalformedException if it is here and no request can be answered by it
     */
    static Optional<TextRules> rules(StateMap<TextChunk> texts, ProgramHeader header) throws MalformedException {
        OptionalInt missing = missing(texts, header);
        if (missing.isEmpty() || missing.getAsInt() > 0 || !isOfTheseTables(header)) {
            return Optional.empty();
        }
        ReadTexts.Name name = name(header);
        return Optional.of(ReadTexts.get(name, () -> sections(texts, name)));
    }

    /** Begins to read a program's text, all of which is here: it will be needed in one of the next blocks. */
    static void begin(StateMap<TextChunk> texts, ProgramHeader header) {
        try {
            ReadTexts.Name name = name(header);
            ReadTexts.begin(name, () -> sections(texts, name));
        } catch (MalformedException e) {
            return; // a program without text: there is nothing to read
        }
    }

    private static ReadTexts.Name name(ProgramHeader header) throws MalformedException {
        return new ReadTexts.Name(header.section(SECTIONS.get(0)), header.section(SECTIONS.get(1)));
    }

    private static ReadTexts.Sections sections(StateMap<TextChunk> texts, ReadTexts.Name name) {
        return new ReadTexts.Sections(bytes(texts, name.tokenizer()), bytes(texts, name.template()));
    }

    private static boolean isOfTheseTables(ProgramHeader header) throws MalformedException {
        byte[] here = UnicodeTables.digest().bytes();
        ProgramHeader.Section unicode = header.section("unicode");
        return unicode.size() == here.length
                && unicode.root().equals(assay.core.merkle.Merkle.root(ProgramHeader.leaves(here)));
    }

    private static byte[] bytes(StateMap<TextChunk> texts, ProgramHeader.Section section) {
        Writer out = new Writer();
        for (int i = 0; i < SectionChunks.count(section.size()); i++) {
            out.bytes(texts.get(Key.text(section, i)).orElseThrow().bytes().toArray());
        }
        return out.toBytes();
    }

    /** Gives who won a dispute about text back what the chunks of it that it posted had cost, once. */
    static void repay(Draft d, Address operator, Hash receipt, Address winner, ProgramHeader header) {
        Amount cost = Amount.ZERO;
        for (String name : SECTIONS) {
            try {
                ProgramHeader.Section section = header.section(name);
                for (int i = 0; i < SectionChunks.count(section.size()); i++) {
                    byte[] key = Key.text(section, i);
                    Optional<TextChunk> chunk = d.texts.get(key);
                    if (chunk.isPresent() && chunk.get().payer().equals(winner)) {
                        cost = cost.plus(Ledger.fee(chunk.get().bytes().size(), d.params()));
                        d.texts = d.texts.put(key, chunk.get().paid());
                    }
                }
            } catch (MalformedException e) {
                return; // a program without text
            }
        }
        Amount back = Amount.min(cost, d.totals.reserve());
        if (!back.isZero()) {
            d.totals = d.totals.minusReserve(back);
            d.credit(winner, back);
            d.tell(new Event.TextRepaid(operator, receipt, winner, back));
        }
    }

    /** Whether a program's text is longer than the ledger keeps: what is disputed about it is left undecided. */
    public static boolean isTooLong(ProgramHeader header) {
        return missing(StateMap.empty(State.Part.TEXTS.keyBytes()), header).isEmpty();
    }

    /** What of a program's text is still to be posted, chunk by chunk; nothing if it is longer than the ledger keeps. */
    public static List<PostText> missing(State state, Hash model, Program program) {
        if (missing(state.texts(), program.header()).isEmpty()) {
            return List.of();
        }
        return posts(model, program).stream()
                .filter(p -> !state.texts().has(Key.text(section(program, p), p.chunk())))
                .toList();
    }

    private static ProgramHeader.Section section(Program program, PostText post) {
        try {
            return program.header().section(SECTIONS.get(post.section()));
        } catch (MalformedException e) {
            throw new AssertionError("it was read from there", e);
        }
    }

    /** What posting all of a program's text takes, chunk by chunk. */
    public static List<PostText> posts(Hash model, Program program) {
        Writer out = new Writer();
        program.header().write(out);
        Bytes header = Bytes.of(out.toBytes());
        List<PostText> posts = new ArrayList<>();
        for (int s = 0; s < SECTIONS.size(); s++) {
            byte[] section = program.committed().get(SECTIONS.get(s));
            for (int i = 0; section != null && i < SectionChunks.count(section.length); i++) {
                Bytes chunk = Bytes.of(SectionChunks.chunk(section, i));
                posts.add(new PostText(model, header, s, i, chunk, SectionChunks.path(section, i)));
            }
        }
        return posts;
    }
}
