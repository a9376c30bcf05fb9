package assay.node.pay;

import assay.core.codec.Json;
import assay.ledger.pay.Refusal;
import java.util.Optional;

/** A payment that is not taken; the request may be tried again with another one. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final transient Optional<Json.Obj> extra;

    RefusedException(Refusal why, String detail) {
        this(why.code(), detail, Optional.empty());
    }

    /** @param extra for the terms of the scheme, so that the client can put itself right */
    RefusedException(String code, String detail, Optional<Json.Obj> extra) {
        super(detail, null, false, false);
        this.code = code;
        this.extra = extra;
    }

    /** The standard name of the refusal. */
    String code() {
        return code;
    }

    Optional<Json.Obj> extra() {
        return extra;
    }
}
