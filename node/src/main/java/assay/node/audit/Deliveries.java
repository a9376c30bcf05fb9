package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Statement;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import assay.ledger.delivery.SealedDelivery;
import assay.ledger.state.Audit;
import assay.ledger.store.LiveLedger;
import assay.node.http.ApiError;
import assay.node.http.Exchange;
import assay.node.http.Router;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Gives drawn auditors what they have to replay: {@code GET /assay/deliveries/RECEIPT}, with the auditor's fresh key in
 * {@code Assay-Key} and its account's signature in {@code Assay-Signature}, both in hex. Who is not drawn gets nothing.
 */
public final class Deliveries {
    private final LiveLedger ledger;
    private final Address operator;
    private final Auditor.Source source;

    /**
     * @param operator the node's account
     * @param source of what it answered
     */
    public Deliveries(LiveLedger ledger, Address operator, Auditor.Source source) {
        this.ledger = ledger;
        this.operator = operator;
        this.source = source;
    }

    /** Adds the route. */
    public void route(Router router) {
        router.on("GET", "/assay/deliveries/{receipt}", this::deliver);
    }

    private void deliver(Exchange exchange) throws ApiError, IOException {
        try {
            Hash receipt = Hash.ofHex(exchange.param("receipt"));
            Hash key = Hash.ofBytes(hex(exchange, "Assay-Key", Hash.SIZE_BYTES));
            Signature signature = Signature.ofBytes(hex(exchange, "Assay-Signature", Signature.SIZE_BYTES));
            Optional<Address> auditor =
                    Delivery.signer(Delivery.asked(ledger.chainId(), operator, receipt, key), signature);
            boolean isDrawn = auditor.flatMap(
                            who -> ledger.state().audit(operator, receipt).flatMap(audit -> audit.slot(who)))
                    .filter(slot -> slot.status() != Audit.SlotStatus.JOINED)
                    .isPresent();
            if (!isDrawn) {
                throw ApiError.unauthorized("Only an auditor that is drawn for this receipt gets it.");
            }
            Auditor.Case found = source.find(receipt)
                    .orElseThrow(() -> ApiError.notFound("receipt_not_found", "No receipt of that digest here."));
            byte[] sealed = SealedDelivery.seal(key, Statement.encode(found.receipt()), found.transcript());
            exchange.send(200, "application/octet-stream", sealed);
        } catch (MalformedException e) {
            throw ApiError.invalidJson("Not a request for a delivery: " + e.getMessage() + ".");
        }
    }

    private static byte[] hex(Exchange exchange, String header, int bytes) throws MalformedException {
        String text = exchange.header(header).orElse("");
        if (text.length() != 2 * bytes || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new MalformedException(header + " is " + bytes + " bytes in hex", -1);
        }
        return HexFormat.of().parseHex(text);
    }
}
