/** The verification curve: what each way of checking costs beside the inference, from small models to large ones. */
@NullMarked
package assay.bench.verification;

import org.jspecify.annotations.NullMarked;
