package assay.engine.fast;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of every kernel in this package: constants, so that the compiler sees through them.
 *
 * <p>The system property {@code assay.vector.bits} (128, 256 or 512) forces a width; all widths give
 * the same bits.
 */
final class Lanes {
    static final int BITS = Integer.getInteger(
            "assay.vector.bits", Math.max(128, Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize())));

    static final VectorSpecies<Float> F = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Integer> I = IntVector.SPECIES_128.withShape(F.vectorShape());
    static final VectorSpecies<Long> L = LongVector.SPECIES_128.withShape(F.vectorShape());
    static final VectorSpecies<Double> D = DoubleVector.SPECIES_128.withShape(F.vectorShape());

    /** Floats and ints of half the width: as many lanes as doubles of the full width. */
    static final VectorSpecies<Float> HALF_F = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS / 2));

    static final VectorSpecies<Integer> HALF_I = VectorSpecies.of(int.class, HALF_F.vectorShape());

    /** Floats a vector: 16, 8 or 4, a divisor of the 16 rows of a block. */
    static final int FLOATS = F.length();

    /** Doubles a vector. */
    static final int DOUBLES = D.length();

    private Lanes() {}
}
