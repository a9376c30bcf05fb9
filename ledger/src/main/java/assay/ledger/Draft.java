package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Checks;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Account;
import assay.ledger.state.Audit;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Batch;
import assay.ledger.state.Beacon;
import assay.ledger.state.Channel;
import assay.ledger.state.Claim;
import assay.ledger.state.Demand;
import assay.ledger.state.Dispute;
import assay.ledger.state.Due;
import assay.ledger.state.Evidence;
import assay.ledger.state.Host;
import assay.ledger.state.Key;
import assay.ledger.state.KeyHolder;
import assay.ledger.state.Link;
import assay.ledger.state.Log;
import assay.ledger.state.Model;
import assay.ledger.state.ModelName;
import assay.ledger.state.Offer;
import assay.ledger.state.Operator;
import assay.ledger.state.Params;
import assay.ledger.state.Proposal;
import assay.ledger.state.Receipt;
import assay.ledger.state.Served;
import assay.ledger.state.SettingValue;
import assay.ledger.state.Spent;
import assay.ledger.state.State;
import assay.ledger.state.StateMap;
import assay.ledger.state.TextChunk;
import assay.ledger.state.Totals;
import assay.ledger.state.Unpaid;
import assay.ledger.state.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The private working copy of a state inside one transition. It never leaves the package: a rule either
 * refuses, and the copy is forgotten, or ends with {@link #applied}.
 */
final class Draft {
    private final State before;
    final BlockContext block;
    long height;
    Totals totals;
    private StateMap<Account> accounts;
    StateMap<Operator> operators;
    StateMap<KeyHolder> nodeKeys;
    StateMap<AuditorBond> auditors;
    StateMap<Model> models;
    StateMap<ModelName> modelNames;
    StateMap<Offer> offers;
    StateMap<Channel> channels;
    StateMap<Log> logs;
    StateMap<Receipt> receipts;
    StateMap<Unpaid> unpaid;
    StateMap<Audit> audits;
    StateMap<Due> dues;
    StateMap<Spent> spent;
    StateMap<Due> timers;
    StateMap<Batch> batches;
    StateMap<Link> links;
    StateMap<Demand> demands;
    StateMap<Dispute> disputes;
    StateMap<Evidence> evidence;
    StateMap<Validator> validators;
    StateMap<Proposal> proposals;
    StateMap<SettingValue> settings;
    StateMap<Beacon> beacons;
    StateMap<Host> hosts;
    StateMap<Served> served;
    StateMap<Claim> claims;
    StateMap<TextChunk> texts;
    private final Params params;
    private final List<Event> events = new ArrayList<>();

    /** The sender's account is changed by every transaction, so it is put back into the map once, at the end. */
    private final @Nullable Address sender;

    private Account senderAccount = Account.NEW;

    /** A copy for a transaction of this sender, whose nonce is counted. */
    static Draft of(State s, BlockContext block, Address sender, Account account) {
        Draft d = new Draft(s, block, sender);
        d.senderAccount = new Account(account.balance(), account.nonce() + 1);
        return d;
    }

    /** A copy for what happens by itself at the end of a block. */
    static Draft of(State s, BlockContext block) {
        return new Draft(s, block, null);
    }

    private Draft(State s, BlockContext block, @Nullable Address sender) {
        this.sender = sender;
        before = s;
        this.block = block;
        height = s.height();
        totals = s.totals();
        accounts = s.accounts();
        operators = s.operators();
        nodeKeys = s.nodeKeys();
        auditors = s.auditors();
        models = s.models();
        modelNames = s.modelNames();
        offers = s.offers();
        channels = s.channels();
        logs = s.logs();
        receipts = s.receipts();
        unpaid = s.unpaid();
        audits = s.audits();
        dues = s.dues();
        spent = s.spent();
        timers = s.timers();
        batches = s.batches();
        links = s.links();
        demands = s.demands();
        disputes = s.disputes();
        evidence = s.evidence();
        validators = s.validators();
        proposals = s.proposals();
        settings = s.settings();
        beacons = s.beacons();
        hosts = s.hosts();
        served = s.served();
        claims = s.claims();
        texts = s.texts();
        params = s.params();
    }

    /** The refusal of a rule. */
    static Outcome refused(Reason reason) {
        return new Outcome.Rejected(reason);
    }

    /** The end of a rule: the next state, with its invariants checked. */
    Outcome.Applied applied() {
        if (sender != null) {
            accounts = accounts.put(Key.of(sender), senderAccount);
        }
        State next = new State(
                before.genesis(),
                before.genesisDigest(),
                before.supply(),
                height,
                totals,
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
        Invariants.check(next);
        return new Outcome.Applied(next, events);
    }

    void tell(Event event) {
        events.add(event);
    }

    Params params() {
        return params;
    }

    /** The random value of this block: the validators' together, or that of a network without any. */
    Hash beacon() {
        return beacons.get(Key.BEACON).map(Beacon::value).orElse(block.beacon());
    }

    Hash genesisDigest() {
        return before.genesisDigest();
    }

    long chainId() {
        return before.genesis().chainId();
    }

    Account account(Address address) {
        return isSender(address) ? senderAccount : accounts.get(Key.of(address)).orElse(Account.NEW);
    }

    boolean canPay(Address address, Amount amount) {
        return !account(address).balance().isBelow(amount);
    }

    void credit(Address address, Amount amount) {
        if (!amount.isZero()) {
            Account a = account(address);
            put(address, new Account(a.balance().plus(amount), a.nonce()));
        }
    }

    void debit(Address address, Amount amount) {
        Account a = account(address);
        put(address, new Account(a.balance().minus(amount), a.nonce()));
    }

    private boolean isSender(Address address) {
        return sender != null && address.equals(sender);
    }

    private void put(Address address, Account account) {
        if (isSender(address)) {
            senderAccount = account;
        } else {
            accounts = accounts.put(Key.of(address), account);
        }
    }

    Optional<Operator> operator(Address address) {
        return operators.get(Key.of(address));
    }

    Operator knownOperator(Address address) {
        return operator(address).orElseThrow(() -> new AssertionError("no operator " + address));
    }

    void put(Address address, Operator operator) {
        long pending = operator.pending().micro();
        if (operator.stake().total().micro() / 2 < pending) { // an address is costly to write out
            Checks.that(
                    false, "the stake of " + address + " backs what could be gained with receipts that are not final");
        }
        operators = operators.put(Key.of(address), operator);
    }

    Optional<Channel> channel(Hash id) {
        return channels.get(Key.of(id));
    }

    void put(Hash id, Channel channel) {
        channels = channels.put(Key.of(id), channel);
    }

    Optional<Receipt> receipt(Address operator, Hash receipt) {
        return receipts.get(Key.of(operator, receipt));
    }

    Receipt knownReceipt(Address operator, Hash receipt) {
        return receipt(operator, receipt).orElseThrow(() -> new AssertionError("no receipt " + receipt));
    }

    void put(Address operator, Hash id, Receipt receipt) {
        receipts = receipts.put(Key.of(operator, id), receipt);
    }

    void schedule(long at, Due due) {
        Checks.that(at >= block.height(), "nothing is due in the past: " + due + " at " + at);
        dues = dues.put(Key.due(at, due), due.after(totals.fullBlocks()));
    }

    void unschedule(long at, Due due) {
        dues = dues.remove(Key.due(at, due));
    }
}
