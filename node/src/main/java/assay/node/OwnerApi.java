package assay.node;

import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Transaction;
import assay.node.http.ApiError;
import assay.node.http.Exchange;
import assay.node.http.Router;
import assay.node.openai.ChatCall;
import assay.node.pay.Desk;
import assay.node.serve.Book;
import assay.node.serve.Chats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What only the holder of the API key may do, beside asking: see what a request would cost, read transcripts,
 * move the wallet's play money.
 */
final class OwnerApi {
    private static final int BODY_MAX_BYTES = 1024;

    private final Chats chats;
    private final Book book;
    private final LiveLedger ledger;
    private final Bootstrap.Ready ready;
    private final byte[] authorization;

    OwnerApi(Chats chats, Book book, LiveLedger ledger, Bootstrap.Ready ready, String apiKey) {
        this.chats = chats;
        this.book = book;
        this.ledger = ledger;
        this.ready = ready;
        this.authorization = ("Bearer " + apiKey).getBytes(StandardCharsets.UTF_8);
    }

    void route(Router router) {
        router.on("POST", "/assay/quote", this::quote);
        router.on("GET", "/assay/receipts/{id}/transcript", this::transcript);
        router.on("GET", "/assay/ledger/{what}/{since}", this::ledger);
        router.on("POST", "/assay/wallet/send", this::send);
        router.on("POST", "/assay/wallet/faucet", this::faucet);
    }

    void check(Exchange exchange) throws ApiError {
        byte[] given = exchange.header("Authorization").orElse("").getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(authorization, given)) {
            throw ApiError.unauthorized("Send the API key as 'Authorization: Bearer KEY'.");
        }
    }

    /** For the owner, and for whoever holds the payment of this very answer. */
    void checkPayer(Exchange exchange, Optional<Book.Entry> asked) throws ApiError {
        boolean isPayer = asked.isPresent()
                && exchange.header("PAYMENT-SIGNATURE")
                        .filter(h ->
                                Desk.isNamed(h, asked.get().receipt().payment().authorisation()))
                        .isPresent();
        if (!isPayer) {
            check(exchange);
        }
    }

    private void ledger(Exchange exchange) throws ApiError, IOException {
        check(exchange);
        String since = exchange.param("since");
        if (!since.matches("[0-9]{1,18}")) {
            throw ApiError.invalidValue("since", "A height is a number.");
        }
        byte[] json = JsonText.writeBytes(LedgerView.of(ledger, exchange.param("what"), Long.parseLong(since))
                .orElseThrow(() -> ApiError.notFound("unknown_list", "The ledger has no such list.")));
        exchange.sendJson(200, json);
    }

    private void quote(Exchange exchange) throws ApiError, IOException {
        check(exchange);
        Chats.Quote quote = chats.quote(ChatCall.parse(exchange.jsonBody()));
        exchange.sendJson(
                200,
                JsonText.writeBytes(Json.object()
                        .put("prompt_tokens", quote.promptTokens())
                        .put("content_tokens", quote.contentTokens())
                        .put("max_tokens", quote.maxTokens())
                        .put("worst_case_micro", quote.worstCase().micro())
                        .build()));
    }

    private void transcript(Exchange exchange) throws ApiError, IOException {
        checkPayer(exchange, book.find(exchange.param("id")));
        Book.Entry entry = book.find(exchange.param("id"))
                .orElseThrow(() -> ApiError.notFound("receipt_not_found", "No receipt of that id here."));
        if (book.isErased(entry.id())) {
            throw ApiError.notFound(
                    "transcript_erased",
                    "Request and answer were erased when nothing could be found about them any more.");
        }
        try {
            exchange.sendJson(200, book.transcript(entry).encode());
        } catch (MalformedException e) {
            throw ApiError.internal("transcript", "The transcript's file is damaged: " + e.getMessage());
        }
    }

    private void send(Exchange exchange) throws ApiError, IOException {
        check(exchange);
        Address to;
        Amount amount;
        try {
            Field body = Field.root(JsonText.parse(exchange.jsonBody(), 2, BODY_MAX_BYTES));
            body.only("to", "amount_micro");
            to = Address.parse(body.at("to").string(64));
            amount = Amount.ofMicro(body.at("amount_micro").integer(1, Amount.MAX_MICRO));
        } catch (MalformedException e) {
            throw ApiError.invalidJson("Not a transfer: " + e.getMessage() + ".");
        }
        answer(exchange, ready.wallet(), new Transaction.Transfer(to, amount));
    }

    private void faucet(Exchange exchange) throws ApiError, IOException {
        check(exchange);
        Address wallet = ready.wallet().signer().address();
        answer(exchange, ready.faucet(), new Transaction.Transfer(wallet, Bootstrap.GRANT));
    }

    private static void answer(Exchange exchange, Sender from, Transaction body) throws ApiError, IOException {
        switch (from.send(body).join()) {
            case Outcome.Rejected(var reason) ->
                throw ApiError.invalidValue("amount_micro", "The ledger refused: " + reason + ".");
            case Outcome.Applied applied ->
                exchange.sendJson(
                        200, JsonText.writeBytes(Json.object().put("done", true).build()));
        }
    }
}
