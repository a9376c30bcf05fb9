package assay.node.pay;

import assay.core.base.Hash;
import assay.core.receipt.Receipt.Payment.Binding;
import assay.ledger.pay.Payment;
import assay.ledger.pay.Requirements;
import java.util.Optional;

/**
 * A payment that was read, for the terms on offer; nothing of it is checked yet but its form.
 *
 * @param rail whose terms they are
 * @param asked the terms
 * @param payment what the client brought
 * @param authorisation names the payment with its signature: only who holds it can bring it again
 * @param alias the payer and its own name for the payment, if it has one
 * @param binding whether the payer's signature names the request
 */
record Bid(Rail rail, Requirements asked, Payment payment, Hash authorisation, Optional<Hash> alias, Binding binding) {}
