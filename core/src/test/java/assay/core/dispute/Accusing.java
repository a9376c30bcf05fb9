package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.ProgramHeader;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import java.util.List;

/** A party's work that says whether the text is wrong. */
record Accusing(Work work, boolean isTextWrong) implements Work {
    @Override
    public Program program() {
        return work.program();
    }

    @Override
    public ProgramHeader header() {
        return work.header();
    }

    @Override
    public byte[] section(String name) {
        return work.section(name);
    }

    @Override
    public byte[] row(Matrix matrix, int row) {
        return work.row(matrix, row);
    }

    @Override
    public Hash rows(Matrix matrix, int low, int high) {
        return work.rows(matrix, low, high);
    }

    @Override
    public byte[] statement() {
        return work.statement();
    }

    @Override
    public Receipt receipt() {
        return work.receipt();
    }

    @Override
    public Transcript transcript() {
        return work.transcript();
    }

    @Override
    public List<ChoiceWork> choices() {
        return work.choices();
    }
}
