/**
 * The part of the Jinja language that chat templates use, as a small total interpreter: pure,
 * bounded, and with a mark on every character that says whether the template wrote it.
 * docs/protocol/template.md.
 */
@NullMarked
package assay.core.text.template;

import org.jspecify.annotations.NullMarked;
