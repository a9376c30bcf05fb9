package assay.ledger.tx;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The most UTF-8 bytes of a text, or the most items of a list, that a record component may hold. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Max {
    /** The bound, inclusive. */
    int value();
}
