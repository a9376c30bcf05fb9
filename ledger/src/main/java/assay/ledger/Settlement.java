package assay.ledger;

import assay.ledger.state.Due;
import assay.ledger.state.Key;
import java.util.Optional;

/**
 * What happens by itself at the end of a block: everything due at its height, in the order of its keys, but for clocks that
 * stood still ({@link Clocks}). While the beacon stands still for a link that a validator holds back, it all waits.
 */
final class Settlement {
    private Settlement() {}

    static void settle(Draft d) {
        if (!Beacons.mix(d)) {
            forget(d);
            return;
        }
        Optional<byte[]> first = d.dues.firstKey(Key.ANY);
        while (first.isPresent() && Key.height(first.get()) <= d.block.height()) {
            Due due = d.dues.get(first.get()).orElseThrow();
            d.dues = d.dues.remove(first.get());
            if (Clocks.stood(d, due)) {
                first = d.dues.firstKey(Key.ANY);
                continue;
            }
            switch (due.kind()) {
                case RELEASE_BOND -> Operators.release(d, due.operator());
                case RELEASE_AUDITOR_BOND -> Operators.releaseAuditor(d, due.subject(), due.operator());
                case CLOSE_CHANNEL -> Channels.end(d, due.subject());
                case DRAW -> Batches.draw(d, due.operator(), due.subject());
                case DEMAND -> Demands.missed(d, due.subject());
                case DISPUTE -> Disputes.missed(d, due.operator(), due.subject());
                case PROPOSAL -> Governance.end(d, due.subject());
                case END_BATCH -> Batches.end(d, due.operator(), due.subject());
                case AUDIT_PHASE -> Audits.endPhase(d, due.operator(), due.subject());
                case STORAGE -> Hosting.due(d, due.subject(), due.operator());
                case RELEASE_HOST_BOND -> Hosting.release(d, due.subject(), due.operator());
                case CLAIM -> ModelClaims.undecided(d, due.subject());
                case END_RECEIPT -> Contests.end(d, due.operator(), due.subject());
                case RELEASE_MODEL_BOND -> ModelClaims.release(d, due.subject());
                case FULL_BLOCK -> {} // and so it is forgotten
                case FORGET_AUTHORIZATION -> throw new AssertionError("due at a second, not at a height: " + due);
            }
            first = d.dues.firstKey(Key.ANY);
        }
        forget(d);
    }

    /** Forgets the authorisations that the block's time has made worthless. */
    private static void forget(Draft d) {
        Optional<byte[]> first = d.timers.firstKey(Key.ANY);
        while (first.isPresent() && Key.height(first.get()) <= Authorizations.seconds(d)) {
            Due due = d.timers.get(first.get()).orElseThrow();
            d.timers = d.timers.remove(first.get());
            Authorizations.forget(d, due.operator(), due.subject());
            first = d.timers.firstKey(Key.ANY);
        }
    }
}
