package assay.core.verify;

/** What kind of check a valid verdict rests on, weakest first. */
public enum Tier {
    /** Signature, bindings and inclusion in the log. */
    SIGNED,
    /** A trusted execution environment vouches for the node. */
    ATTESTED,
    /** Drawn cells were opened and recomputed. */
    AUDITED,
    /** Somebody with the weights computed the whole answer again. */
    REPLAYED,
    /** A dispute was decided by recomputing one element. */
    SETTLED,
    /** A succinct proof holds. */
    PROVED
}
