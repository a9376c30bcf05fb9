/** Text as part of the computation: tokenizers, chat templates, stop rules, pinned Unicode tables. */
@NullMarked
package assay.core.text;

import org.jspecify.annotations.NullMarked;
