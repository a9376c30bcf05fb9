package assay.client.light;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.light.LightBlock;
import assay.ledger.light.LightLedger;
import assay.ledger.state.Host;
import assay.ledger.state.Key;
import assay.ledger.state.Model;
import assay.ledger.state.ModelName;
import assay.ledger.state.Offer;
import assay.ledger.state.Operator;
import assay.ledger.state.Receipt;
import assay.ledger.state.Served;
import assay.ledger.state.State;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who offers what on a network, read through a light client: every entry by its proof. That none was left out is not
 * shown; with several endpoints an operator that one of them hides is found by another.
 */
public final class Registry {
    private final LightLedger ledger;

    /** The registry of this ledger. */
    public Registry(LightLedger ledger) {
        this.ledger = ledger;
    }

    /** Those that offer a model of this name, or any if it is empty, and can be asked; the cheapest first. */
    public List<Provider> providers(Optional<String> model) throws IOException, InterruptedException {
        LightBlock block = ledger.client().latest();
        List<Provider> out = new ArrayList<>();
        for (byte[] key : ledger.keys(State.Part.OFFERS, Key.ANY)) {
            Address operator = Key.operatorOf(key);
            Hash id = Key.digestOf(key);
            provider(operator, id, key, block)
                    .filter(p -> model.isEmpty() || p.model().equalsIgnoreCase(model.get()))
                    .ifPresent(out::add);
        }
        out.sort(Comparator.comparing((Provider p) -> p.promptPerMillion().plus(p.completionPerMillion()))
                .thenComparing(Provider::operator));
        return out;
    }

    private Optional<Provider> provider(Address operator, Hash id, byte[] key, LightBlock block)
            throws IOException, InterruptedException {
        Optional<Offer> offer = ledger.read(State.Part.OFFERS, key, Offer.class, block);
        Optional<Operator> known = ledger.read(State.Part.OPERATORS, Key.of(operator), Operator.class, block);
        Optional<Model> model = ledger.read(State.Part.MODELS, Key.of(id), Model.class, block);
        if (offer.isEmpty() || known.isEmpty() || model.isEmpty()) {
            return Optional.empty();
        }
        Operator o = known.get();
        if (!o.endpoint().matches("https?://[A-Za-z0-9.:\\[\\]-]+/?")
                || o.stake().bonded().isZero()) {
            return Optional.empty();
        }
        return Optional.of(new Provider(
                operator,
                o.nodeKey(),
                URI.create(o.endpoint()),
                id,
                model.get().words().name(),
                offer.get().promptPerMillion(),
                offer.get().completionPerMillion(),
                o.stake().bonded(),
                o.faults()));
    }

    /**
     * A model whose file is kept by others.
     *
     * @param model its id
     * @param published what was published of it
     * @param hosts who hosts it now, each with where; none is believed
     */
    public record Hosted(Hash model, Transaction.PublishModel published, SequencedMap<Address, String> hosts) {}

    /** The model of this name and its hosts; empty if there is no such model. */
    public Optional<Hosted> hosted(String model) throws IOException, InterruptedException {
        LightBlock block = ledger.client().latest();
        Optional<Hash> id = ledger.read(State.Part.MODEL_NAMES, State.nameKey(model), ModelName.class, block)
                .map(ModelName::model);
        Optional<Model> published =
                id.isEmpty() ? Optional.empty() : ledger.read(State.Part.MODELS, Key.of(id.get()), Model.class, block);
        if (published.isEmpty()) {
            return Optional.empty();
        }
        SequencedMap<Address, String> hosts = new LinkedHashMap<>();
        for (byte[] key : ledger.keys(State.Part.HOSTS, Key.of(id.get()))) {
            ledger.read(State.Part.HOSTS, key, Host.class, block)
                    .filter(Host::isActive)
                    .ifPresent(host -> hosts.put(Key.auditorOf(key), host.endpoint()));
        }
        return Optional.of(new Hosted(id.get(), published.get().words(), hosts));
    }

    /** Whether an operator has a price list for a model; proven. */
    public boolean sells(Address operator, Hash model) throws IOException, InterruptedException {
        return ledger.read(State.Part.OFFERS, Key.of(operator, model), Offer.class)
                .isPresent();
    }

    /** Bytes for which these hosts of a model were paid on an operator's word; proven. */
    public SortedMap<Address, Long> paid(Hash model, Address operator, Collection<Address> hosts)
            throws IOException, InterruptedException {
        LightBlock block = ledger.client().latest();
        SortedMap<Address, Long> out = new TreeMap<>();
        for (Address host : hosts) {
            ledger.read(State.Part.SERVED, Key.served(model, host, operator), Served.class, block)
                    .ifPresent(served -> out.put(host, served.bytes()));
        }
        return out;
    }

    /** What the ledger has of a receipt, proven; empty while it is not posted. */
    public Optional<Receipt> receipt(Address operator, Hash receipt) throws IOException, InterruptedException {
        return ledger.read(State.Part.RECEIPTS, Key.of(operator, receipt), Receipt.class);
    }

    /** What an operator has at stake. */
    public Amount stake(Address operator) throws IOException, InterruptedException {
        return ledger.read(State.Part.OPERATORS, Key.of(operator), Operator.class)
                .map(o -> o.stake().total())
                .orElse(Amount.ZERO);
    }
}
