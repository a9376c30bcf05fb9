package assay.core.audit;

import assay.core.kernel.Quantised;
import assay.core.program.Cell;
import assay.core.program.Matrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Claims of the form z = W·x, tested all together without W (Freivalds 1977).
 *
 * <p>Bounds first: |z| &lt; 2^52 in a claim, and |W·x| &lt; 2^52 since a row's sum of |W| is below 2^40 and |x| is at
 * most 4095. Both are below p/4 for p = 2^61 - 1, so sums that are equal modulo p are equal. Then, for all claims
 * over one matrix, {@code v·Σαx = r·Σαz} with α fresh for every test (1 for the first claim).
 */
final class Freivalds {
    /** Sums are below this in magnitude. */
    static final long BOUND = 1L << 52;

    private final AuditKey key;
    private final Map<Matrix, List<Claim>> claims = new LinkedHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Claim(Spot spot, int[] x, long[] z) {}

    Freivalds(AuditKey key) {
        this.key = key;
    }

    /** Whether sums may be claimed at all: so many, and within the bound. */
    static boolean inBounds(Matrix matrix, long[] z) {
        if (z.length != matrix.rows()) {
            return false;
        }
        for (long v : z) {
            if (v <= -BOUND || v >= BOUND) {
                return false;
            }
        }
        return true;
    }

    /** Takes a claim up; z must be {@link #inBounds}. */
    void add(Spot spot, Matrix matrix, Quantised x, long[] z) {
        claims.computeIfAbsent(matrix, m -> new ArrayList<>()).add(new Claim(spot, x.values(), z));
    }

    /** Equations that a test takes. */
    int equations() {
        return claims.size();
    }

    /** Tests all claims; names a matrix whose claims are wrong. */
    Optional<String> test(RandomGenerator fresh) {
        for (Map.Entry<Matrix, List<Claim>> entry : claims.entrySet()) {
            if (!holds(entry.getKey(), entry.getValue(), fresh)) {
                List<Spot> spots = entry.getValue().stream().map(Claim::spot).toList();
                return Optional.of("the sums of " + entry.getKey().name() + " are not those of the model's weights, at "
                        + (spots.size() == 1 ? "" : "one of ") + spots);
            }
        }
        return Optional.empty();
    }

    private boolean holds(Matrix matrix, List<Claim> batch, RandomGenerator fresh) {
        AuditKey.Secret secret = key.of(matrix);
        Claim first = batch.getFirst();
        long[] x = new long[first.x.length];
        for (int k = 0; k < x.length; k++) {
            x[k] = first.x[k];
        }
        long[] z = first.z.clone();
        if (batch.size() > 1) {
            residues(x);
            residues(z);
        }
        for (Claim claim : batch.subList(1, batch.size())) {
            long alpha = AuditKey.draw(1, fresh)[0];
            for (int k = 0; k < x.length; k++) {
                x[k] = Field61.add(x[k], Field61.mul(alpha, Field61.of(claim.x[k])));
            }
            for (int r = 0; r < z.length; r++) {
                z[r] = Field61.add(z[r], Field61.mul(alpha, Field61.of(claim.z[r])));
            }
        }
        return Field61.dot(secret.product(), x) == Field61.dot(secret.secret(), z);
    }

    private static void residues(long[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Field61.of(values[i]);
        }
    }

    /** Sums as an opening claims them, in the order of the program; each is taken up. */
    Cell.Sums claimed(Spot spot, List<long[]> sums) {
        int[] next = new int[1];
        return (matrix, input) -> {
            long[] z = sums.get(next[0]++);
            add(spot, matrix, input, z);
            return z;
        };
    }
}
