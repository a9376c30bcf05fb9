package assay.ledger.simulate;

import assay.core.base.Hash;
import java.util.Optional;

/** How an auditor behaves. Every method is what an honest one does; a cheat overrides the few that make it one. */
interface AuditorConduct {
    /** An honest auditor. */
    AuditorConduct HONEST = new AuditorConduct() {};

    /** A root and the salt of a commitment to it. */
    record Opening(Hash root, Hash salt) {}

    /** Whether it does what it is paid for. */
    default boolean works(AuditCase c) {
        return true;
    }

    /** What it binds itself to, once the transcript is there; empty to stay silent. */
    default Optional<Hash> commits(AuditCase c) {
        return Optional.of(c.commitmentTo(c.replay()));
    }

    /** How it opens that. */
    default Optional<Opening> reveals(AuditCase c) {
        return Optional.of(new Opening(c.found(), c.salt()));
    }

    /** Blocks that it waits before each step, to see what others do. */
    default int patience() {
        return 0;
    }

    /** Whether it demands on the ledger what the node sent, or did not send. */
    default boolean complains(boolean delivered) {
        return !delivered;
    }

    /** Whether it does its moves in a dispute that it opened. */
    default boolean disputes(AuditCase c) {
        return !c.found().equals(c.answer().shown());
    }
}
