package assay.ledger.state;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Ids;
import assay.ledger.tx.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that the ledger knows after a transaction: immutable, and cheap to keep.
 *
 * @param genesis how it began
 * @param genesisDigest its digest
 * @param supply all the money that there is, burned money included
 * @param height the last finished block; 0 at genesis
 * @param totals money outside the maps
 */
public record State(
        Genesis genesis,
        Hash genesisDigest,
        Amount supply,
        long height,
        Totals totals,
        StateMap<Account> accounts,
        StateMap<Operator> operators,
        StateMap<KeyHolder> nodeKeys,
        StateMap<AuditorBond> auditors,
        StateMap<Model> models,
        StateMap<ModelName> modelNames,
        StateMap<Offer> offers,
        StateMap<Channel> channels,
        StateMap<Log> logs,
        StateMap<Receipt> receipts,
        StateMap<Unpaid> unpaid,
        StateMap<Audit> audits,
        StateMap<Due> dues,
        StateMap<Spent> spent,
        StateMap<Due> timers,
        StateMap<Batch> batches,
        StateMap<Link> links,
        StateMap<Demand> demands,
        StateMap<Dispute> disputes,
        StateMap<Evidence> evidence,
        StateMap<Validator> validators,
        StateMap<Proposal> proposals,
        StateMap<SettingValue> settings,
        StateMap<Beacon> beacons,
        StateMap<Host> hosts,
        StateMap<Served> served,
        StateMap<Claim> claims,
        StateMap<TextChunk> texts) {

    /** The maps. The order is that in which the root covers them: never changed. */
    public enum Part {
        ACCOUNTS(Address.SIZE_BYTES, Account.class),
        OPERATORS(Address.SIZE_BYTES, Operator.class),
        NODE_KEYS(Hash.SIZE_BYTES, KeyHolder.class),
        AUDITORS(Key.PAIR_BYTES, AuditorBond.class),
        MODELS(Hash.SIZE_BYTES, Model.class),
        MODEL_NAMES(Hash.SIZE_BYTES, ModelName.class),
        OFFERS(Key.PAIR_BYTES, Offer.class),
        CHANNELS(Hash.SIZE_BYTES, Channel.class),
        LOGS(Address.SIZE_BYTES, Log.class),
        RECEIPTS(Key.PAIR_BYTES, Receipt.class),
        UNPAID(Key.UNPAID_BYTES, Unpaid.class),
        AUDITS(Key.PAIR_BYTES, Audit.class),
        DUES(Key.DUE_BYTES, Due.class),
        SPENT(Key.PAIR_BYTES, Spent.class),
        TIMERS(Key.DUE_BYTES, Due.class),
        BATCHES(Key.PAIR_BYTES, Batch.class),
        LINKS(Address.SIZE_BYTES, Link.class),
        DEMANDS(Hash.SIZE_BYTES, Demand.class),
        DISPUTES(Key.PAIR_BYTES, Dispute.class),
        EVIDENCE(Key.PAIR_BYTES, Evidence.class),
        VALIDATORS(Address.SIZE_BYTES, Validator.class),
        PROPOSALS(Hash.SIZE_BYTES, Proposal.class),
        SETTINGS(Integer.BYTES, SettingValue.class),
        BEACONS(1, Beacon.class),
        HOSTS(Key.PAIR_BYTES, Host.class),
        SERVED(Key.SERVED_BYTES, Served.class),
        CLAIMS(Hash.SIZE_BYTES, Claim.class),
        TEXTS(Key.TEXT_BYTES, TextChunk.class);

        private final int keyBytes;
        private final Class<? extends Record> type;

        <V extends Record & Entry> Part(int keyBytes, Class<V> type) {
            this.keyBytes = keyBytes;
            this.type = type;
        }

        /** The length of the map's keys. */
        public int keyBytes() {
            return keyBytes;
        }

        /** What the map holds. */
        public Class<? extends Record> type() {
            return type;
        }

        /** A builder of this map, for entries that are read from bytes. */
        @SuppressWarnings({"unchecked", "rawtypes"}) // the constructor saw to it that the type is an entry
        public StateMap.Builder<?> builder() {
            return new StateMap.Builder(keyBytes, type);
        }
    }

    /** The state before the first block. */
    public static State of(Genesis genesis) {
        StateMap<Account> accounts = StateMap.empty(Address.SIZE_BYTES);
        for (Genesis.Allocation allocation : genesis.allocations()) {
            accounts = accounts.put(Key.of(allocation.address()), new Account(allocation.amount(), 0));
        }
        StateMap<Validator> validators = StateMap.empty(Address.SIZE_BYTES);
        for (Genesis.Founder f : genesis.validators()) {
            Validator v = new Validator(f.consensusKey(), f.power(), f.beaconTip(), Ids.NONE, Amount.ZERO, 0);
            validators = validators.put(Key.of(f.account()), v);
        }
        List<StateMap<?>> maps = new ArrayList<>();
        for (Part part : Part.values()) {
            maps.add(
                    part == Part.ACCOUNTS
                            ? accounts
                            : part == Part.VALIDATORS ? validators : StateMap.empty(part.keyBytes));
        }
        return of(genesis, 0, Totals.ZERO, maps);
    }

    /** The state of these parts; {@code maps} in the order of {@link Part}, each made by its builder. */
    @SuppressWarnings("unchecked") // every part's builder makes maps of its own type
    public static State of(Genesis genesis, long height, Totals totals, List<StateMap<?>> maps) {
        return new State(
                genesis,
                genesis.digest(),
                genesis.supply(),
                height,
                totals,
                (StateMap<Account>) maps.get(Part.ACCOUNTS.ordinal()),
                (StateMap<Operator>) maps.get(Part.OPERATORS.ordinal()),
                (StateMap<KeyHolder>) maps.get(Part.NODE_KEYS.ordinal()),
                (StateMap<AuditorBond>) maps.get(Part.AUDITORS.ordinal()),
                (StateMap<Model>) maps.get(Part.MODELS.ordinal()),
                (StateMap<ModelName>) maps.get(Part.MODEL_NAMES.ordinal()),
                (StateMap<Offer>) maps.get(Part.OFFERS.ordinal()),
                (StateMap<Channel>) maps.get(Part.CHANNELS.ordinal()),
                (StateMap<Log>) maps.get(Part.LOGS.ordinal()),
                (StateMap<Receipt>) maps.get(Part.RECEIPTS.ordinal()),
                (StateMap<Unpaid>) maps.get(Part.UNPAID.ordinal()),
                (StateMap<Audit>) maps.get(Part.AUDITS.ordinal()),
                (StateMap<Due>) maps.get(Part.DUES.ordinal()),
                (StateMap<Spent>) maps.get(Part.SPENT.ordinal()),
                (StateMap<Due>) maps.get(Part.TIMERS.ordinal()),
                (StateMap<Batch>) maps.get(Part.BATCHES.ordinal()),
                (StateMap<Link>) maps.get(Part.LINKS.ordinal()),
                (StateMap<Demand>) maps.get(Part.DEMANDS.ordinal()),
                (StateMap<Dispute>) maps.get(Part.DISPUTES.ordinal()),
                (StateMap<Evidence>) maps.get(Part.EVIDENCE.ordinal()),
                (StateMap<Validator>) maps.get(Part.VALIDATORS.ordinal()),
                (StateMap<Proposal>) maps.get(Part.PROPOSALS.ordinal()),
                (StateMap<SettingValue>) maps.get(Part.SETTINGS.ordinal()),
                (StateMap<Beacon>) maps.get(Part.BEACONS.ordinal()),
                (StateMap<Host>) maps.get(Part.HOSTS.ordinal()),
                (StateMap<Served>) maps.get(Part.SERVED.ordinal()),
                (StateMap<Claim>) maps.get(Part.CLAIMS.ordinal()),
                (StateMap<TextChunk>) maps.get(Part.TEXTS.ordinal()));
    }

    /** The maps, in the order of {@link Part}. */
    public List<StateMap<?>> maps() {
        return List.of(
                accounts,
                operators,
                nodeKeys,
                auditors,
                models,
                modelNames,
                offers,
                channels,
                logs,
                receipts,
                unpaid,
                audits,
                dues,
                spent,
                timers,
                batches,
                links,
                demands,
                disputes,
                evidence,
                validators,
                proposals,
                settings,
                beacons,
                hosts,
                served,
                claims,
                texts);
    }

    /**
     * What the state root covers: genesis digest, height (8), totals (4 × 8), and for each map its count
     * (8), sum (8) and root, little-endian.
     */
    public byte[] header() {
        Writer out = new Writer().hash(genesisDigest).i64(height);
        RecordCodec.write(out, totals);
        for (StateMap<?> map : maps()) {
            out.i64(map.count()).i64(map.heldMicro()).hash(map.root());
        }
        return out.toBytes();
    }

    /** The state root: H("assay/state/1" ‖ {@link #header}). */
    public Hash root() {
        return root(header());
    }

    /** The root of the state with this header. */
    static Hash root(byte[] header) {
        return Hash.tagged("assay/state/1", header);
    }

    /** The rules' numbers now: those of genesis, and what the validators changed. */
    public Params params() {
        if (settings.count() == 0) {
            return genesis.params();
        }
        Params[] now = {genesis.params()};
        settings.forEach(
                Key.ANY,
                (key, value) ->
                        now[0] = Setting.ofWire(Key.number(key)).orElseThrow().in(now[0], value.number()));
        return now[0];
    }

    /** The account at this address; one never seen has nothing. */
    public Account account(Address address) {
        return accounts.get(Key.of(address)).orElse(Account.NEW);
    }

    /** What this account may spend. */
    public Amount balance(Address address) {
        return account(address).balance();
    }

    /** The operator with this account. */
    public Optional<Operator> operator(Address address) {
        return operators.get(Key.of(address));
    }

    /** Whose receipts this Ed25519 key signs. */
    public Optional<KeyHolder> nodeKey(Hash publicKey) {
        return nodeKeys.get(Key.of(publicKey));
    }

    /** The model with this id. */
    public Optional<Model> model(Hash id) {
        return models.get(Key.of(id));
    }

    /** The id of the model with this name. */
    public Optional<Hash> modelId(String name) {
        return modelNames.get(nameKey(name)).map(ModelName::model);
    }

    /** An operator's price list for a model. */
    public Optional<Offer> offer(Address operator, Hash model) {
        return offers.get(Key.of(operator, model));
    }

    /** An open channel. */
    public Optional<Channel> channel(Hash id) {
        return channels.get(Key.of(id));
    }

    /** Whether this authorisation of the payer was used or cancelled, and could still be valid. */
    public boolean isSpent(Address payer, Hash nonce) {
        return spent.has(Key.spent(payer, nonce));
    }

    /** An operator's log as far as it was posted. */
    public Log log(Address operator) {
        return logs.get(Key.of(operator)).orElse(Log.EMPTY);
    }

    /** A posted receipt and how far it got. */
    public Optional<Receipt> receipt(Address operator, Hash receipt) {
        return receipts.get(Key.of(operator, receipt));
    }

    /** The audit of a receipt while it is under way. */
    public Optional<Audit> audit(Address operator, Hash receipt) {
        return audits.get(Key.of(operator, receipt));
    }

    /** An auditor's stake for a model. */
    public Optional<AuditorBond> auditor(Hash model, Address auditor) {
        return auditors.get(Key.auditor(model, auditor));
    }

    /** A host of a model. */
    public Optional<Host> host(Hash model, Address host) {
        return hosts.get(Key.host(model, host));
    }

    /** The key of a model's name. */
    public static byte[] nameKey(String name) {
        return Hash.sha256(name.getBytes(StandardCharsets.UTF_8)).bytes();
    }
}
