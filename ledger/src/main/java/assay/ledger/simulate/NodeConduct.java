package assay.ledger.simulate;

/** How a node behaves. Every method is what an honest node does; a cheat overrides the few that make it one. */
interface NodeConduct {
    /** An honest node. */
    NodeConduct HONEST = new NodeConduct() {};

    /** What an auditor gets of an answer. */
    enum Delivery {
        /** Everything that a replay needs. */
        TRUE,
        /** Nothing. */
        NONE,
        /** Bytes that are something else. */
        GARBAGE
    }

    /** Whether this answer is not computed as it says. */
    default boolean cheats(Request r) {
        return false;
    }

    /** What its work on an answer costs, nano-units, when it cheats. */
    default long costOfCheating(Request r, WorkCosts costs) {
        return costs.answering(r);
    }

    /** Whether it posts the receipt, and so lets the beacon draw it. */
    default boolean posts(Answer a) {
        return true;
    }

    /** What it sends to a drawn auditor; {@code friend} if the auditor is of its party. */
    default Delivery delivers(Answer a, boolean friend) {
        return Delivery.TRUE;
    }

    /** What it answers on the ledger when an auditor complains. */
    default Delivery answersComplaint(Answer a) {
        return Delivery.TRUE;
    }

    /** Whether it opens its root when the auditors have. */
    default boolean reveals(Answer a) {
        return true;
    }

    /** Whether it moves in a dispute: one who is in the wrong only pays for moves. */
    default boolean disputes(Answer a) {
        return a.honest();
    }

    /** Whether it has the audit of its own payer's receipt bought. */
    default boolean buysAudit(Answer a) {
        return false;
    }
}
