package assay.core.program;

import assay.core.kernel.Attention;

/**
 * What one layer needs besides its matrices.
 *
 * <p>The arrays are shared, not copied: nobody may change them.
 *
 * @param exponents where q, k and v stand
 * @param attentionGain (D) at 12
 * @param feedForwardGain (D) at 12
 * @param queryBias (heads * hd) at 14, or empty
 * @param keyBias (kvHeads * hd) at 14, or empty
 * @param valueBias (kvHeads * hd) at 14, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying gains at each access would cost time
public record LayerConstants(
        Attention.Exponents exponents,
        int[] attentionGain,
        int[] feedForwardGain,
        int[] queryBias,
        int[] keyBias,
        int[] valueBias) {}
