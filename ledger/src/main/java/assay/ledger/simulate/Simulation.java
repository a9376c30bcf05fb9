package assay.ledger.simulate;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.BlockContext.Preimage;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.state.Demand;
import assay.ledger.state.Dispute;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.state.State;
import assay.ledger.tx.Transaction;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: a network lives through its demand, block by block, on the real ledger, with one party in it. The same
 * setup, party and seed give the same result everywhere.
 *
 * <p>In each block: requests are answered, agents do what they planned for this height, the block ends with the
 * validators' links, and what happened in it makes agents plan.
 */
public final class Simulation {
    /** A node posts its log twice in the time after which a receipt counts as not posted. */
    private static final long POSTS_IN_TIME = 2;

    /** Stakes are looked at every so many blocks, for what their capital costs. */
    private static final long LOOK_EVERY = 50;

    private final Setup setup;
    private final Party party;
    private final Town town;
    private final Links links;
    private final Chain chain;
    private final Books books = new Books();
    private final List<Address> accounts;
    private final Map<Address, Provider> providers = new LinkedHashMap<>();
    private final Map<Address, Checker> checkers = new LinkedHashMap<>();
    private final Map<Address, Keeper> keepers = new LinkedHashMap<>();
    private final Map<Hash, Answer> answers = new LinkedHashMap<>();
    private final Map<CaseKey, AuditCase> cases = new HashMap<>();
    private final TreeMap<Long, List<Runnable>> plan = new TreeMap<>();
    private final Tally tally = new Tally();
    private final Luck luck;
    private final long seed;
    private final long postEvery;
    private BigInteger ownLocked = BigInteger.ZERO;
    private BigInteger allLocked = BigInteger.ZERO;

    private record CaseKey(Address auditor, Hash receipt) {}

    private Simulation(Setup setup, Party party, long seed) {
        this.setup = setup;
        this.party = party;
        this.seed = seed;
        town = new Town(setup, party);
        links = Links.of(town.validators, linksNeeded());
        chain = new Chain(town.genesis(seed, links));
        accounts = town.partyAccounts();
        luck = new Luck(chain, accounts);
        postEvery = Math.max(1, setup.params().disputes().unposted() / POSTS_IN_TIME);
        WorkCosts costs = setup.costs();
        boolean papers = !party.auditors().isEmpty();
        for (int i = 0; i < town.operators.size(); i++) {
            Address account = town.operators.get(i);
            NodeConduct conduct = i < town.own.size() ? party.nodes().get(i) : NodeConduct.HONEST;
            providers.put(account, new Provider(chain, books, costs, account, conduct, papers));
        }
        for (int i = 0; i < town.hosts.size(); i++) {
            Address account = town.hosts.get(i);
            keepers.put(
                    account,
                    new Keeper(chain, books, costs, account, party.hosts().get(i)));
        }
        for (int i = 0; i < town.auditors.size(); i++) {
            Address account = town.auditors.get(i);
            AuditorConduct conduct =
                    i < party.auditors().size() ? party.auditors().get(i) : AuditorConduct.HONEST;
            checkers.put(account, new Checker(chain, account, conduct));
        }
    }

    /** Runs it. */
    public static Result run(Setup setup, Party party, long seed) {
        return new Simulation(setup, party, seed).run();
    }

    private Result run() {
        long before = Wealth.of(chain.state(), accounts);
        town.begin(chain);
        endBlock();
        planRequests();
        planPosts();
        planHosting();
        long idle = last() + 1;
        while (chain.height() <= idle || isBusy()) {
            runPlan();
            endBlock();
            look();
        }
        long gained = (Wealth.of(chain.state(), accounts) - before) * 1_000;
        long work = accounts.stream().mapToLong(books::spent).sum();
        WorkCosts costs = setup.costs();
        return new Result(
                gained - work - costs.capital(ownLocked),
                party.holdsBack() ? 0 : luck.nano(),
                tally.fraud(luck),
                tally.network(books, chain.feesMicro(), costs.capital(allLocked)),
                chain.refusals());
    }

    /** What agents planned for this height, and what they decide on the spot. */
    private void runPlan() {
        for (List<Runnable> now = plan.remove(chain.height()); now != null; now = plan.remove(chain.height())) {
            now.forEach(Runnable::run);
        }
    }

    /** Adds up what is locked, for what its capital costs. */
    private void look() {
        if (chain.height() % LOOK_EVERY == 0) {
            State s = chain.state();
            ownLocked = ownLocked.add(BigInteger.valueOf(Wealth.staked(s, accounts) * LOOK_EVERY));
            if (chain.height() <= 2 + setup.demand().blocks()) {
                allLocked = allLocked.add(BigInteger.valueOf(Wealth.staked(s) * LOOK_EVERY));
            }
        }
    }

    /** The last height at which a receipt may be posted. */
    private long last() {
        return 2 + setup.demand().blocks() + 2 * postEvery;
    }

    /** Past every window of every receipt. */
    private long linksNeeded() {
        Params p = setup.params();
        return 200 + last() + p.windows().draw() + p.windows().challenge() + 2 * p.auditMax();
    }

    private boolean isBusy() {
        State s = chain.state();
        boolean busy = s.batches().count() + s.audits().count() + s.demands().count() > 0;
        if (busy && chain.height() >= linksNeeded()) {
            throw new AssertionError(
                    "the network does not come to rest: " + s.audits().count() + " audits");
        }
        return busy;
    }

    // ---- what everybody does

    private void planRequests() {
        SplittableRandom random = new SplittableRandom(seed);
        Setup.Demand d = setup.demand();
        int own = town.own.isEmpty() ? 0 : party.purse().requests();
        for (int i = 0; i < d.requests() + own; i++) {
            boolean isOwn = i >= d.requests();
            Request r = new Request(
                    i,
                    2 + random.nextLong(d.blocks()),
                    isOwn ? -1 : random.nextInt(setup.people().payers()),
                    1 + random.nextInt(d.promptTokensMax()),
                    1 + random.nextInt(d.answerTokensMax()),
                    d.pricePerMillion(),
                    isOwn ? party.purse().insured() : Amount.ZERO);
            at(r.height(), () -> serve(r));
        }
    }

    private void serve(Request r) {
        Address operator = r.payer() < 0 ? town.own.getFirst() : town.operatorOf(r.payer());
        Provider provider = provider(operator);
        Optional<Answer> answered = provider.serve(r, town.channelOf(chain, r.payer()), town.modelOf(chain, operator));
        answered.ifPresent(a -> {
            answers.put(a.receipt(), a);
            if (!a.honest() || !provider.conduct().posts(a)) {
                tally.cheated(chain.height());
            }
            if (!provider.conduct().posts(a)) {
                long madeAt = chain.height();
                Address payer = r.payer() < 0 ? town.purse : town.payers.get(r.payer());
                at(madeAt + setup.params().disputes().unposted() + 1, () -> Papers.report(chain, payer, a));
            }
        });
    }

    private void planPosts() {
        int place = 0;
        for (Provider provider : providers.values()) {
            // Nodes do not all post in the same block.
            for (long h = 3 + place++ * 7 % postEvery; h <= last(); h += postEvery) {
                at(h, () -> post(provider));
            }
            at(last() + 1, provider::collect);
        }
    }

    private void post(Provider provider) {
        List<Answer> batch = provider.post();
        tally.posted(batch);
        if (town.own.contains(provider.account())) {
            at(chain.height() + setup.params().windows().draw(), () -> luck.expect(batch));
        }
    }

    private void planHosting() {
        Hash model = Town.id(chain, "model");
        for (Keeper keeper : keepers.values()) {
            keeper.offer(model, town.hostBond());
            at(last(), () -> keeper.serve(model, town.operators));
            keeper.store(last());
        }
    }

    /** Ends the block, and lets everybody hear what happened. */
    private void endBlock() {
        List<Address> colluding = town.validators.subList(0, party.validators());
        List<Preimage> all = links.all(chain);
        List<Preimage> shown = party.holdsBack() ? links.without(chain, all, colluding, town.own) : all;
        if (shown.size() < all.size()) {
            tally.cheated(chain.height());
        }
        for (Event event : chain.end(shown)) {
            hear(event);
        }
        luck.forget();
    }

    private void hear(Event event) {
        switch (event) {
            case Event.AuditDrawn e -> {
                tally.drawn();
                luck.hear(e);
                e.auditors().forEach(auditor -> open(e.receipt(), auditor));
            }
            case Event.Demanded e when e.kind() == Demand.Kind.DELIVERY -> soon(() -> answer(e));
            case Event.RevealOpened e -> eachCase(e.receipt(), this::reveal);
            case Event.NodeRevealOpened e -> soon(() -> provider(e.operator()).reveal(answer(e.receipt())));
            case Event.DisputeMoved e -> soon(() -> move(e));
            case Event.BatchDrawn e -> buy(e);
            case Event.Slashed e -> {
                provider(e.operator()).caught();
                tally.lost(accounts.contains(e.operator()), chain.height() - 1);
            }
            case Event.AuditorSlashed e -> tally.lost(accounts.contains(e.auditor()), chain.height() - 1);
            case Event.BeaconMissed e -> tally.lost(accounts.contains(e.account()), chain.height() - 1);
            case Event.StorageAsked e -> {
                Keeper keeper = known(keepers.get(e.host()), e.host());
                if (!keeper.conduct().keeps()) {
                    tally.cheated(chain.height() - 1);
                }
                soon(() -> keeper.show(e.model(), e.chunk()));
            }
            case Event.StorageMissed e -> tally.lost(accounts.contains(e.host()), chain.height() - 1);
            case Event.ReceiptFinal e -> tally.ended(e.status());
            default -> {}
        }
    }

    // ---- audits

    private void open(Hash receipt, Address auditor) {
        Answer a = answer(receipt);
        boolean friend = accounts.contains(auditor) && accounts.contains(a.operator());
        AuditCase c = new AuditCase(chain, books, setup.costs(), auditor, a, friend);
        cases.put(new CaseKey(auditor, receipt), c);
        Checker checker = checker(auditor);
        if (accounts.contains(auditor) && !checker.conduct().works(c)) {
            tally.cheated(chain.height());
        }
        boolean delivered = provider(a.operator()).conduct().delivers(a, friend) == NodeConduct.Delivery.TRUE;
        soon(() -> {
            if (checker.conduct().complains(delivered || friend)) {
                checker.complain(c);
            } else if (delivered || friend) {
                later(checker, () -> checker.commit(c));
            }
        });
    }

    /** A node answers a complaint, and the auditor who complained goes on if that was what it needs. */
    private void answer(Event.Demanded e) {
        Answer a = answer(e.receipt());
        Checker checker = checker(e.by());
        NodeConduct.Delivery delivery = provider(e.operator()).answer(e.demand(), a);
        if (delivery == NodeConduct.Delivery.GARBAGE) {
            soon(() -> checker.prove(e.demand()));
        } else if (delivery == NodeConduct.Delivery.TRUE) {
            AuditCase c = cases.get(new CaseKey(e.by(), e.receipt()));
            if (c != null) {
                soon(() -> checker.commit(c));
            }
        }
    }

    private void reveal(AuditCase c) {
        Checker checker = checker(c.auditor());
        later(checker, () -> checker.reveal(c));
    }

    private void move(Event.DisputeMoved e) {
        if (e.due() == Dispute.Move.CHOOSE) {
            AuditCase c = cases.get(new CaseKey(e.challenger(), e.receipt()));
            if (c != null) {
                checker(e.challenger()).move(c, e.due());
            }
        } else {
            provider(e.operator()).move(answer(e.receipt()));
        }
    }

    /** The party has audits of its own payer's receipts bought, where they were not drawn. */
    private void buy(Event.BatchDrawn e) {
        if (!accounts.contains(e.operator()) || party.purse().requests() == 0) {
            return;
        }
        Provider provider = provider(e.operator());
        answers.values().stream()
                .filter(a ->
                        a.operator().equals(e.operator()) && provider.conduct().buysAudit(a))
                .filter(a -> chain.state()
                        .receipt(a.operator(), a.receipt())
                        .filter(r -> r.status() == Receipt.Status.PASSED)
                        .isPresent())
                .forEach(a -> soon(() -> chain.send(town.purse, new Transaction.BuyAudit(a.operator(), a.receipt()))));
    }

    private void eachCase(Hash receipt, Consumer<AuditCase> what) {
        chain.state().audit(answer(receipt).operator(), receipt).ifPresent(audit -> audit.slots()
                .forEach(slot -> {
                    AuditCase c = cases.get(new CaseKey(slot.auditor(), receipt));
                    if (c != null) {
                        what.accept(c);
                    }
                }));
    }

    // ---- the plan

    private void at(long height, Runnable what) {
        plan.computeIfAbsent(height, h -> new ArrayList<>()).add(what);
    }

    /** In the next block. */
    private void soon(Runnable what) {
        at(chain.height(), what);
    }

    private void later(Checker checker, Runnable what) {
        at(chain.height() + checker.conduct().patience(), what);
    }

    // ---- who and what

    private static <T> T known(@Nullable T found, Object what) {
        if (found == null) {
            throw new AssertionError("nobody knows " + what);
        }
        return found;
    }

    private Provider provider(Address account) {
        return known(providers.get(account), account);
    }

    private Checker checker(Address account) {
        return known(checkers.get(account), account);
    }

    private Answer answer(Hash receipt) {
        return known(answers.get(receipt), receipt);
    }
}
