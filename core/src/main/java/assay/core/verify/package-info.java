/** What a stranger checks, offline: receipt files, transcripts, and the verdicts over them. */
@NullMarked
package assay.core.verify;

import org.jspecify.annotations.NullMarked;
