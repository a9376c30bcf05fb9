package assay.core.dispute;

import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.merkle.Merkle;
import assay.core.program.ProgramHeader;
import assay.core.program.Shape;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;

/**
 * What a dispute is about: the program in outline and the receipt, both as the ledger knows them by digest.
 *
 * @param header sections of the program
 * @param shape its sizes, under the header
 * @param statement the receipt's bytes
 * @param receipt the same, parsed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its encoding
record Head(ProgramHeader header, Shape shape, byte[] statement, Receipt receipt) {
    private static final int SHAPE_MAX = 256;

    static Head of(Work work) {
        return new Head(work.header(), work.program().shape(), work.statement(), work.receipt());
    }

    void write(Writer out) {
        header.write(out);
        Writer sizes = new Writer();
        shape.write(sizes);
        out.blob(sizes.toBytes()).blob(statement);
    }

    /** Reads one whose parts belong together; whose they are is still to be compared. */
    static Head read(Reader in) throws MalformedException {
        ProgramHeader header = ProgramHeader.read(in);
        byte[] sizes = in.blob(SHAPE_MAX);
        ProgramHeader.Section section = header.section("shape");
        if (section.size() != sizes.length || !section.root().equals(Merkle.root(ProgramHeader.leaves(sizes)))) {
            throw new MalformedException("the shape is not the program's", in.offset());
        }
        Reader shapeIn = new Reader(sizes);
        Shape shape = Shape.read(shapeIn);
        shapeIn.end();
        byte[] statement = in.blob(Statement.SIZE_MAX_BYTES);
        return new Head(header, shape, statement, Statement.parse(statement));
    }

    /** Whether the program and the receipt are these. */
    boolean isOf(Terms terms) {
        return header.root().equals(terms.program())
                && Statement.digest(statement).equals(terms.receipt())
                && receipt.model().program().equals(terms.program());
    }

    /** The operations of a leaf. */
    Plan plan(int tree, int position) {
        boolean picks = position >= receipt.usage().prompt() - 1;
        return Plan.of(
                shape, tree, position, picks, receipt.request().sampling().temperature() == 0);
    }
}
