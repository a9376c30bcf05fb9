package assay.node;

import assay.core.audit.Challenge;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.node.http.ApiError;
import assay.node.http.Exchange;
import assay.node.http.Router;
import assay.node.serve.Book;
import assay.node.serve.Opener;
import java.io.IOException;
import java.util.Optional;

/** {@code POST /assay/receipts/{id}/cells}: opens cells of an answer to who paid for it. */
final class OpeningApi {
    private static final int BODY_MAX_BYTES = 1024;

    private final Opener opener;
    private final Book book;
    private final OwnerApi owner;

    OpeningApi(Opener opener, Book book, OwnerApi owner) {
        this.opener = opener;
        this.book = book;
        this.owner = owner;
    }

    void route(Router router) {
        router.on("POST", "/assay/receipts/{id}/cells", this::cells);
    }

    private void cells(Exchange exchange) throws ApiError, IOException, InterruptedException {
        Optional<Book.Entry> entry = find(exchange.param("id"));
        owner.checkPayer(exchange, entry);
        Book.Entry asked = entry.orElseThrow(
                () -> ApiError.notFound("receipt_not_found", "No receipt of that id or digest here."));
        if (book.isErased(asked.id())) {
            throw ApiError.notFound(
                    "transcript_erased",
                    "Request and answer were erased when nothing could be found about them any more.");
        }
        Challenge challenge;
        try {
            Field body = Field.root(JsonText.parse(exchange.jsonBody(), 2, BODY_MAX_BYTES));
            body.only("seed", "cells");
            Hash seed = body.at("seed").hash();
            challenge = new Challenge(asked.digest(), seed, body.at("cells").int32(1, Challenge.CELLS_MAX));
        } catch (MalformedException e) {
            throw ApiError.invalidJson("Not a challenge: " + e.getMessage()
                    + ". It reads {\"seed\": 64 hex digits, \"cells\": 1 to " + Challenge.CELLS_MAX + "}.");
        }
        exchange.send(200, "application/octet-stream", opener.open(asked, challenge));
    }

    /** By the id of its URL, or by the digest that is in the file. */
    private Optional<Book.Entry> find(String id) {
        try {
            return id.length() == 2 * Hash.SIZE_BYTES ? book.find(Hash.ofHex(id)) : book.find(id);
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }
}
