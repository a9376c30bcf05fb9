package assay.node;

import assay.core.base.Amount;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.engine.infer.GenerationResult.Times;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.state.Receipt;
import assay.ledger.state.Split;
import assay.ledger.store.LiveLedger;
import assay.node.audit.Auditor;
import assay.node.audit.Replays;
import assay.node.http.ApiError;
import assay.node.http.Exchange;
import assay.node.http.Router;
import assay.node.serve.Book;
import assay.node.serve.Splits;
import java.io.IOException;
import java.util.Optional;

/** Says where receipts, audits and accounts stand: {@code /assay/status}, {@code /assay/receipts/{id}}. */
final class Status {
    private final LiveLedger ledger;
    private final Book book;
    private final Auditor auditor;
    private final Bootstrap.Ready ready;
    private final String model;
    private final Splits splits;

    Status(LiveLedger ledger, Book book, Auditor auditor, Bootstrap.Ready ready, Splits splits, String model) {
        this.ledger = ledger;
        this.book = book;
        this.auditor = auditor;
        this.ready = ready;
        this.splits = splits;
        this.model = model;
        ledger.onBlock(block -> block.events().forEach(e -> {
            if (e instanceof Event.ReceiptPaid paid) {
                note(paid);
            }
        }));
    }

    private void note(Event.ReceiptPaid paid) {
        Optional<Book.Entry> entry = book.find(paid.receipt());
        if (entry.isPresent()) {
            try {
                splits.put(entry.get().index(), paid.split());
            } catch (IOException e) {
                return; // a figure for people, on a disk that has no room for it
            }
        }
    }

    void route(Router router) {
        router.on("GET", "/assay/status", this::status);
        router.on("GET", "/assay/receipts/{id}", this::receipt);
        router.on("GET", "/assay/checkpoint", this::checkpoint);
    }

    private void checkpoint(Exchange exchange) throws IOException, ApiError {
        byte[] note = book.postedNote()
                .orElseThrow(() -> ApiError.notFound("no_checkpoint", "Nothing was posted yet."))
                .encode();
        exchange.send(200, "text/plain; charset=utf-8", note);
    }

    private void status(Exchange exchange) throws IOException {
        Address wallet = ready.wallet().signer().address();
        Json.Members json = Json.object()
                .put("chain", ledger.chainId())
                .put("height", ledger.state().height())
                .put("model", model)
                .put("receipts", book.size())
                .put("wallet", wallet.toString())
                .put("balance_micro", ledger.state().balance(wallet).micro())
                .put("channel_micro", channelMicro())
                .put("receipts_folder", book.folder().toString());
        book.newest().ifPresent(e -> json.put("newest_receipt", e.id()));
        exchange.sendJson(200, JsonText.writeBytes(json.build()));
    }

    /** What the wallet has left in its channel to the node. */
    private long channelMicro() {
        return ledger.state()
                .channel(ready.channel())
                .map(c -> c.deposit().minus(c.posted()).micro())
                .orElse(0L);
    }

    private void receipt(Exchange exchange) throws IOException, ApiError {
        Book.Entry entry = book.find(exchange.param("id"))
                .orElseThrow(() -> ApiError.notFound("receipt_not_found", "No receipt of that id here."));
        Json.Members json = Json.object()
                .put("id", entry.id())
                .put("digest", entry.digest().hex())
                .put("log_index", entry.index())
                .put("amount_micro", entry.receipt().payment().amount());
        Optional<Receipt> onLedger =
                ledger.state().receipt(ready.operator().signer().address(), entry.digest());
        json.put("status", onLedger.map(r -> r.status().name()).orElse("SIGNED"));
        json.put("final", onLedger.map(r -> r.status().isFinal()).orElse(false));
        json.put("height", onLedger.map(Receipt::statusAt).orElse(0L));
        book.times(entry.id()).ifPresent(t -> json.put("times", times(t)));
        splits.get(entry.index()).ifPresent(split -> json.put("split", split(split)));
        Optional<Replays.Report> report = auditor.report(entry.digest());
        if (report.isPresent()) {
            json.put("replay", replay(report.get()));
        }
        exchange.sendJson(200, JsonText.writeBytes(json.build()));
    }

    private static Json times(Times times) {
        return Json.object()
                .put("queued_nanos", times.queued())
                .put("prefill_nanos", times.prefill())
                .put("decode_nanos", times.decode())
                .build();
    }

    private static Json split(Split split) {
        return Json.object()
                .put("node_micro", split.node().micro())
                .put("publisher_micro", split.royalty().micro())
                .put("audit_micro", split.audit().micro())
                .put("hosts_micro", split.hosts().micro())
                .put("reserve_micro", split.reserve().micro())
                .build();
    }

    private static Json replay(Replays.Report report) {
        return Json.object()
                .put("tokens", report.tokens())
                .put("nanos", report.nanos())
                .put("faults", Json.of(report.faults().stream().map(Json::of).toList()))
                .build();
    }

    /** All the play money, for people. */
    static Amount supply() {
        return Bootstrap.SUPPLY;
    }
}
