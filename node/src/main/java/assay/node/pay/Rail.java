package assay.node.pay;

import assay.core.base.Amount;
import assay.core.codec.Json;
import assay.ledger.pay.Requirements;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One network on which this node is paid. Thread-safe. */
sealed interface Rail permits LedgerRail, OutsideRail {
    /** The ways to pay this amount there, the preferred one first. */
    List<Requirements> offers(Amount amount);

    /** The network's name in version 1, if it has one there. */
    Optional<String> nameV1();

    /** Says no to a payment that cannot be taken; changes nothing. */
    void check(Bid bid) throws RefusedException, IOException, InterruptedException;

    /**
     * Puts the payment where only this answer's receipt can take it, durable when it returns, or names what is to be
     * taken.
     */
    Cover secure(Bid bid) throws RefusedException, IOException, InterruptedException;

    /** Gives back what covered a request that came to nothing. */
    void giveBack(Cover cover);

    /**
     * What the client is told, in {@code PAYMENT-RESPONSE}.
     *
     * @param charged what the answer cost, if that is known by now
     */
    Json.Obj response(Cover cover, Optional<Amount> charged);
}
