package assay.cli;

import assay.client.light.Provider;
import assay.client.light.Registry;
import assay.client.proxy.PaidStream;
import assay.client.proxy.Proof;
import assay.client.proxy.Proxy;
import assay.client.proxy.Refusal;
import assay.client.proxy.Spending;
import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.receipt.Statement;
import assay.core.verify.ReceiptFile;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.light.LightLedger;
import assay.ledger.pay.LedgerTerms;
import assay.ledger.state.Receipt;
import assay.node.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A question to a network whose ledger is elsewhere: a node from the registry is paid from this home's wallet, its
 * receipt checked, and its audit followed on the ledger, by proofs.
 */
final class NetworkAsk {
    private static final long PATIENCE_NANOS = 600_000_000_000L;
    private static final long POLL_MILLIS = 500;
    private static final int CHUNK_MAX_BYTES = 4 << 20;

    private final Assay assay;
    private final LightLedger ledger;
    private final Registry registry;
    private final Path folder;

    NetworkAsk(Assay assay, LightLedger ledger, Path folder) {
        this.assay = assay;
        this.ledger = ledger;
        this.registry = new Registry(ledger);
        this.folder = folder;
    }

    /** What was answered. */
    private record Answered(String text, String receiptId, Proof proof) {}

    int ask(AnswerOptions options, Optional<String> model, String prompt)
            throws IOException, InterruptedException, Mistake, MalformedException {
        List<Provider> providers = registry.providers(model);
        if (providers.isEmpty()) {
            throw new Mistake(
                    "nobody on this network offers " + model.orElse("a model"), "assay node --ledger …", Exit.FAILED);
        }
        Screen screen = assay.screen();
        Home home = new Home(folder);
        Provider first = providers.getFirst();
        Amount most = options.maxCost().orElse(Amount.ofUnits(1));
        Spending spending =
                Spending.open(folder.resolve("network-spending"), most, Amount.ofUnits(100), InstantSource.system());
        SequencedMap<URI, Set<LedgerTerms>> endpoints = new LinkedHashMap<>();
        providers.stream().filter(p -> p.modelId().equals(first.modelId())).forEach(p -> endpoints
                .computeIfAbsent(p.endpoint(), e -> new LinkedHashSet<>())
                .add(new LedgerTerms(ledger.chainId(), p.operator())));
        try (Proxy proxy =
                new Proxy(endpoints, ledger.reach(), home.account("wallet"), spending, InstantSource.system())) {
            Answered answered = stream(proxy, body(options, first.model(), prompt));
            if (!assay.json()) {
                screen.out().println();
            }
            Path kept = options.receipt().orElse(folder.resolve(answered.receiptId + ".receipt"));
            keep(answered.proof, kept);
            return follow(answered, kept, providers, options.noWait());
        } catch (Refusal e) {
            throw new Mistake(String.valueOf(e.getMessage()), "", Exit.FAILED);
        }
    }

    /** What a replay or a dispute of the answer needs: the receipt, and beside it what was asked and answered. */
    private static void keep(Proof proof, Path receipt) throws IOException {
        Files.write(receipt, proof.receipt());
        Path transcript = Verify.beside(receipt, ".transcript");
        Files.deleteIfExists(transcript);
        OwnerOnly.writeNew(transcript, proof.transcript().encode());
    }

    private static byte[] body(AnswerOptions options, String model, String prompt) throws Mistake {
        List<Json> messages = new ArrayList<>();
        options.system()
                .ifPresent(s -> messages.add(
                        Json.object().put("role", "system").put("content", s).build()));
        messages.add(Json.object().put("role", "user").put("content", prompt).build());
        Json.Members body = Json.object()
                .put("model", model)
                .put("messages", Json.of(messages))
                .put("max_tokens", options.sampling().maxTokens())
                .put(
                        "temperature",
                        new Json.Num(Double.toString(options.sampling().temperature())))
                .put("stream", true)
                .put("stream_options", Json.object().put("include_usage", true).build());
        options.seed().ifPresent(s -> body.put("seed", s));
        return JsonText.writeBytes(body.build());
    }

    private Answered stream(Proxy proxy, byte[] body)
            throws IOException, InterruptedException, Mistake, MalformedException, Refusal {
        StringBuilder text = new StringBuilder();
        String receipt = "";
        Optional<Proof> proof = Optional.empty();
        switch (proxy.chat(body)) {
            case Proxy.Reply.Whole whole ->
                throw new Mistake(
                        "the node answered " + whole.status() + ": "
                                + new String(whole.body(), java.nio.charset.StandardCharsets.UTF_8),
                        "",
                        Exit.FAILED);
            case Proxy.Reply.Events(PaidStream stream) -> {
                try (stream) {
                    while (stream.next() instanceof PaidStream.Event event
                            && !(event instanceof PaidStream.Event.End)) {
                        if (event instanceof PaidStream.Event.Data(byte[] bytes)
                                && bytes.length > 0
                                && bytes[0] == '{') {
                            Field chunk = Field.root(JsonText.parse(bytes, 32, CHUNK_MAX_BYTES));
                            receipt = take(chunk, text).orElse(receipt);
                        }
                    }
                    proof = stream.proof();
                }
            }
        }
        if (receipt.isEmpty() || proof.isEmpty()) {
            throw new Mistake("the answer came without a receipt", "", Exit.FAILED);
        }
        return new Answered(text.toString(), receipt, proof.get());
    }

    private Optional<String> take(Field chunk, StringBuilder text) throws MalformedException, Mistake {
        if (chunk.find("error").isPresent()) {
            throw new Mistake(chunk.at("error").at("message").string(), "", Exit.FAILED);
        }
        for (Field choice : chunk.at("choices").items(8)) {
            Optional<Field> content = choice.at("delta").find("content");
            if (content.isPresent()) {
                text.append(content.get().string());
                if (!assay.json()) {
                    assay.screen().out().print(content.get().string());
                    assay.screen().out().flush();
                }
            }
        }
        Optional<Field> named = chunk.find("assay");
        return named.isPresent() ? Optional.of(named.get().at("receipt").string(128)) : Optional.empty();
    }

    /** Holds the receipt's signer against the registry, and waits for the ledger's last word on it. */
    private int follow(Answered answered, Path kept, List<Provider> providers, boolean noWait)
            throws IOException, InterruptedException, Mistake, MalformedException {
        byte[] payload = ReceiptFile.parse(answered.proof.receipt()).envelope().payload();
        assay.core.receipt.Receipt receipt = Statement.parse(payload);
        Hash digest = Statement.digest(payload);
        Address operator = Address.parse(receipt.node().operator());
        boolean known = providers.stream()
                .anyMatch(p -> p.operator().equals(operator)
                        && p.nodeKey().equals(Hash.ofBytes(receipt.node().key().bytes())));
        if (!known) {
            throw new Mistake(
                    "the receipt is signed by a key that the ledger does not know as the operator's", "", Exit.FAILED);
        }
        Optional<Receipt> last = Optional.empty();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!noWait && System.nanoTime() < deadline) {
            last = registry.receipt(operator, digest);
            if (last.isPresent() && last.get().status().isFinal()) {
                break;
            }
            assay.screen()
                    .passing("  " + last.map(r -> r.status().name()).orElse("SIGNED") + ", block "
                            + ledger.client().latest().height());
            Thread.sleep(POLL_MILLIS);
        }
        assay.screen().passing("");
        return tell(answered, receipt, digest, kept, last);
    }

    private int tell(
            Answered answered, assay.core.receipt.Receipt receipt, Hash digest, Path kept, Optional<Receipt> last) {
        String status = last.map(r -> r.status().name()).orElse("SIGNED");
        boolean failed = status.equals("FAULT") || status.equals("WITHHELD");
        Screen screen = assay.screen();
        if (assay.json()) {
            screen.json(Json.object()
                    .put("text", answered.text)
                    .put("receipt", kept.toString())
                    .put("digest", digest.hex())
                    .put("operator", receipt.node().operator())
                    .put("amount_micro", receipt.payment().amount())
                    .put("status", status)
                    .put("height", last.map(Receipt::statusAt).orElse(0L))
                    .build());
        } else {
            screen.err()
                    .println("  paid " + Amount.ofMicro(receipt.payment().amount()) + " to "
                            + receipt.node().operator());
            screen.err()
                    .println("  on the ledger, by proof: " + status
                            + last.map(r -> " at block " + r.statusAt()).orElse(""));
            screen.err().println("  check it yourself, anywhere:  assay verify " + kept);
        }
        return failed ? Exit.FAILED : Exit.OK;
    }
}
