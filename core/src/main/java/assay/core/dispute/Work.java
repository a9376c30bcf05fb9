package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.ProgramHeader;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import java.util.List;
import java.util.Optional;

/**
 * What one party computed about a receipt: enough to show, and to judge, any part of it. Nothing of it is believed by
 * the other, or by the referee.
 */
public interface Work {
    /** The program; its weights are in {@link #row}. */
    Program program();

    /** The program in outline ({@link Program#header}). */
    ProgramHeader header();

    /** A section of the program ({@link Program#committed}). */
    byte[] section(String name);

    /** Bytes of a row as in the model's file. */
    byte[] row(Matrix matrix, int row);

    /** One block of columns of a row, as this party computes with it. */
    default long[] weights(Matrix matrix, int row, int block) throws MalformedException {
        return Rows.block(matrix, row(matrix, row), block);
    }

    /** Root of the subtree over rows [low, high) of a matrix. */
    Hash rows(Matrix matrix, int low, int high);

    /** The statement that was signed. */
    byte[] statement();

    /** The same, parsed. */
    Receipt receipt();

    /** What the receipt is about, in clear. */
    Transcript transcript();

    /** Whether text, bill or posting do not follow from the request, as this party sees it. */
    boolean isTextWrong();

    /** The traces of all choices, in order. */
    List<ChoiceWork> choices();

    /** One choice. */
    interface ChoiceWork {
        /** Positions fed; 0 for a choice without ids. */
        int steps();

        /** Leaf of a tree at a position. */
        Hash leaf(int tree, int position);

        /** Root over leaves [low, high) of a tree. */
        default Hash subtree(int tree, int low, int high) {
            if (high - low == 1) {
                return leaf(tree, low);
            }
            int middle = low + Integer.highestOneBit(high - low - 1);
            return assay.core.merkle.Merkle.node(subtree(tree, low, middle), subtree(tree, middle, high));
        }

        /** Residual before a layer, or after the last, at a position: (D) at 14. */
        int[] residual(int tree, int position);

        /** SHA-256 of the residual before a layer. */
        default Hash residualDigest(int tree, int position) {
            return FlatDigests.residual(FlatDigests.wide(residual(tree, position)));
        }

        /** K then V of a layer at a position. */
        short[] keysValues(int layer, int position);

        /** The sampler's state before the pick at a position; zero where nothing is picked. */
        Hash state(int position);

        /** The id picked at a position, or -1. */
        int picked(int position);

        /** The first position whose picked id is not the one that was answered, if there is one. */
        Optional<Integer> answeredOtherwise();

        /** Values of a leaf's operation that this party stands for; a dishonest one may return others. */
        default long[] stated(int tree, int position, int op, long[] computed) {
            return computed;
        }
    }
}
