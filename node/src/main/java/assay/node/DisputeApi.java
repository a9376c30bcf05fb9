package assay.node;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.codec.Reader;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.store.LiveLedger;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.TransactionCodec;
import assay.node.audit.Docket;
import assay.node.audit.LiveDocket;
import assay.node.http.ApiError;
import assay.node.http.Exchange;
import assay.node.http.Router;
import java.io.IOException;
import java.util.concurrent.CompletionException;

/**
 * How another process of the same owner acts on this network's ledger: it signs for itself, and is told how a receipt
 * stands. Whoever does not trust this machine follows a ledger that it can check ({@code --ledger}).
 */
final class DisputeApi {
    private final LiveLedger ledger;
    private final OwnerApi owner;

    DisputeApi(LiveLedger ledger, OwnerApi owner) {
        this.ledger = ledger;
        this.owner = owner;
    }

    void route(Router router) {
        router.on("GET", "/assay/disputes/{operator}/{receipt}/{account}/{since}", this::look);
        router.on("POST", "/assay/transactions", this::send);
    }

    private void look(Exchange exchange) throws ApiError, IOException {
        owner.check(exchange);
        try {
            String since = exchange.param("since");
            if (!since.matches("[0-9]{1,18}")) {
                throw new MalformedException("a height is a number", -1);
            }
            Hash receipt = Hash.ofHex(exchange.param("receipt"));
            Address operator = Address.parse(exchange.param("operator"));
            Docket.Look now = LiveDocket.look(ledger, operator, receipt, Address.parse(exchange.param("account")));
            Docket.Look whole = now.with(LiveDocket.about(
                    LedgerView.recent(ledger, Long.parseLong(since)).stream()
                            .filter(b -> b.height() <= now.height())
                            .toList(),
                    receipt));
            exchange.sendJson(200, JsonText.writeBytes(whole.json()));
        } catch (MalformedException e) {
            throw ApiError.invalidValue("path", "Not a receipt of an operator: " + e.getMessage() + ".");
        }
    }

    private void send(Exchange exchange) throws ApiError, IOException {
        owner.check(exchange);
        SignedTransaction transaction;
        try {
            Reader in = new Reader(exchange.body());
            transaction = TransactionCodec.read(in);
            in.end();
        } catch (MalformedException e) {
            throw ApiError.invalidValue("body", "Not a signed transaction: " + e.getMessage() + ".");
        }
        try {
            Json.Members json = Json.object();
            if (ledger.submit(transaction).join() instanceof Outcome.Rejected(var reason)) {
                json.put("refused", reason.name());
            }
            exchange.sendJson(200, JsonText.writeBytes(json.build()));
        } catch (CompletionException e) {
            throw ApiError.internal("ledger", "The ledger took nothing: " + e.getCause());
        }
    }
}
