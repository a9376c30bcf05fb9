package assay.ledger;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.state.State;
import java.util.Optional;

/**
 * When nothing changes any more for a receipt: "final at block N".
 *
 * @param open what can still change it
 * @param earliest first height at which it may be final; its height, if it is
 * @param latest height from which it is final in any case
 */
public record Finality(Open open, long earliest, long latest) {
    /** What can still change a receipt. */
    public enum Open {
        /** Nothing. */
        NOTHING,
        /** It may be taken back, and it may be drawn. */
        DRAW,
        /** It was not drawn; anybody may buy its audit, and later its payer demand openings. */
        PURCHASE,
        /** It was not drawn; its payer waits for an opening. */
        OPENING,
        /** It is being audited. */
        AUDIT,
        /** It was not drawn, and is disputed. */
        DISPUTE
    }

    /** Of a posted receipt; empty for one that is not. */
    public static Optional<Finality> of(State s, Address operator, Hash receipt) {
        return s.receipt(operator, receipt).map(r -> of(r, s.params()));
    }

    private static Finality of(Receipt r, Params params) {
        Params.Windows w = params.windows();
        long since = r.statusAt();
        long drawn = r.postedAt() + w.draw();
        long passed = drawn + w.challenge();
        long contested = Audit.JOINED_MAX * params.disputeMax();
        long waited = 3 * Regenerations.waitMax(params); // an opening, then a dispute, then an opening again
        long last = passed + waited + contested + w.node() + w.challenge() + 1 + w.draw() + params.auditMax();
        return switch (r.status()) {
            case POSTED -> new Finality(Open.DRAW, drawn, last);
            case PASSED -> new Finality(Open.PURCHASE, Math.max(passed, since), last);
            case DEMANDED -> new Finality(Open.OPENING, since, last);
            case DRAWN -> new Finality(Open.AUDIT, since, since + w.draw() + params.auditMax() + contested);
            case DISPUTED -> new Finality(Open.DISPUTE, since, last);
            case CONFIRMED, UNAUDITED, UNDRAWN, FAULT, WITHHELD, RETRACTED -> new Finality(Open.NOTHING, since, since);
        };
    }
}
