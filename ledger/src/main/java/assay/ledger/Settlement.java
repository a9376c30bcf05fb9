package assay.ledger;

import assay.ledger.state.Due;
import assay.ledger.state.Key;
import java.util.Optional;

/** What happens by itself at the end of a block: everything due at its height, in the order of its keys. */
final class Settlement {
    private Settlement() {}

    static void settle(Draft d) {
        Optional<byte[]> first = d.dues.firstKey(Key.ANY);
        while (first.isPresent() && Key.height(first.get()) <= d.block.height()) {
            Due due = d.dues.get(first.get()).orElseThrow();
            d.dues = d.dues.remove(first.get());
            switch (due.kind()) {
                case RELEASE_BOND -> Operators.release(d, due.operator());
                case RELEASE_AUDITOR_BOND -> Operators.releaseAuditor(d, due.subject(), due.operator());
                case CLOSE_CHANNEL -> Channels.end(d, due.subject());
                case DRAW -> Audits.draw(d, due.operator(), due.subject());
                case AUDIT_PHASE -> Audits.endPhase(d, due.operator(), due.subject());
            }
            first = d.dues.firstKey(Key.ANY);
        }
    }
}
